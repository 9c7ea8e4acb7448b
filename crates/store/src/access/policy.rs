//! Policy documents as they are kept: text that has been checked.

use std::fmt;
use std::sync::Arc;

/// Bytes of a policy; IAM takes less for a user and as much for a resource.
pub const POLICY_BYTES_MAX: usize = 20_480;

/// Why a text is no policy: fits after "because it".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyFault(String);

/// A policy document that passed [`check_policy`], to the letter.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyText(Arc<str>);

impl PolicyText {
    /// Checks a document.
    ///
    /// # Errors
    /// When it is no policy.
    pub fn new(text: &str) -> Result<Self, PolicyFault> {
        check_policy(text)?;
        Ok(Self(text.into()))
    }

    /// The document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PolicyText({} bytes)", self.0.len())
    }
}

/// Whether a text is a policy document. The one place that decides it.
///
/// # Errors
/// What is wrong with it.
pub fn check_policy(text: &str) -> Result<(), PolicyFault> {
    let fault = |why: &str| Err(PolicyFault(why.to_owned()));
    if text.len() > POLICY_BYTES_MAX {
        return Err(PolicyFault(format!("is longer than {POLICY_BYTES_MAX} bytes")));
    }
    let document: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        PolicyFault(format!("is not JSON at line {} column {}", error.line(), error.column()))
    })?;
    let Some(members) = document.as_object() else { return fault("is not a JSON object") };
    match members.get("Statement") {
        Some(serde_json::Value::Object(_)) => Ok(()),
        Some(serde_json::Value::Array(statements)) if statements.iter().all(serde_json::Value::is_object) => {
            Ok(())
        }
        Some(_) => fault("has a Statement that is neither an object nor a list of objects"),
        None => fault("has no Statement"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_policy_is_said() {
        let long = format!("{{\"Statement\":[],\"Id\":\"{}\"}}", "x".repeat(POLICY_BYTES_MAX));
        let cases = [
            ("{\"Statement\":[]", "is not JSON at line 1 column 15"),
            ("[]", "is not a JSON object"),
            ("{}", "has no Statement"),
            ("{\"Statement\":[1]}", "has a Statement that is neither an object nor a list of objects"),
            (long.as_str(), "is longer than 20480 bytes"),
        ];
        for (text, expected) in cases {
            assert_eq!(check_policy(text).unwrap_err().to_string(), expected);
        }
        for right in ["{\"Statement\":{}}", "{\"Statement\":[{}]}"] {
            assert_eq!(PolicyText::new(right).unwrap().as_str(), right);
        }
    }
}
