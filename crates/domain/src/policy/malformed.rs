//! Why a text is no policy, in the words IAM has for it, and where.

use std::fmt;

/// A policy that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MalformedPolicy {
    place: String,
    fault: Fault,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum Fault {
    #[error("The policy is {bytes} bytes long; the limit is {limit} bytes.")]
    TooLong { bytes: usize, limit: usize },
    #[error("This policy contains invalid Json: {0}.")]
    NotJson(String),
    #[error("Syntax errors in policy: {expected} expected.")]
    Expected { expected: &'static str },
    #[error("Syntax errors in policy: unknown element {0}.")]
    UnknownElement(String),
    #[error("Missing required field {0}.")]
    Missing(&'static str),
    #[error("Has prohibited field {0}.")]
    Prohibited(&'static str),
    #[error("{0} and {1} exclude each other.")]
    Both(&'static str, &'static str),
    #[error("The policy version must be 2012-10-17 or 2008-10-17, and is {0}.")]
    Version(String),
    #[error("The effect must be Allow or Deny, and is {0}.")]
    Effect(String),
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
         [0-9A-Za-z]*"
    )]
    Sid,
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    SidTwice,
    #[error("Policy statement must contain {0}.")]
    Empty(&'static str),
    #[error("There are more than {limit} {of}.")]
    TooMany { of: &'static str, limit: usize },
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {0}")]
    Vendor(String),
    #[error("Resource {0} must be in ARN format or \"*\".")]
    Resource(String),
    #[error("Invalid principal in policy: {0}")]
    Principal(String),
    #[error("Invalid Condition type : {0}.")]
    Operator(String),
    #[error("The value {value} of a condition is no {kind}.")]
    Value { kind: &'static str, value: String },
    #[error("The policy variable in {0} has no end, no name or an unquoted default.")]
    Variable(String),
}

impl MalformedPolicy {
    pub(super) fn new(place: impl Into<String>, fault: Fault) -> Self {
        Self { place: place.into(), fault }
    }

    /// Where in the document, as `Statement[0].Action`; empty for the document itself.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for MalformedPolicy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            return self.fault.fmt(out);
        }
        write!(out, "{} (at {})", self.fault, self.place)
    }
}

/// A text of the caller's as an error may repeat it: bounded.
pub(super) fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 128;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
