//! Terms: words, phrases in quotes and regular expressions, each wanted, optional (`?`) or excluded (`-`).

use regex::Regex;

use super::{Unusable, regex};

#[derive(Debug, Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    optional: Vec<Term>,
    excluded: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    /// Case matters.
    Text(String),
    Expression(Regex),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Term::Text(text) => message.contains(text),
            Term::Expression(expression) => expression.is_match(message),
        }
    }
}

impl Terms {
    pub(super) fn matches(&self, message: &str) -> bool {
        let is_in = |term: &Term| term.is_in(message);
        let wanted = if self.required.is_empty() && !self.optional.is_empty() {
            self.optional.iter().any(is_in)
        } else {
            self.required.iter().all(is_in)
        };
        wanted && !self.excluded.iter().any(is_in)
    }
}

pub(super) fn parse(pattern: &str) -> Result<Terms, Unusable> {
    let mut terms = Terms::default();
    let mut rest = pattern.trim_start();
    while !rest.is_empty() {
        let list = if let Some(behind) = rest.strip_prefix('?') {
            rest = behind;
            &mut terms.optional
        } else if let Some(behind) = rest.strip_prefix('-') {
            rest = behind;
            &mut terms.excluded
        } else {
            &mut terms.required
        };
        let (term, behind) = term(rest)?;
        list.push(term);
        rest = behind.trim_start();
    }
    Ok(terms)
}

fn term(text: &str) -> Result<(Term, &str), Unusable> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (phrase, behind) = unquote(quoted)?;
        return Ok((Term::Text(phrase), behind));
    }
    if let Some((source, behind)) = text.strip_prefix('%').and_then(|text| text.split_once('%')) {
        return Ok((Term::Expression(regex(source)?), behind));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, behind) = text.split_at_checked(end).unwrap_or((text, ""));
    if word.is_empty() {
        Err(Unusable("? and - need a term"))
    } else {
        Ok((Term::Text(word.to_owned()), behind))
    }
}

/// The text up to the closing quote, with `\"` and `\\` resolved, and what is behind it.
pub(super) fn unquote(text: &str) -> Result<(String, &str), Unusable> {
    let mut phrase = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((phrase, text.get(at + 1..).unwrap_or_default())),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => phrase.push(escaped),
                Some((_, other)) => phrase.extend(['\\', other]),
                None => break,
            },
            other => phrase.push(other),
        }
    }
    Err(Unusable("a quote that is not closed"))
}
