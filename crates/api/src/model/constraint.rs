//! Constraints of the service model, as data.

use std::sync::OnceLock;

use regex::Regex;

/// What a string must be.
#[derive(Debug)]
pub struct Text {
    pub min: Option<usize>,
    pub max: Option<usize>,
    pub pattern: Option<Pattern>,
    /// The values of an enumeration; empty when it is not one.
    pub values: &'static [&'static str],
    /// Whether the value must not be repeated in an error text.
    pub sensitive: bool,
}

/// The bounds of a whole number.
#[derive(Debug)]
pub struct Whole {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// The bounds of a real number.
#[derive(Debug)]
pub struct Real {
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// How many elements a list or a map may have.
#[derive(Debug)]
pub struct Count {
    pub min: Option<usize>,
    pub max: Option<usize>,
}

/// A pattern that the whole string must match.
#[derive(Debug)]
pub struct Pattern {
    /// As the model has it, and as it stands in error texts: without anchors.
    pub printed: &'static str,
    matched: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub const fn new(printed: &'static str, matched: &'static str) -> Self {
        Self { printed, matched, regex: OnceLock::new() }
    }

    /// Whether the whole of `text` matches. A pattern that does not compile matches nothing; a test compiles them all.
    pub fn matches(&self, text: &str) -> bool {
        let compile = || Regex::new(&format!(r"\A(?:{})\z", self.matched)).ok();
        self.regex.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }

    #[cfg(test)]
    fn is_usable(&self) -> bool {
        self.matches("");
        self.regex.get().is_some_and(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{lambda, logs};

    #[test]
    fn every_pattern_of_the_models_compiles() {
        let texts = lambda::constraints::TEXTS.iter().chain(logs::constraints::TEXTS);
        let patterns: Vec<&Pattern> = texts.filter_map(|text| text.pattern.as_ref()).collect();
        assert!(patterns.len() > 20, "only {} patterns were generated", patterns.len());
        for pattern in patterns {
            assert!(pattern.is_usable(), "{} does not compile", pattern.matched);
        }
    }

    #[test]
    fn a_pattern_matches_the_whole_string() {
        let name = lambda::constraints::FUNCTION_NAME.pattern.as_ref().unwrap();
        assert!(name.matches("hello-World_1"));
        assert!(name.matches("arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST"));
        assert!(!name.matches("hello world"));
        assert!(!name.matches("hello\n"));
        let bucket = lambda::constraints::S3_BUCKET.pattern.as_ref().unwrap();
        assert!(bucket.matches("a.b"));
        assert!(!bucket.matches("a.b."));
    }
}
