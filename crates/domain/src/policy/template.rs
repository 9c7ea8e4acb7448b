//! Texts with policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}` `${?}` `${$}` for the
//! characters themselves.
//!
//! A variable's value is taken as it is; a `*` in it is an asterisk. A variable without a value and without a default
//! makes a text that nothing matches, and so has a key with several values. Whether a text that becomes longer than
//! [`RESOLVED_CHARS_MAX`] matches is not judged, and neither is one with a value that is not.

use super::context::Context;
use super::malformed::{Fault, quoted};
use super::pattern::{Case, Pattern, Piece, glob};
use super::verdict::Verdict;

/// Longest text that variables are filled into: it is made anew for every comparison.
const RESOLVED_CHARS_MAX: usize = 4_096;

/// What of a text has a meaning of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Syntax {
    pub(super) wildcards: bool,
    /// Policies of version 2008-10-17 have none.
    pub(super) variables: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Template {
    Fixed(Pattern),
    Variable(Box<[Part]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Piece(Piece),
    Variable { key: Box<str>, default: Option<Box<str>> },
}

impl Template {
    pub(super) fn parse(text: &str, syntax: Syntax) -> Result<Self, Fault> {
        let parts = parts(text, syntax).ok_or_else(|| Fault::Variable(quoted(text)))?;
        let fixed: Option<Vec<Piece>> = parts
            .iter()
            .map(|part| if let Part::Piece(piece) = part { Some(*piece) } else { None })
            .collect();
        Ok(fixed.map_or_else(|| Self::Variable(parts.into()), |pieces| Self::Fixed(Pattern::of(&pieces))))
    }

    pub(super) fn matches(&self, text: &str, case: Case, context: &Context<'_>) -> Verdict {
        match self {
            Self::Fixed(pattern) => Some(pattern.matches(text, case)),
            Self::Variable(parts) => match resolve(parts, context) {
                Resolved::Pieces(pieces) => Some(glob(&pieces, text, case)),
                Resolved::Nothing => Some(false),
                Resolved::Unjudgeable => None,
            },
        }
    }
}

/// What becomes of a text with variables.
enum Resolved {
    Pieces(Vec<Piece>),
    /// A variable has no value, or several.
    Nothing,
    /// A variable's value is not to be judged, or the text is too long.
    Unjudgeable,
}

fn resolve(parts: &[Part], context: &Context<'_>) -> Resolved {
    let mut pieces = Vec::with_capacity(parts.len().min(RESOLVED_CHARS_MAX));
    let mut has_all = true;
    for part in parts {
        match part {
            Part::Piece(piece) => pieces.push(*piece),
            Part::Variable { key, default } => {
                let Some(values) = context.values(key) else { return Resolved::Unjudgeable };
                match (values, default) {
                    ([value], _) => pieces.extend(value.chars().map(Piece::Char)),
                    ([], Some(default)) => pieces.extend(default.chars().map(Piece::Char)),
                    _ => has_all = false,
                }
            }
        }
        if pieces.len() > RESOLVED_CHARS_MAX {
            return Resolved::Unjudgeable;
        }
    }
    if has_all { Resolved::Pieces(pieces) } else { Resolved::Nothing }
}

fn parts(text: &str, syntax: Syntax) -> Option<Vec<Part>> {
    let mut parts = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if syntax.variables
            && let Some(inside) = rest.strip_prefix("${")
        {
            let (variable, behind) = inside.split_at_checked(end_of_variable(inside)?)?;
            parts.push(part(variable)?);
            rest = behind.strip_prefix('}')?;
            continue;
        }
        let piece = if syntax.wildcards { Piece::of(character) } else { Piece::Char(character) };
        parts.push(Part::Piece(piece));
        rest = rest.get(character.len_utf8()..)?;
    }
    Some(parts)
}

/// Where the closing brace is; one inside a quoted default does not close.
pub(super) fn end_of_variable(inside: &str) -> Option<usize> {
    let mut quoted = false;
    inside.char_indices().find_map(|(at, character)| {
        quoted ^= character == '\'';
        (character == '}' && !quoted).then_some(at)
    })
}

/// What stands between the braces.
fn part(variable: &str) -> Option<Part> {
    if let "*" | "?" | "$" = variable {
        return variable.chars().next().map(|character| Part::Piece(Piece::Char(character)));
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => {
            let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key.trim(), Some(default.into()))
        }
        None => (variable, None),
    };
    let legal = !key.is_empty() && !key.contains(['$', '{', '\'']);
    legal.then(|| Part::Variable { key: key.into(), default })
}
