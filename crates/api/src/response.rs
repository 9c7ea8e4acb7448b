//! Answers: their type and the headers that many of them have.

mod body;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use lambent_domain::request_id::RequestId;
use serde::Serialize;

pub use body::{Aborted, AnswerBody, AnswerSender};

use crate::error::ApiError;

/// Most answers are made whole before they are sent; a function's streamed response is not.
pub type Answer = Response<AnswerBody>;

pub(crate) const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Goes with an answer that is about an earlier request: its identifier is the one the caller is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnswersFor(pub(crate) RequestId);

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(AnswerBody::default());
    *answer.status_mut() = status;
    answer
}

/// An answer with a body of a given type.
pub(crate) fn with_body(content_type: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(AnswerBody::whole(body));
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
