//! Whether what a request claims is true.

use http::request::Parts;
use lambent_domain::time::Timestamp;

use super::TERMINATOR;
use super::canonical::{Canonical, PathForm};
use super::chunked::{self, Chain};
use super::claim::{SignedClaim, X_AMZ_CONTENT_SHA256};
use super::credentials::Secret;
use super::fault::SignatureError;
use super::key::{KeyCache, KeyScope, SigningKey};
use super::payload::PayloadForm;
use super::signing_time::SigningTime;

/// How far a client's clock may be off, in both directions.
const SKEW_SECS_MAX: i64 = 300;

/// What signatures are good for here.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedScope<'a> {
    pub region: &'a str,
    pub service: &'a str,
}

/// The body of a request whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// As it was received.
    Whole,
    /// Taken out of its chunks.
    Chunked(Vec<u8>),
}

/// Checks a claim against the secret of its access key. Everything is checked that can be, the body last.
pub fn verify(
    claim: &SignedClaim<'_>,
    parts: &Parts,
    body: &[u8],
    secret: &Secret,
    now: Timestamp,
    expected: &ExpectedScope<'_>,
    keys: &KeyCache,
) -> Result<Payload, SignatureError> {
    check_scope(claim, expected)?;
    check_time(claim, now)?;
    check_signed_headers(claim, parts)?;
    let key = keys.signing_key(&key_scope(claim), secret);
    // Once, however many forms of the path are tried.
    let mut payload_line = Vec::new();
    claim.payload.write(body, &mut payload_line);
    let canonical = Canonical {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
        authority: parts.uri.authority().map(http::uri::Authority::as_str),
        signed_headers: &claim.signed_headers,
        payload_line: &payload_line,
    };
    let forms = PathForm::of(claim.service(), canonical.path);
    let is_signed = forms.iter().any(|form| {
        let hash = canonical.hash(*form);
        hash.is_some_and(|hash| {
            claim.signature.is(key.request(claim.at.text(), claim.credential.scope(), &hash))
        })
    });
    if !is_signed || !claim.payload.agrees_with(body) {
        return Err(SignatureError::Mismatch);
    }
    payload(claim, parts, body, &key)
}

fn key_scope<'a>(claim: &'a SignedClaim<'_>) -> KeyScope<'a> {
    KeyScope {
        access_key_id: claim.access_key_id(),
        date: claim.credential.date(),
        region: claim.region(),
        service: claim.service(),
    }
}

fn payload(
    claim: &SignedClaim<'_>,
    parts: &Parts,
    body: &[u8],
    key: &SigningKey,
) -> Result<Payload, SignatureError> {
    let decoded = match claim.payload {
        PayloadForm::Unstated | PayloadForm::Hash(_) | PayloadForm::Unsigned => return Ok(Payload::Whole),
        PayloadForm::UnsignedChunks => {
            chunked::decode_unsigned(body, chunked::decoded_length(&parts.headers)?)
        }
        PayloadForm::SignedChunks { trailer } => {
            let (time, scope) = (claim.at.text(), claim.credential.scope());
            let chain = Chain { key, time, scope, previous: claim.signature };
            chunked::decode(body, chunked::decoded_length(&parts.headers)?, Some(chain), trailer)
        }
    };
    decoded.map(Payload::Chunked)
}

/// AWS says all that is wrong at once, each in a sentence with a blank behind it.
fn check_scope(claim: &SignedClaim<'_>, expected: &ExpectedScope<'_>) -> Result<(), SignatureError> {
    let credential = &claim.credential;
    let is_service = expected.service == credential.service();
    if credential.region() == expected.region
        && is_service
        && credential.terminator() == TERMINATOR
        && credential.date() == claim.at.date()
    {
        return Ok(());
    }
    let mut message = String::new();
    if credential.region() != expected.region {
        message.push_str("Credential should be scoped to a valid region. ");
    }
    if !is_service {
        let service = expected.service;
        message.push_str(&format!("Credential should be scoped to correct service: '{service}'. "));
    }
    if credential.terminator() != TERMINATOR {
        message.push_str("Credential should be scoped with a valid terminator: 'aws4_request'. ");
    }
    if credential.date() != claim.at.date() {
        let shown: String = credential.date().chars().take(16).collect();
        message.push_str(&format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{shown}' != \
             '{}', from '{}'. ",
            claim.at.date(),
            claim.at.text()
        ));
    }
    Err(SignatureError::Scope(message.into()))
}

fn check_time(claim: &SignedClaim<'_>, now: Timestamp) -> Result<(), SignatureError> {
    let seconds = i64::try_from(now.as_millis() / 1_000).unwrap_or(i64::MAX);
    let age = seconds.saturating_sub(claim.at.seconds());
    let age_max = claim.expires_secs.map_or(SKEW_SECS_MAX, i64::from);
    if age > age_max {
        return Err(SignatureError::expired(&claim.at, &SigningTime::from(now), age_max));
    }
    if age < -SKEW_SECS_MAX {
        return Err(SignatureError::not_yet_current(&claim.at, &SigningTime::from(now), SKEW_SECS_MAX));
    }
    Ok(())
}

/// A header that means something to AWS, or to Lambent, and is not signed could have been put there by anybody.
fn check_signed_headers(claim: &SignedClaim<'_>, parts: &Parts) -> Result<(), SignatureError> {
    let is_signed = |name: &str| claim.signed_headers.split(';').any(|signed| signed == name);
    if !is_signed("host") || parts.headers.get_all(http::header::HOST).iter().count() > 1 {
        return Err(SignatureError::host_unsigned());
    }
    for name in parts.headers.keys() {
        // The hash of the payload is signed even where its header is not: it is the last line of what is signed.
        let counts = name.as_str().starts_with("x-amz-") || name.as_str().starts_with("x-lambent-");
        if counts && *name != X_AMZ_CONTENT_SHA256 && !is_signed(name.as_str()) {
            return Err(SignatureError::header_unsigned(name.as_str()));
        }
    }
    Ok(())
}
