//! CloudWatch's filter patterns.
//!
//! | pattern | matches a message |
//! | --- | --- |
//! | empty | always |
//! | `ERROR "timed out"` | that holds every term |
//! | `?ERROR ?WARN` | that holds any of them; counts only if no other term is required |
//! | `ERROR -retry` | without the excluded term |
//! | `%[45][0-9]{2}%` | that the regular expression finds something in; with `?` and `-` as well |
//! | `{ $.level = "ERROR" && $.ms > 10 }` | that is JSON and fulfils the condition ([`selector`]) |
//!
//! Matching takes time linear in the message, whatever the pattern: strings are searched, and the `regex` crate
//! never backtracks. It is a dependency already, for the service model's constraints; a matcher of our own for a subset
//! would be more code and less safe.

mod glob;
mod lexer;
mod selector;
mod terms;

use std::fmt;

use regex::{Regex, RegexBuilder};

/// What a compiled expression may take; the pattern itself has at most 1,024 characters.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Why a pattern cannot be used; a fragment for the caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unusable(&'static str);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Debug)]
pub(super) struct FilterPattern(Form);

#[derive(Debug)]
enum Form {
    Terms(terms::Terms),
    Selector(selector::Condition),
}

impl FilterPattern {
    pub(super) fn parse(pattern: &str) -> Result<FilterPattern, Unusable> {
        let pattern = pattern.trim();
        if let Some(condition) = pattern.strip_prefix('{') {
            let condition = condition.strip_suffix('}').ok_or(Unusable("a condition ends with }"))?;
            return selector::parse(condition).map(|condition| FilterPattern(Form::Selector(condition)));
        }
        if pattern.starts_with('[') {
            return Err(Unusable("patterns for fields separated by spaces are not implemented"));
        }
        terms::parse(pattern).map(|terms| FilterPattern(Form::Terms(terms)))
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Form::Terms(terms) => terms.matches(message),
            Form::Selector(condition) => {
                serde_json::from_str(message).is_ok_and(|object| condition.holds(&object))
            }
        }
    }
}

fn regex(source: &str) -> Result<Regex, Unusable> {
    RegexBuilder::new(source)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|_| Unusable("a regular expression that is wrong or too large"))
}

#[cfg(test)]
mod tests;
