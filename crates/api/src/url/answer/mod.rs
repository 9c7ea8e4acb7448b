//! A function's response as an HTTP answer, by the payload format 2.0.
//!
//! An object with a `statusCode` says what the answer is. Any other JSON is the body of a plain 200. A function that
//! streams says the first part ahead of the body, in a prelude. No response, however odd, makes an illegal answer: it
//! makes none, and the caller gets a 502.

mod head;
mod json;
mod prelude;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};

use crate::response::{APPLICATION_JSON, Answer, AnswerBody, with_body};
use json::{Members, Scalar};

pub use head::Head;
pub use prelude::{PreludeReader, has_prelude, streamed_head};

/// Not every encoder writes the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a function's response is no answer. For the operator; the caller only learns that it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    Json,
    StatusCode,
    Headers,
    Cookies,
    Body,
    IsBase64Encoded,
    /// The body is said to be base64 and is not.
    Base64,
    /// A stream that ends within its prelude, or whose prelude does not end in eight NULs.
    Separator,
    PreludeTooLarge,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Json => "the response is not JSON",
            Self::StatusCode => "the member statusCode is no status from 200 to 599",
            Self::Headers => "the member headers is no object of legal headers",
            Self::Cookies => "the member cookies is no array of legal cookies",
            Self::Body => "the member body is no text",
            Self::IsBase64Encoded => "the member isBase64Encoded is neither true nor false",
            Self::Base64 => "the body is not base64",
            Self::Separator => "the prelude does not end in eight NULs",
            Self::PreludeTooLarge => "the prelude is too large",
        })
    }
}

/// The answer that a function's whole response asks for.
pub fn answer(payload: &[u8]) -> Result<Answer, Malformed> {
    let text = str::from_utf8(payload).map_err(|_| Malformed::Json)?;
    match Members::of_object(text)? {
        Some(members) if members.status_code.is_some() => integrated(&members),
        _ => Ok(with_body(APPLICATION_JSON, plain(text)?)),
    }
}

/// A response that says nothing about the answer. A JSON string is the text it stands for; anything else stays JSON.
fn plain(text: &str) -> Result<Bytes, Malformed> {
    let value = json::raw(text)?;
    Ok(match json::scalar(value) {
        Some(Scalar::Text(text)) => text.into(),
        _ => json::compact(value.get()).into(),
    })
}

fn integrated(members: &Members<'_>) -> Result<Answer, Malformed> {
    let Head { status, mut headers } = head::of(members)?;
    let body = body(members)?;
    if !head::allows_body(status) {
        return Ok(assembled(status, headers, Bytes::new()));
    }
    if !headers.contains_key(CONTENT_TYPE) {
        headers.try_insert(CONTENT_TYPE, APPLICATION_JSON).map_err(|_| Malformed::Headers)?;
    }
    Ok(assembled(status, headers, body))
}

fn assembled(status: StatusCode, headers: HeaderMap, body: Bytes) -> Answer {
    let mut answer = Response::new(AnswerBody::whole(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

fn body(members: &Members<'_>) -> Result<Bytes, Malformed> {
    let Some(body) = members.body else { return Ok(Bytes::new()) };
    let is_base64 = members.is_base64_encoded.map_or(Some(false), json::boolean);
    let is_base64 = is_base64.ok_or(Malformed::IsBase64Encoded)?;
    match json::scalar(body) {
        Some(Scalar::Text(text)) if is_base64 => {
            BASE64.decode(text).map(Bytes::from).map_err(|_| Malformed::Base64)
        }
        _ if is_base64 => Err(Malformed::Base64),
        Some(Scalar::Text(text)) => Ok(text.into()),
        Some(Scalar::Other(token)) => Ok(Bytes::copy_from_slice(token.as_bytes())),
        // JSON that was not made a text stays JSON.
        None => Ok(json::compact(body.get()).into()),
    }
}

#[cfg(test)]
mod tests;
