//! Which version of a function is meant, and which version ran.

use crate::arn::Malformed;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A version of a function: the one being edited, or a published, immutable one.
///
/// Written as AWS writes it: `$LATEST` or the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Version {
    /// `$LATEST`.
    Latest,
    /// A published version's number, from 1.
    Number(u64),
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => out.write_str("$LATEST"),
            Self::Number(number) => write!(out, "{number}"),
        }
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        match Qualifier::from(text) {
            Qualifier::Latest => Ok(Self::Latest),
            Qualifier::Version(number) => Ok(Self::Number(number)),
            Qualifier::LatestPublished | Qualifier::Alias(_) => Err(Malformed { kind: "version" }),
        }
    }
}

/// What a caller wrote behind the name or in `Qualifier`.
///
/// Anything that is not `$LATEST`, `$LATEST.PUBLISHED` or a number is an alias's name; whether such an alias can
/// exist is for the look-up to say (`$latest` passes AWS's pattern and is then not found).
/// They are ordered as AWS lists them: `$LATEST`, numbers, names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Qualifier {
    /// `$LATEST`.
    Latest,
    /// `$LATEST.PUBLISHED`, for functions on managed capacity.
    LatestPublished,
    /// A published version.
    Version(u64),
    /// An alias.
    Alias(Arc<str>),
}

impl From<&str> for Qualifier {
    fn from(text: &str) -> Self {
        match text {
            "$LATEST" => Self::Latest,
            "$LATEST.PUBLISHED" => Self::LatestPublished,
            digits if !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_or_else(|_| Self::Alias(digits.into()), Self::Version)
            }
            name => Self::Alias(name.into()),
        }
    }
}

impl From<String> for Qualifier {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Qualifier> for String {
    fn from(qualifier: Qualifier) -> Self {
        qualifier.to_string()
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => out.write_str("$LATEST"),
            Self::LatestPublished => out.write_str("$LATEST.PUBLISHED"),
            Self::Version(number) => write!(out, "{number}"),
            Self::Alias(name) => out.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_qualifier_prints_as_it_was_written() {
        for text in [
            "$LATEST",
            "$LATEST.PUBLISHED",
            "1",
            "42",
            "2024-01-02",
            "$latest",
            "007",
            "99999999999999999999999",
        ] {
            assert_eq!(Qualifier::from(text).to_string(), text);
        }
        for version in [Version::Latest, Version::Number(7)] {
            assert_eq!(Version::try_from(version.to_string()), Ok(version));
        }
        assert!(Version::try_from("prod".to_owned()).is_err());
        assert_eq!(Qualifier::from("42"), Qualifier::Version(42));
        assert_eq!(Qualifier::from("prod"), Qualifier::Alias("prod".into()));
    }
}
