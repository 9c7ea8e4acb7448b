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
mod streams;
mod target;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::Full;
use lambent_engine::logs::LogStore;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::authorization::{self, Asked, Subject};
use crate::error::ApiError;
use crate::generated::logs::operations::Operation;
use crate::model::{Check, Violations};
use crate::naming::Identity;
use failure::Failure;

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

/// Refuses what the caller may not do. A target that names no operation is refused by [`handle`].
pub(crate) fn authorize(asked: &Asked<'_>, target: Option<&str>, body: &[u8]) -> Result<(), ApiError> {
    let Ok(operation) = named_operation(target) else { return Ok(()) };
    let action = authorization::logs::action(operation);
    for resource in authorization::logs::resources(operation, &asked.state.identity, body) {
        asked.authorize(&action, Subject::Arn(&resource), |_| ())?;
    }
    Ok(())
}

/// Whether a request with this `X-Amz-Target` is for the log API.
#[must_use]
pub fn is_logs_target(target: &str) -> bool {
    target.starts_with(TARGET_PREFIX)
}

/// Answers one request. `target` is the whole value of `X-Amz-Target`.
pub async fn handle(
    store: &LogStore,
    owner: &Owner,
    target: Option<&str>,
    body: Bytes,
) -> Response<Full<Bytes>> {
    let operation = match named_operation(target) {
        Ok(operation) => operation,
        Err(failure) => return failure.into_answer(),
    };
    let (store, owner) = (store.clone(), owner.clone());
    let answered = tokio::task::spawn_blocking(move || answer(&store, &owner, operation, &body)).await;
    match answered {
        Ok(Ok(body)) => answer_with(200, body),
        Ok(Err(failure)) => {
            if let Some(cause) = failure.operator() {
                tracing::error!(operation = operation.name(), cause, "a log request failed");
            }
            failure.into_answer()
        }
        Err(stopped) => {
            tracing::error!(operation = operation.name(), %stopped, "a log request did not end");
            Failure::internal(&stopped).into_answer()
        }
    }
}

fn named_operation(target: Option<&str>) -> Result<Operation, Failure> {
    let name = target.and_then(|target| target.strip_prefix(TARGET_PREFIX)).unwrap_or_default();
    Operation::ALL
        .iter()
        .copied()
        .find(|operation| operation.name() == name)
        .ok_or_else(Failure::unknown_operation)
}

fn answer(store: &LogStore, owner: &Owner, operation: Operation, body: &[u8]) -> Result<Vec<u8>, Failure> {
    match operation {
        Operation::DescribeLogGroups => written(&groups::describe(store, owner, &read(body)?)?),
        Operation::DescribeLogStreams => written(&streams::describe(store, owner, &read(body)?)?),
        Operation::GetLogEvents => written(&events::get(store, owner, &read(body)?)?),
        Operation::FilterLogEvents => written(&filter_events::filter(store, owner, &read(body)?)?),
        _ => Err(Failure::not_implemented(operation.name())),
    }
}

/// The request, held against the service model's constraints.
fn read<T: DeserializeOwned + Default + Check>(body: &[u8]) -> Result<T, Failure> {
    let request: T = if body.is_empty() {
        T::default()
    } else {
        serde_json::from_slice(body).map_err(|_| Failure::not_json())?
    };
    let mut found = Violations::default();
    request.check(&mut found);
    found.into_message().map_or(Ok(request), |message| Err(Failure::invalid_parameter(message)))
}

fn written<T: Serialize>(response: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(response).map_err(|error| Failure::internal(&error))
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
