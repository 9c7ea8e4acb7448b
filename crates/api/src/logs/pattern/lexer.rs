//! The words of a JSON condition.

use super::Unusable;
use super::terms::unquote;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Compare(Comparison),
    /// `$` and what follows it up to a blank or an operator.
    Path(String),
    Quoted(String),
    Regex(String),
    /// Anything else: a number, a keyword, or text without quotes.
    Word(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The longer of two operators that begin alike comes first.
const SYMBOLS: [(&str, Token); 10] = [
    ("(", Token::Open),
    (")", Token::Close),
    ("&&", Token::And),
    ("||", Token::Or),
    ("!=", Token::Compare(Comparison::NotEqual)),
    ("<=", Token::Compare(Comparison::LessOrEqual)),
    (">=", Token::Compare(Comparison::GreaterOrEqual)),
    ("=", Token::Compare(Comparison::Equal)),
    ("<", Token::Compare(Comparison::Less)),
    (">", Token::Compare(Comparison::Greater)),
];

pub(super) fn tokens(condition: &str) -> Result<Vec<Token>, Unusable> {
    let mut tokens = Vec::new();
    let mut rest = condition.trim_start();
    while !rest.is_empty() {
        let (token, behind) = token(rest)?;
        tokens.push(token);
        rest = behind.trim_start();
    }
    Ok(tokens)
}

fn token(text: &str) -> Result<(Token, &str), Unusable> {
    for (symbol, token) in SYMBOLS {
        if let Some(behind) = text.strip_prefix(symbol) {
            return Ok((token, behind));
        }
    }
    if let Some(quoted) = text.strip_prefix('"') {
        let (phrase, behind) = unquote(quoted)?;
        return Ok((Token::Quoted(phrase), behind));
    }
    if let Some(expression) = text.strip_prefix('%') {
        let (source, behind) =
            expression.split_once('%').ok_or(Unusable("a regular expression that is not closed"))?;
        return Ok((Token::Regex(source.to_owned()), behind));
    }
    let end = word_end(text);
    let (word, behind) = text.split_at_checked(end).unwrap_or((text, ""));
    let token = if word.starts_with('$') { Token::Path } else { Token::Word }(word.to_owned());
    if word.is_empty() { Err(Unusable("an operator that is not known")) } else { Ok((token, behind)) }
}

/// Where a word ends; brackets may hold quotes, and quotes anything.
fn word_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | ')' | '&' | '|' | '!' | '=' | '<' | '>' => return at,
            blank if blank.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}
