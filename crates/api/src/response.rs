//! Answers: their type and the headers that many of them have.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;

use crate::error::ApiError;

/// Every answer is made whole before it is sent.
pub type Answer = Response<Full<Bytes>>;

pub(crate) const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// An answer with a body of a given type.
pub(crate) fn with_body(content_type: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// A JSON answer.
pub(crate) fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Answer, ApiError> {
    let body = serde_json::to_vec(value).map_err(ApiError::internal)?;
    let mut answer = with_body(APPLICATION_JSON, body);
    *answer.status_mut() = status;
    Ok(answer)
}
