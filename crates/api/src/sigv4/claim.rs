//! What a request says of its signature, read before its body is.

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, DATE, HeaderName};
use http::request::Parts;

use super::S3;
use super::authorization::Authorization;
use super::canonical::is_canonical_list;
use super::credential::Credential;
use super::fault::SignatureError;
use super::payload::PayloadForm;
use super::presigned::{self, Presigned};
use super::signature::Signature;
use super::signing_time::SigningTime;

pub(super) const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
pub(super) const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
pub(super) const X_AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// Whether a request says that it is signed.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is short-lived, and nearly every one is the large one")]
pub enum Claim<'a> {
    Unsigned,
    Signed(SignedClaim<'a>),
}

/// What a signed request says; not one word of it is checked yet.
pub struct SignedClaim<'a> {
    pub(super) credential: Credential<'a>,
    pub(super) signed_headers: Cow<'a, str>,
    pub(super) signature: Signature,
    pub(super) at: SigningTime,
    /// How long a presigned request is valid.
    pub(super) expires_secs: Option<u32>,
    pub(super) session_token: Option<Cow<'a, str>>,
    pub(super) payload: PayloadForm,
}

impl SignedClaim<'_> {
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// Comes with a short-lived key. Whether it is that key's is for whoever made it to say.
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    pub fn region(&self) -> &str {
        self.credential.region()
    }

    pub fn service(&self) -> &str {
        self.credential.service()
    }
}

impl fmt::Debug for SignedClaim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedClaim")
            .field("credential", &self.credential)
            .field("signed_headers", &self.signed_headers)
            .field("at", &self.at)
            .field("expires_secs", &self.expires_secs)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

/// Whether the `Authorization` is of a scheme that is not AWS's, such as `Bearer`, and nothing else is said of a
/// signature.
pub(crate) fn is_of_another_scheme(parts: &Parts) -> bool {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter().peekable();
    let is_presigned = parts.uri.query().is_some_and(|query| query.contains("X-Amz-"));
    values.peek().is_some() && !is_presigned && values.all(|value| !value.as_bytes().starts_with(b"AWS"))
}

/// Reads a request's head.
pub fn read(parts: &Parts) -> Result<Claim<'_>, SignatureError> {
    let headers = &parts.headers;
    let presigned = presigned::parse(parts.uri.query())?;
    let in_header = headers.contains_key(AUTHORIZATION);
    let claim = match (presigned, in_header) {
        (None, false) => return Ok(Claim::Unsigned),
        (None, true) => from_header(headers)?,
        (Some(presigned), false) => from_query(presigned, headers)?,
        (Some(_), true) => {
            return Err(SignatureError::incomplete(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header \
                 should be specified",
            ));
        }
    };
    // A list in any other order can have been written, but not signed.
    if is_canonical_list(&claim.signed_headers) { Ok(Claim::Signed(claim)) } else { Err(unsortable(&claim)) }
}

/// Whether a body says that it comes in `aws-chunked`.
pub(crate) fn is_chunked(parts: &Parts) -> bool {
    let says = |name: HeaderName, is_so: fn(&[u8]) -> bool| {
        parts.headers.get_all(name).iter().any(|value| is_so(value.as_bytes()))
    };
    says(X_AMZ_CONTENT_SHA256, |value| value.starts_with(b"STREAMING-"))
        || says(CONTENT_ENCODING, |value| value.eq_ignore_ascii_case(b"aws-chunked"))
}

fn unsortable(claim: &SignedClaim<'_>) -> SignatureError {
    if claim.signed_headers.is_empty() { SignatureError::host_unsigned() } else { SignatureError::Mismatch }
}

fn from_header(headers: &HeaderMap) -> Result<SignedClaim<'_>, SignatureError> {
    let Some(value) = single(headers, &AUTHORIZATION)? else { return Err(SignatureError::Missing) };
    let parsed = Authorization::parse(value)?;
    let date = match single(headers, &X_AMZ_DATE)? {
        Some(date) => Some((date, SigningTime::parse as fn(&str) -> Option<SigningTime>)),
        None => single(headers, &DATE)?.map(|date| (date, SigningTime::parse_http as fn(&str) -> _)),
    };
    let (Some(credential), Some(signed_headers), Some(signature), Some((date, read_date))) =
        (parsed.credential, parsed.signed_headers, parsed.signature, date)
    else {
        let complaints = parsed.complaints(date.is_some()).join(" ");
        return Err(SignatureError::header_lacks(&complaints, value.as_bytes()));
    };
    let at = date.to_str().ok().and_then(read_date);
    Ok(SignedClaim {
        credential: Credential::parse(Cow::Borrowed(credential))?,
        signed_headers: Cow::Borrowed(signed_headers),
        signature: Signature::parse(signature).ok_or(SignatureError::Mismatch)?,
        at: at.ok_or_else(|| SignatureError::bad_date(&String::from_utf8_lossy(date.as_bytes())))?,
        expires_secs: None,
        session_token: text(headers, &X_AMZ_SECURITY_TOKEN)?.map(Cow::Borrowed),
        payload: match text(headers, &X_AMZ_CONTENT_SHA256)? {
            Some(said) => PayloadForm::parse(said)?,
            None => PayloadForm::Unstated,
        },
    })
}

fn from_query<'a>(
    presigned: Presigned<'a>,
    headers: &'a HeaderMap,
) -> Result<SignedClaim<'a>, SignatureError> {
    let credential = Credential::parse(presigned.credential)?;
    let payload = match (text(headers, &X_AMZ_CONTENT_SHA256)?, presigned.content_sha256) {
        (Some(said), _) => PayloadForm::parse(said)?,
        (None, Some(said)) => PayloadForm::parse(&said)?,
        // Whoever presigns for S3 does not know the body yet.
        (None, None) if credential.service() == S3 => PayloadForm::Unsigned,
        (None, None) => PayloadForm::Unstated,
    };
    let session_token = match presigned.session_token {
        Some(token) => Some(token),
        None => text(headers, &X_AMZ_SECURITY_TOKEN)?.map(Cow::Borrowed),
    };
    Ok(SignedClaim {
        credential,
        signed_headers: presigned.signed_headers,
        signature: Signature::parse(&presigned.signature).ok_or(SignatureError::Mismatch)?,
        at: SigningTime::parse(&presigned.date).ok_or_else(|| SignatureError::bad_date(&presigned.date))?,
        expires_secs: Some(presigned.expires_secs),
        session_token,
        payload,
    })
}

/// The one value of a header that may not be there twice: nobody could say which of the two was meant.
fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a http::HeaderValue>, SignatureError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => {
            Err(SignatureError::incomplete(format!("The header '{name}' may be there only once.")))
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, SignatureError> {
    let Some(value) = single(headers, name)? else { return Ok(None) };
    let text = value.to_str();
    text.map(Some).map_err(|_| SignatureError::incomplete(format!("The header '{name}' must be ASCII.")))
}
