//! Lambent's own API: health, metrics, the first page, and events: what became of them, and what to do about them.
//!
//! [`routing`] says what a request asks for; each module judges whether the caller may, and does it. What is changed, and
//! what shows something of an event, leaves a line in the trail, see [`crate::authorization::audit`].

mod event;
mod health;
mod listing;
mod metrics;
mod queues;
mod redrive;
mod retry_policy;
mod routing;
mod wait;

use bytes::Bytes;
use http::{HeaderValue, Method};
use lambent_domain::arn::FunctionName;
use lambent_domain::request_id::RequestId;
use serde::de::DeserializeOwned;

use crate::authorization::own::Action;
use crate::authorization::{Asked, Subject};
use crate::control::functions;
use crate::error::ApiError;
use crate::invoke::{self, BatchRequest};
use crate::json;
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) use redrive::judge as judge_redrive;
pub(crate) use retry_policy::judge as judge_retry_policy;
pub(crate) use routing::parse;

const FIRST_PAGE: &str = include_str!("first_page.html");
/// Largest body of a request that says what to do.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Longest complaint about a body: what it quotes of the body may be as long as that.
const COMPLAINT_BYTES_MAX: usize = 400;

/// What is asked of Lambent itself.
#[derive(Debug)]
pub(crate) enum OwnRequest {
    FirstPage,
    Health,
    Metrics,
    Code(Option<functions::Ticket>),
    Events(Box<listing::Listing>),
    Event(RequestId, event::Wish),
    /// As the body says.
    Redrive,
    Queue(Target, queues::Wish),
    RetryPolicy(Target, retry_policy::Wish),
    Batch(Box<BatchRequest>),
}

impl OwnRequest {
    pub(crate) fn body_bytes_max(&self) -> usize {
        if matches!(self, Self::Batch(_)) { invoke::BATCH_BYTES_MAX } else { BODY_BYTES_MAX }
    }
}

/// Whether a path is Lambent's own rather than AWS's.
pub(crate) fn is_own(path: &str) -> bool {
    path == "/" || path == "/metrics" || path.starts_with("/_lambent/")
}

/// Whether everybody may ask for it: it tells nothing, or what it gives carries its own secret. A POST to the first
/// page's path is CloudWatch Logs.
pub(crate) fn is_open(method: &Method, path: &str) -> bool {
    let reads = method == Method::GET || method == Method::HEAD;
    reads && is_open_path(path)
}

fn is_open_path(path: &str) -> bool {
    path == "/" || path == "/_lambent/health" || path.starts_with("/_lambent/v1/code/")
}

fn function_name(text: &str) -> Result<FunctionName, ApiError> {
    FunctionName::new(text)
        .map_err(|_| ApiError::invalid_parameter("The function parameter must be a function's name."))
}

/// Reads a body whose members are all known.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    json::check(body).map_err(|complaint| ApiError::body_not_json(&complaint))?;
    serde_json::from_slice(body)
        .map_err(|error| ApiError::serialization(error.to_string()).shortened(COMPLAINT_BYTES_MAX))
}

pub(crate) async fn handle(asked: &Asked<'_>, request: OwnRequest, body: Bytes) -> Result<Answer, ApiError> {
    let state = asked.state;
    match request {
        OwnRequest::FirstPage => {
            Ok(response::with_body(HeaderValue::from_static("text/html; charset=utf-8"), FIRST_PAGE))
        }
        OwnRequest::Health => health::health(state),
        OwnRequest::Code(ticket) => functions::download(state, ticket).await,
        OwnRequest::Metrics => {
            asked.authorize(Action::GetMetrics.name(), Subject::Anything)?;
            Ok(metrics::metrics(state))
        }
        OwnRequest::Events(listing) => listing::list(asked, *listing).await,
        OwnRequest::Event(id, wish) => event::answer(asked, id, wish).await,
        OwnRequest::Redrive => redrive::many(asked, &body).await,
        OwnRequest::Queue(target, wish) => queues::answer(asked, &target, wish, &body).await,
        OwnRequest::RetryPolicy(target, wish) => retry_policy::answer(asked, &target, wish, &body).await,
        OwnRequest::Batch(request) => invoke::batch(asked, *request, body).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_done_is_open() {
        for (method, path, open) in [
            (Method::GET, "/", true),
            (Method::HEAD, "/", true),
            // CloudWatch Logs.
            (Method::POST, "/", false),
            (Method::GET, "/_lambent/health", true),
            (Method::POST, "/_lambent/health", false),
            (Method::GET, "/_lambent/v1/code/ticket", true),
            (Method::GET, "/_lambent/v1/events", false),
            (Method::POST, "/_lambent/v1/events/redrive", false),
            (Method::GET, "/_lambent/v1/functions/f/events", false),
            (Method::GET, "/metrics", false),
        ] {
            assert_eq!(is_open(&method, path), open, "{method} {path}");
        }
    }
}
