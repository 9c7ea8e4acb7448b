//! The names of condition operators: `StringEquals`, `ForAnyValue:ArnLikeIfExists`, `Null`.

use super::pattern::Case;

/// What is compared, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Text { case: Case, wildcards: bool },
    Arn,
    Number(Order),
    Date(Order),
    Boolean,
    Address,
    Binary,
}

/// How the request's value must lie to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What several values of the request mean together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// None was written: one value that matches is enough, and for a negated operator one is too many.
    Plain,
    ForAnyValue,
    ForAllValues,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `Null`: whether the key is there at all.
    Null,
    Compare {
        comparison: Comparison,
        negated: bool,
        quantifier: Quantifier,
        if_exists: bool,
    },
}

const fn text(case: Case, wildcards: bool) -> Comparison {
    Comparison::Text { case, wildcards }
}

/// Every comparison by its bare name, and whether it is the negated one.
const COMPARISONS: &[(&str, Comparison, bool)] = &[
    ("StringEquals", text(Case::Matters, false), false),
    ("StringNotEquals", text(Case::Matters, false), true),
    ("StringEqualsIgnoreCase", text(Case::Ignored, false), false),
    ("StringNotEqualsIgnoreCase", text(Case::Ignored, false), true),
    ("StringLike", text(Case::Matters, true), false),
    ("StringNotLike", text(Case::Matters, true), true),
    // AWS gives both names of an ARN comparison the same meaning.
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("NumericEquals", Comparison::Number(Order::Equal), false),
    ("NumericNotEquals", Comparison::Number(Order::Equal), true),
    ("NumericLessThan", Comparison::Number(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Number(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Number(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Number(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Order::Equal), false),
    ("DateNotEquals", Comparison::Date(Order::Equal), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Boolean, false),
    ("IpAddress", Comparison::Address, false),
    ("NotIpAddress", Comparison::Address, true),
    ("BinaryEquals", Comparison::Binary, false),
];

impl Operator {
    pub(super) fn parse(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("Null") {
            return Some(Self::Null);
        }
        let (quantifier, name) = match name.split_once(':') {
            None => (Quantifier::Plain, name),
            Some((set, name)) if set.eq_ignore_ascii_case("ForAnyValue") => (Quantifier::ForAnyValue, name),
            Some((set, name)) if set.eq_ignore_ascii_case("ForAllValues") => (Quantifier::ForAllValues, name),
            Some(_) => return None,
        };
        let (name, if_exists) = match strip_suffix_ignoring_case(name, "IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let found = COMPARISONS.iter().find(|(own, ..)| own.eq_ignore_ascii_case(name));
        found.map(|(_, comparison, negated)| Self::Compare {
            comparison: *comparison,
            negated: *negated,
            quantifier,
            if_exists,
        })
    }
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, theirs: &T, ours: &T) -> bool {
        match self {
            Self::Equal => theirs == ours,
            Self::Less => theirs < ours,
            Self::LessOrEqual => theirs <= ours,
            Self::Greater => theirs > ours,
            Self::GreaterOrEqual => theirs >= ours,
        }
    }
}

fn strip_suffix_ignoring_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}
