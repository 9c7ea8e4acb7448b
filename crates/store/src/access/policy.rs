//! Policy documents as they are kept: text that is a policy, and what was compiled from it.

use lambent_domain::policy::{MalformedPolicy, Policy, PolicyKind};
use std::fmt;
use std::sync::Arc;

/// Bytes of a policy; IAM takes less for a user and as much for a resource.
pub const POLICY_BYTES_MAX: usize = 20_480;

/// Why a text is no policy: fits after "because it is no policy:".
pub type PolicyFault = MalformedPolicy;

/// An identity policy, to the letter and compiled.
#[derive(Clone)]
pub struct PolicyText {
    text: Arc<str>,
    policy: Arc<Policy>,
}

impl PolicyText {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is no policy.
    pub fn new(text: &str) -> Result<Self, PolicyFault> {
        let policy = Policy::parse(text, PolicyKind::Identity, POLICY_BYTES_MAX)?;
        Ok(Self { text: text.into(), policy: Arc::new(policy) })
    }

    /// The document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it says.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl PartialEq for PolicyText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PolicyText {}

impl fmt::Debug for PolicyText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PolicyText({} bytes)", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_policy_is_refused_and_what_is_one_kept_to_the_letter() {
        for text in
            ["{\"Statement\":[]", "[]", "{}", "{\"Statement\":[1]}", &"x".repeat(POLICY_BYTES_MAX + 1)]
        {
            assert!(PolicyText::new(text).is_err(), "{text}");
        }
        let right = "{ \"Statement\": {\"Effect\":\"Allow\",\"Action\":\"lambda:*\",\"Resource\":\"*\"} }";
        assert_eq!(PolicyText::new(right).unwrap().as_str(), right);
    }
}
