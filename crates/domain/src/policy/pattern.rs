//! Texts with `*` and `?`, compiled once.
//!
//! `*` is any run of characters, `?` exactly one, colons and slashes included. Matching keeps two pointers and goes
//! back only to the last `*`, and a pattern that asks for more characters than there are is not tried, so its cost is at
//! most the length of the pattern and the square of the text's, whatever the pattern.

/// Whether ASCII letters of either case are one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Matters,
    Ignored,
}

impl Case {
    pub(super) fn equal(self, left: &str, right: &str) -> bool {
        match self {
            Self::Matters => left == right,
            Self::Ignored => {
                left.eq_ignore_ascii_case(right)
                    || (!left.is_ascii() && left.to_lowercase() == right.to_lowercase())
            }
        }
    }

    fn same(self, left: char, right: char) -> bool {
        left == right || (self == Self::Ignored && left.eq_ignore_ascii_case(&right))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
}

impl Piece {
    pub(super) fn of(character: char) -> Self {
        match character {
            '*' => Self::Many,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }
}

/// A pattern in the cheapest form that serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// No wildcard.
    Exact(Box<str>),
    /// One `*`, at the end: by far the commonest.
    Prefix(Box<str>),
    Glob(Box<[Piece]>),
}

impl Pattern {
    pub(super) fn with_wildcards(text: &str) -> Self {
        Self::of(&text.chars().map(Piece::of).collect::<Vec<_>>())
    }

    pub(super) fn of(pieces: &[Piece]) -> Self {
        let literal = |pieces: &[Piece]| -> Option<Box<str>> {
            let text: Option<String> =
                pieces.iter().map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None }).collect();
            text.map(String::into_boxed_str)
        };
        if let Some(text) = literal(pieces) {
            return Self::Exact(text);
        }
        if let Some((Piece::Many, head)) = pieces.split_last()
            && let Some(text) = literal(head)
        {
            return Self::Prefix(text);
        }
        Self::Glob(pieces.into())
    }

    pub(super) fn matches(&self, text: &str, case: Case) -> bool {
        match self {
            Self::Exact(own) => case.equal(own, text),
            Self::Prefix(own) => text.get(..own.len()).is_some_and(|head| case.equal(own, head)),
            Self::Glob(pieces) => glob(pieces, text, case),
        }
    }
}

/// Whether the whole text matches.
pub(super) fn glob(pieces: &[Piece], text: &str, case: Case) -> bool {
    // Every piece but `*` takes a character, which is a byte at least.
    if pieces.iter().filter(|piece| **piece != Piece::Many).count() > text.len() {
        return false;
    }
    let (mut at, mut rest) = (0, text);
    // Where to go on if what follows the last `*` does not fit: one character further on.
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let mut behind = rest.chars();
        match (pieces.get(at), behind.next()) {
            (Some(Piece::Many), _) => {
                at += 1;
                retry = Some((at, rest));
            }
            (Some(Piece::One), Some(_)) => (at, rest) = (at + 1, behind.as_str()),
            (Some(Piece::Char(own)), Some(theirs)) if case.same(*own, theirs) => {
                (at, rest) = (at + 1, behind.as_str());
            }
            (None, None) => return true,
            _ => {
                let Some((back, from)) = retry else { return false };
                let mut shorter = from.chars();
                if shorter.next().is_none() {
                    return false;
                }
                (at, rest) = (back, shorter.as_str());
                retry = Some((back, rest));
            }
        }
    }
}
