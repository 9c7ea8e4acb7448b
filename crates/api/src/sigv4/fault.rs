//! Why a request's signature is not accepted, with AWS's texts. Their names and statuses are `error`'s.
//!
//! AWS echoes headers only as a hash ("hashed with SHA-256 and encoded with Base64"), since clients that are set up
//! wrongly put their secret where the key's id belongs; so does this.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::signing_time::SigningTime;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request is not signed, where it must be.
    #[error("Missing Authentication Token")]
    Missing,
    /// What the request says of its signature cannot be read.
    #[error("{0}")]
    Incomplete(Cow<'static, str>),
    /// Wrong secret, or something signed was changed on the way.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
    /// Good for another region, service or day.
    #[error("{0}")]
    Scope(Cow<'static, str>),
    /// Something that must be signed is not.
    #[error("{0}")]
    Unsigned(Cow<'static, str>),
    /// Signed too long ago, or for too short a time.
    #[error("{0}")]
    Expired(Cow<'static, str>),
    /// Signed in the future.
    #[error("{0}")]
    NotYetCurrent(Cow<'static, str>),
    /// No such access key, or one that is disabled, or a wrong session token.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// The session is over.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
}

impl SignatureError {
    pub(super) fn incomplete(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Incomplete(message.into())
    }

    pub(super) fn credential_shape(credential: &str) -> Self {
        Self::incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             (hashed with SHA-256 and encoded with Base64): '{}'",
            hashed(credential.as_bytes())
        ))
    }

    pub(super) fn not_a_pair(authorization: &[u8]) -> Self {
        Self::incomplete(format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with \
             Base64): '{}'.",
            hashed(authorization)
        ))
    }

    /// `missing` are whole sentences.
    pub(super) fn header_lacks(missing: &str, authorization: &[u8]) -> Self {
        Self::incomplete(format!(
            "{missing} (Hashed with SHA-256 and encoded with Base64) Authorization={}",
            hashed(authorization)
        ))
    }

    pub(super) fn query_lacks(missing: &[&str]) -> Self {
        let mut message = String::new();
        for name in missing {
            message.push_str(&format!("AWS query-string parameters must include '{name}'. "));
        }
        message.push_str("Re-examine the query-string parameters.");
        Self::incomplete(message)
    }

    pub(super) fn bad_date(text: &str) -> Self {
        // What was sent is a header of any length and any bytes; a date is short.
        let shown: String = text.chars().filter(|sign| !sign.is_control()).take(40).collect();
        Self::incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{shown}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    }

    pub(super) fn host_unsigned() -> Self {
        Self::Unsigned("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into())
    }

    pub(super) fn header_unsigned(name: &str) -> Self {
        Self::Unsigned(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.").into())
    }

    /// Signed at `at`, and that was longer ago than `window_secs`.
    pub(super) fn expired(at: &SigningTime, now: &SigningTime, window_secs: i64) -> Self {
        let limit = SigningTime::from_seconds(now.seconds().saturating_sub(window_secs));
        let message = format!(
            "Signature expired: {} is now earlier than {} ({} - {})",
            at.text(),
            limit.text(),
            now.text(),
            span(window_secs)
        );
        Self::Expired(message.into())
    }

    /// Signed for a time that is further away than `window_secs`.
    pub(super) fn not_yet_current(at: &SigningTime, now: &SigningTime, window_secs: i64) -> Self {
        let limit = SigningTime::from_seconds(now.seconds().saturating_add(window_secs));
        let message = format!(
            "Signature not yet current: {} is still later than {} ({} + {})",
            at.text(),
            limit.text(),
            now.text(),
            span(window_secs)
        );
        Self::NotYetCurrent(message.into())
    }
}

fn span(secs: i64) -> String {
    if secs % 60 == 0 { format!("{} min.", secs / 60) } else { format!("{secs} sec.") }
}

fn hashed(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_aws_tells_them() {
        let time = |text| SigningTime::parse(text).unwrap();
        let (signed, now) = (time("20260101T000000Z"), time("20260101T001000Z"));
        assert_eq!(
            SignatureError::expired(&signed, &now, 300).to_string(),
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)"
        );
        let (signed, now) = (time("20190305T002809Z"), time("20190304T212815Z"));
        assert_eq!(
            SignatureError::not_yet_current(&signed, &now, 900).to_string(),
            "Signature not yet current: 20190305T002809Z is still later than 20190304T214315Z (20190304T212815Z + 15 \
             min.)"
        );
    }

    #[test]
    fn what_a_client_sent_is_not_echoed() {
        for error in [
            SignatureError::credential_shape("wJalrXUtnFEMI/K7MDENG"),
            SignatureError::not_a_pair(b"wJalrXUtnFEMI"),
            SignatureError::header_lacks("x", b"wJalrXUtnFEMI"),
        ] {
            assert!(!error.to_string().contains("wJalr"), "{error}");
        }
        assert!(SignatureError::bad_date(&"x\n".repeat(10_000)).to_string().len() < 200);
    }
}
