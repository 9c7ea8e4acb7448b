//! Conditions on JSON messages: `{ $.level = "ERROR" && ($.ms > 10 || $.tags[0] = ab*) }`.
//!
//! A comparison with a member that the message lacks is false, `!=` included. Text is compared with text, a number
//! with a number; `[*]` holds if any element does.

use regex::Regex;
use serde_json::Value;

use super::glob::Glob;
use super::lexer::{self, Comparison, Token};
use super::{Unusable, regex};

/// Parentheses within parentheses: the parser calls itself.
const DEPTH_MAX: usize = 32;

#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Path, Test),
}

#[derive(Debug)]
pub(super) enum Test {
    Text { glob: Glob, equal: bool },
    Expression { expression: Regex, equal: bool },
    Number { comparison: Comparison, number: f64 },
    Is(Value),
    Missing,
}

#[derive(Debug)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
    AnyElement,
}

impl Condition {
    pub(super) fn holds(&self, message: &Value) -> bool {
        match self {
            Condition::All(conditions) => conditions.iter().all(|condition| condition.holds(message)),
            Condition::Any(conditions) => conditions.iter().any(|condition| condition.holds(message)),
            Condition::Test(path, Test::Missing) => !found(&path.0, message, &mut |_| true),
            Condition::Test(path, test) => found(&path.0, message, &mut |value| test.holds(value)),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::Text { glob, equal }, Value::String(text)) => glob.matches(text) == *equal,
            (Test::Expression { expression, equal }, Value::String(text)) => {
                expression.is_match(text) == *equal
            }
            (Test::Number { comparison, number }, Value::Number(value)) => {
                value.as_f64().is_some_and(|value| compare(*comparison, value, *number))
            }
            (Test::Number { comparison: Comparison::NotEqual, .. }, _) => true,
            (Test::Text { equal, .. } | Test::Expression { equal, .. }, _) => !equal,
            (Test::Is(wanted), value) => wanted == value,
            (Test::Number { .. } | Test::Missing, _) => false,
        }
    }
}

fn compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// Whether any value at the end of the path passes.
fn found(path: &[Step], value: &Value, passes: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some((step, rest)) = path.split_first() else { return passes(value) };
    match step {
        Step::Member(name) => value.get(name).is_some_and(|member| found(rest, member, passes)),
        Step::Element(index) => value.get(index).is_some_and(|element| found(rest, element, passes)),
        Step::AnyElement => value
            .as_array()
            .is_some_and(|elements| elements.iter().any(|element| found(rest, element, passes))),
    }
}

pub(super) fn parse(condition: &str) -> Result<Condition, Unusable> {
    let tokens = lexer::tokens(condition)?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), depth: 0 };
    let condition = parser.any()?;
    match parser.tokens.next() {
        None => Ok(condition),
        Some(_) => Err(Unusable("a condition that goes on without && or ||")),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Condition, Unusable> {
        let mut conditions = vec![self.all()?];
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            conditions.push(self.all()?);
        }
        Ok(Condition::Any(conditions))
    }

    fn all(&mut self) -> Result<Condition, Unusable> {
        let mut conditions = vec![self.one()?];
        while self.tokens.next_if_eq(&Token::And).is_some() {
            conditions.push(self.one()?);
        }
        Ok(Condition::All(conditions))
    }

    fn one(&mut self) -> Result<Condition, Unusable> {
        match self.tokens.next() {
            Some(Token::Open) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(Unusable("parentheses nested too deeply"));
                }
                let condition = self.any()?;
                self.depth -= 1;
                self.tokens.next_if_eq(&Token::Close).ok_or(Unusable("a parenthesis that is not closed"))?;
                Ok(condition)
            }
            Some(Token::Path(path)) => Ok(Condition::Test(parse_path(&path)?, self.test()?)),
            _ => Err(Unusable("a condition begins with a selector such as $.name")),
        }
    }

    fn test(&mut self) -> Result<Test, Unusable> {
        match self.tokens.next() {
            Some(Token::Compare(comparison)) => {
                let operand = self.tokens.next().ok_or(Unusable("a comparison without a value"))?;
                compared(comparison, operand)
            }
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("IS") => match self.tokens.next() {
                Some(Token::Word(word)) => keyword(&word).map(Test::Is),
                _ => Err(Unusable("IS is followed by NULL, TRUE or FALSE")),
            },
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("NOT") => match self.tokens.next() {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("EXISTS") => Ok(Test::Missing),
                _ => Err(Unusable("NOT is followed by EXISTS")),
            },
            _ => Err(Unusable("a selector is followed by a comparison, IS or NOT EXISTS")),
        }
    }
}

fn keyword(word: &str) -> Result<Value, Unusable> {
    match word.to_ascii_uppercase().as_str() {
        "NULL" => Ok(Value::Null),
        "TRUE" => Ok(Value::Bool(true)),
        "FALSE" => Ok(Value::Bool(false)),
        _ => Err(Unusable("IS is followed by NULL, TRUE or FALSE")),
    }
}

fn compared(comparison: Comparison, operand: Token) -> Result<Test, Unusable> {
    let equality = match comparison {
        Comparison::Equal => Some(true),
        Comparison::NotEqual => Some(false),
        _ => None,
    };
    match (operand, equality) {
        (Token::Word(word), equality) => match (word.parse::<f64>(), equality) {
            (Ok(number), _) if number.is_finite() => Ok(Test::Number { comparison, number }),
            (_, Some(equal)) => Ok(Test::Text { glob: Glob::new(&word), equal }),
            (_, None) => Err(Unusable("only numbers are smaller or larger")),
        },
        (Token::Quoted(text), Some(equal)) => Ok(Test::Text { glob: Glob::new(&text), equal }),
        (Token::Regex(source), Some(equal)) => Ok(Test::Expression { expression: regex(&source)?, equal }),
        (Token::Quoted(_) | Token::Regex(_), None) => Err(Unusable("only numbers are smaller or larger")),
        _ => Err(Unusable("a comparison without a value")),
    }
}

/// `$.a.b[0][*]["c d"]`
fn parse_path(path: &str) -> Result<Path, Unusable> {
    const WRONG: Unusable = Unusable("a selector that is not a path such as $.a.b[0]");
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$').ok_or(WRONG)?;
    while !rest.is_empty() {
        if let Some(member) = rest.strip_prefix('.') {
            let end = member.find(['.', '[']).unwrap_or(member.len());
            let (name, behind) =
                member.split_at_checked(end).filter(|(name, _)| !name.is_empty()).ok_or(WRONG)?;
            steps.push(Step::Member(name.to_owned()));
            rest = behind;
        } else if let Some(quoted) = rest.strip_prefix("[\"") {
            let (name, behind) = quoted.split_once("\"]").ok_or(WRONG)?;
            steps.push(Step::Member(name.to_owned()));
            rest = behind;
        } else {
            let (index, behind) =
                rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or(WRONG)?;
            steps.push(match index {
                "*" => Step::AnyElement,
                index => Step::Element(index.parse().map_err(|_| WRONG)?),
            });
            rest = behind;
        }
    }
    Ok(Path(steps))
}
