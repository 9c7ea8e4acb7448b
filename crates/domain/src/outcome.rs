//! How an invocation ended. A failing function is a result to us, not an error.

use bytes::Bytes;

/// The end of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function returned; the payload is what its runtime posted, untouched.
    Returned {
        /// The response's bytes, possibly none.
        payload: Bytes,
    },
    /// The function failed; see [`FunctionFailure`].
    Failed(FunctionFailure),
}

/// What went wrong in a function. Sent to the caller with `X-Amz-Function-Error: Unhandled`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFailure {
    /// The kind, for logs and counters.
    pub kind: FailureKind,
    /// The error object as the caller sees it.
    pub payload: Bytes,
    /// First 1 KB of the error's message, for the event's record.
    pub message: String,
    /// What the error object calls its type, such as `ValueError`, if it says so; up to 256 bytes.
    pub error_type: Option<String>,
}

impl FunctionFailure {
    /// The names the error goes by: what its object says, and our own classification.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.error_type.as_deref().into_iter().chain([self.kind.error_type()]).collect()
    }

    /// The name that says most: an exception's own where a runtime has posted one.
    #[must_use]
    pub fn name(&self) -> &str {
        match (&self.kind, &self.error_type) {
            (FailureKind::Raised(_), Some(own)) => own,
            (kind, _) => kind.error_type(),
        }
    }

    /// Whether it ran out of time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == FailureKind::Timeout
    }
}

/// The platform's own classification (facts: execution-environment §1.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// The runtime posted an error; the text is the classified error type, such as `Function.Unknown`.
    Raised(String),
    /// The invocation took longer than the function's timeout.
    Timeout,
    /// The runtime's process ended: exit status or signal.
    RuntimeExited,
    /// The kernel killed it for its memory.
    OutOfMemory,
    /// The response was larger than 6 MiB and 100 bytes.
    ResponseTooLarge,
    /// There was no `bootstrap` to run.
    InvalidEntrypoint,
    /// The runtime broke the Runtime API's rules; the text is the error type.
    RuntimeProtocol(&'static str),
}

impl FailureKind {
    /// The type as REPORT lines and records print it.
    #[must_use]
    pub fn error_type(&self) -> &str {
        match self {
            Self::Raised(text) => text,
            Self::Timeout => "Sandbox.Timedout",
            Self::RuntimeExited => "Runtime.ExitError",
            Self::OutOfMemory => "Runtime.OutOfMemory",
            Self::ResponseTooLarge => "Function.ResponseSizeTooLarge",
            Self::InvalidEntrypoint => "Runtime.InvalidEntrypoint",
            Self::RuntimeProtocol(text) => text,
        }
    }
}

/// What is kept of an error's message, in bytes.
const MESSAGE_BYTES_MAX: usize = 1_024;

/// Cuts a message to what is kept of it, between two characters.
#[must_use]
pub fn first_kilobyte(text: String) -> String {
    shortened(text, MESSAGE_BYTES_MAX)
}

/// Cuts a text to this many bytes at most, between two characters.
#[must_use]
pub fn shortened(mut text: String, bytes_max: usize) -> String {
    let end = (0..=bytes_max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    text
}

/// Reduces the error type a runtime sent to the form AWS keeps: `Runtime.X…` or `Function.X…` with a capitalised
/// word behind the dot; anything else is unknown (facts: execution-environment §1.4).
#[must_use]
pub fn classify_error_type(sent: &str) -> String {
    let well_formed = |rest: &str| {
        rest.starts_with(|first: char| first.is_ascii_uppercase())
            && rest.chars().all(|letter| letter.is_ascii_alphanumeric())
    };
    let known =
        ["Runtime.", "Function."].iter().any(|prefix| sent.strip_prefix(prefix).is_some_and(well_formed));
    if known {
        sent.to_owned()
    } else if sent.starts_with("Function.") {
        "Function.Unknown".to_owned()
    } else {
        "Runtime.Unknown".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_types_are_reduced() {
        for (sent, kept) in [
            ("Runtime.ImportModuleError", "Runtime.ImportModuleError"),
            ("Function.Broken", "Function.Broken"),
            ("Function.lower", "Function.Unknown"),
            ("ValueError", "Runtime.Unknown"),
            ("unhandled", "Runtime.Unknown"),
            ("Runtime.", "Runtime.Unknown"),
            ("Runtime.A B", "Runtime.Unknown"),
            ("", "Runtime.Unknown"),
        ] {
            assert_eq!(classify_error_type(sent), kept, "{sent}");
        }
    }
}
