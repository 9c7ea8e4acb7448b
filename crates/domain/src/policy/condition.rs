//! One key of one operator of a `Condition`.
//!
//! Values of the policy are alternatives; keys and operators all have to hold. A key that the request lacks fails an
//! operator, holds for a negated one, for `…IfExists` and for `ForAllValues`, and always fails `ForAnyValue`.

use super::address::Block;
use super::arn_pattern::ArnPattern;
use super::context::Context;
use super::date;
use super::json::Node;
use super::malformed::{Fault, quoted};
use super::operator::{Comparison, Operator, Order, Quantifier};
use super::pattern::Case;
use super::template::{Syntax, Template};
use super::verdict::{self, Verdict};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    key: Box<str>,
    operator: Operator,
    values: Vec<Value>,
}

/// One of the policy's values, read as its operator reads it.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    /// For `Null`: whether the key must be missing.
    Missing(bool),
    Text(Template, Case),
    Arn(ArnPattern),
    Number(Order, f64),
    Date(Order, i64),
    Boolean(bool),
    Address(Block),
    Binary(Box<str>),
}

impl Condition {
    pub(super) fn parse(operator: &str, key: &str, values: &Node, variables: bool) -> Result<Self, Fault> {
        let operator = Operator::parse(operator).ok_or_else(|| Fault::Operator(quoted(operator)))?;
        if key.split_once(':').is_none_or(|(vendor, name)| vendor.is_empty() || name.is_empty()) {
            return Err(Fault::Vendor(quoted(key)));
        }
        let values = values.elements();
        if values.is_empty() {
            return Err(Fault::Empty("values of a condition"));
        }
        if values.len() > super::VALUES_MAX {
            return Err(Fault::TooMany { of: "values of a condition", limit: super::VALUES_MAX });
        }
        let values: Result<Vec<_>, _> =
            values.iter().map(|value| Value::parse(operator, &written(value)?, variables)).collect();
        Ok(Self { key: key.into(), operator, values: values? })
    }

    pub(super) fn holds(&self, context: &Context<'_>) -> Verdict {
        let theirs = context.values(&self.key)?;
        let Operator::Compare { negated, quantifier, if_exists, .. } = self.operator else {
            return Some(self.values.contains(&Value::Missing(theirs.is_empty())));
        };
        if theirs.is_empty() {
            let holds = match quantifier {
                Quantifier::Plain => negated,
                Quantifier::ForAnyValue => false,
                Quantifier::ForAllValues => true,
            };
            return Some(if_exists || holds);
        }
        let matched =
            |theirs: &str| verdict::any(self.values.iter().map(|value| value.matches(theirs, context)));
        let each = theirs.iter().map(|value| matched(value));
        match quantifier {
            Quantifier::Plain => verdict::xor(verdict::any(each), negated),
            Quantifier::ForAnyValue => verdict::any(each.map(|value| verdict::xor(value, negated))),
            Quantifier::ForAllValues => verdict::all(each.map(|value| verdict::xor(value, negated))),
        }
    }
}

/// Numbers and truth values may stand without quotes.
fn written(value: &Node) -> Result<String, Fault> {
    match value {
        Node::Text(text) => Ok(text.clone()),
        Node::Bool(_) | Node::Number(_) => Ok(value.to_string()),
        Node::Null | Node::List(_) | Node::Object(_) => Err(Fault::Expected { expected: "a text" }),
    }
}

impl Value {
    fn parse(operator: Operator, text: &str, variables: bool) -> Result<Self, Fault> {
        let none = |kind| Fault::Value { kind, value: quoted(text) };
        let comparison = match operator {
            Operator::Null => return boolean(text).map(Self::Missing).ok_or_else(|| none("truth value")),
            Operator::Compare { comparison, .. } => comparison,
        };
        match comparison {
            Comparison::Text { case, wildcards } => {
                Template::parse(text, Syntax { wildcards, variables }).map(|text| Self::Text(text, case))
            }
            Comparison::Arn => ArnPattern::parse(text, variables).map(Self::Arn),
            Comparison::Number(order) => {
                number(text).map(|number| Self::Number(order, number)).ok_or_else(|| none("number"))
            }
            Comparison::Date(order) => {
                date::parse(text).map(|date| Self::Date(order, date)).ok_or_else(|| none("date"))
            }
            Comparison::Boolean => boolean(text).map(Self::Boolean).ok_or_else(|| none("truth value")),
            Comparison::Address => Block::parse(text).map(Self::Address).ok_or_else(|| none("IP address")),
            Comparison::Binary if is_base64(text) => Ok(Self::Binary(text.into())),
            Comparison::Binary => Err(none("base64 text")),
        }
    }

    /// Whether one of the request's values matches; what cannot be read as the operator's kind does not.
    fn matches(&self, theirs: &str, context: &Context<'_>) -> Verdict {
        let matches = match self {
            Self::Text(template, case) => return template.matches(theirs, *case, context),
            Self::Arn(pattern) => return pattern.matches(theirs, context),
            Self::Missing(_) => false,
            Self::Number(order, ours) => number(theirs).is_some_and(|theirs| order.holds(&theirs, ours)),
            Self::Date(order, ours) => date::parse(theirs).is_some_and(|theirs| order.holds(&theirs, ours)),
            Self::Boolean(ours) => boolean(theirs) == Some(*ours),
            Self::Address(block) => block.contains(theirs),
            Self::Binary(ours) => **ours == *theirs,
        };
        Some(matches)
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A decimal number; the words that Rust also reads as one are none.
fn number(text: &str) -> Option<f64> {
    let legal =
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let number: f64 = if legal { text.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.bytes().all(legal)
}
