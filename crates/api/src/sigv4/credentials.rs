//! Access keys and their secrets.

use std::fmt;

use zeroize::Zeroizing;

/// A secret access key. Never printed, and wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether this is the secret, in constant time. Also for session tokens, which are as secret.
    pub fn is(&self, text: &str) -> bool {
        let (ours, theirs) = (self.as_bytes(), text.as_bytes());
        let differing = ours.iter().zip(theirs).fold(0_u8, |bits, (our, their)| bits | (our ^ their));
        ours.len() == theirs.len() && std::hint::black_box(differing) == 0
    }

    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a client signs with.
#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret: Secret,
    /// Given with short-lived keys, and sent with every request.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret: Secret::new("hidden"),
            session_token: Some("hidden too".to_owned()),
        };
        let printed = format!("{credentials:?} {:?}", credentials.secret);
        assert!(printed.contains("AKID") && !printed.contains("hidden"), "{printed}");
    }

    #[test]
    fn secrets_differ_in_any_byte_and_in_length() {
        let secret = Secret::new("abc");
        assert!(secret.is_same_as(&Secret::new("abc")));
        for other in ["", "ab", "abd", "xbc", "abcd"] {
            assert!(!secret.is_same_as(&Secret::new(other)) && !secret.is(other), "{other}");
        }
    }
}
