//! The part of CloudWatch Logs that reads: enough for `aws logs tail --follow`, for the SDKs and for a person.
//!
//! `POST /` with `X-Amz-Target: Logs_20140328.<Operation>`, protocol JSON 1.1. Every error is a 400 with `__type`
//! in the body, also where the Lambda API would say 404. Reading files blocks, so it happens on tokio's blocking
//! threads.

mod events;
mod failure;
mod filter_events;
mod groups;
mod page_token;
mod pattern;
mod request;
mod streams;
mod target;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::Full;
use lambent_engine::logs::LogStore;

use crate::authenticate::AT_ONCE_BYTES_MAX;
use crate::authorization::{self, Asked, Subject};
use crate::error::ApiError;
use crate::generated::logs::operations::Operation;
use crate::naming::Identity;
use failure::Failure;
use request::{Extent, Request};

const TARGET_PREFIX: &str = "Logs_20140328.";
const JSON_1_1: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");

/// Whose logs these are: the parts of an ARN that do not name a log group.
#[derive(Debug, Clone)]
pub struct Owner {
    pub region: String,
    pub account: String,
}

impl Owner {
    /// This server's.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        Self { region: identity.region.to_string(), account: identity.account.to_string() }
    }
}

/// Answers one request of a caller who may make it. `target` is the whole value of `X-Amz-Target`.
pub(crate) async fn answer(
    asked: &Asked<'_>,
    target: Option<&str>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, ApiError> {
    let identity = &asked.state.identity;
    let owner = Owner::of(identity);
    let operation = match named_operation(target) {
        Ok(operation) => operation,
        Err(failure) => return Ok(failure.into_answer()),
    };
    let action = authorization::logs::action(operation);
    let request = match received(operation, body).await {
        Ok(request) => request,
        Err(failure) => return Ok(reported(operation, failure).into_answer()),
    };
    let subject = match request.extent(&owner) {
        Ok(Extent::Streams { group, stream }) => authorization::logs::resource(identity, group, stream),
        Ok(Extent::Groups) => authorization::logs::resource(identity, "", ""),
        Ok(Extent::Nothing) => Subject::Anything,
        Err(failure) => return Ok(failure.into_answer()),
    };
    asked.authorize(&action, subject)?;
    Ok(answered(asked.state.engine.logs(), owner, operation, request).await)
}

/// The same for whoever may do everything.
#[cfg(test)]
async fn handle(store: &LogStore, owner: &Owner, target: Option<&str>, body: Bytes) -> Response<Full<Bytes>> {
    let operation = match named_operation(target) {
        Ok(operation) => operation,
        Err(failure) => return failure.into_answer(),
    };
    match received(operation, body).await {
        Ok(request) => answered(store, owner.clone(), operation, request).await,
        Err(failure) => failure.into_answer(),
    }
}

async fn received(operation: Operation, body: Bytes) -> Result<Request, Failure> {
    if body.len() <= AT_ONCE_BYTES_MAX {
        return Request::read(operation, &body);
    }
    let reading = tokio::task::spawn_blocking(move || Request::read(operation, &body));
    reading.await.unwrap_or_else(|stopped| Err(Failure::internal(&stopped)))
}

async fn answered(
    store: &LogStore,
    owner: Owner,
    operation: Operation,
    request: Request,
) -> Response<Full<Bytes>> {
    let store = store.clone();
    let answering = tokio::task::spawn_blocking(move || request.answer(&store, &owner)).await;
    match answering.unwrap_or_else(|stopped| Err(Failure::internal(&stopped))) {
        Ok(body) => answer_with(200, body),
        Err(failure) => reported(operation, failure).into_answer(),
    }
}

/// A fault of ours is for the operator too.
fn reported(operation: Operation, failure: Failure) -> Failure {
    if let Some(cause) = failure.operator() {
        tracing::error!(operation = operation.name(), cause, "a log request failed");
    }
    failure
}

fn named_operation(target: Option<&str>) -> Result<Operation, Failure> {
    let name = target.and_then(|target| target.strip_prefix(TARGET_PREFIX)).unwrap_or_default();
    Operation::ALL
        .iter()
        .copied()
        .find(|operation| operation.name() == name)
        .ok_or_else(Failure::unknown_operation)
}

fn answer_with(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    answer.headers_mut().insert(CONTENT_TYPE, JSON_1_1);
    answer
}

/// Milliseconds as the wire carries them.
fn wire_millis(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// A limit that the model has already held within its bounds.
fn page_limit(limit: Option<i64>, default: usize) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests;
