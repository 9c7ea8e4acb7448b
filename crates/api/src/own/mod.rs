//! Lambent's own API: health, metrics, events by request id, and the first page.

mod events;
mod health;
mod metrics;

use http::{HeaderValue, Method};
use lambent_domain::arn::FunctionName;
use lambent_domain::request_id::RequestId;

use crate::authorization::own::Action;
use crate::authorization::{self, Asked};
use crate::control::functions;
use crate::error::ApiError;
use crate::response::{self, Answer};
use crate::route::Query;

const FIRST_PAGE: &str = include_str!("first_page.html");

/// What is asked of Lambent itself.
#[derive(Debug)]
pub(crate) enum OwnRequest {
    FirstPage,
    Health,
    Metrics,
    Event(RequestId),
    Events(events::Listing),
    Code(Option<functions::Ticket>),
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

pub(crate) fn parse(method: &Method, path: &str, query: &Query) -> Result<OwnRequest, ApiError> {
    let request = match path {
        "/" => OwnRequest::FirstPage,
        "/metrics" => OwnRequest::Metrics,
        "/_lambent/health" => OwnRequest::Health,
        "/_lambent/v1/events" => OwnRequest::Events(events::Listing::parse(query)?),
        _ => match path.strip_prefix("/_lambent/v1/").and_then(|path| path.split_once('/')) {
            Some(("events", id)) => OwnRequest::Event(event_id(id)?),
            Some(("code", code)) => OwnRequest::Code(functions::Ticket::parse(code, query)),
            _ => return Err(ApiError::unknown_operation()),
        },
    };
    if method == Method::GET || method == Method::HEAD {
        Ok(request)
    } else {
        Err(ApiError::wrong_method(method))
    }
}

fn event_id(text: &str) -> Result<RequestId, ApiError> {
    RequestId::parse(text)
        .ok_or_else(|| ApiError::invalid_parameter("An event is named by its request id, a UUID."))
}

fn function_name(text: &str) -> Result<FunctionName, ApiError> {
    FunctionName::new(text)
        .map_err(|_| ApiError::invalid_parameter("The function parameter must be a function's name."))
}

pub(crate) async fn handle(asked: &Asked<'_>, request: OwnRequest) -> Result<Answer, ApiError> {
    authorize(asked, &request)?;
    let state = asked.state;
    match request {
        OwnRequest::FirstPage => {
            Ok(response::with_body(HeaderValue::from_static("text/html; charset=utf-8"), FIRST_PAGE))
        }
        OwnRequest::Health => health::health(state),
        OwnRequest::Metrics => Ok(metrics::metrics(state)),
        OwnRequest::Event(id) => events::get(state, id).await,
        OwnRequest::Events(listing) => events::list(state, listing).await,
        OwnRequest::Code(ticket) => functions::download(state, ticket).await,
    }
}

fn authorize(asked: &Asked<'_>, request: &OwnRequest) -> Result<(), ApiError> {
    let (action, function) = match request {
        OwnRequest::FirstPage | OwnRequest::Health | OwnRequest::Code(_) => return Ok(()),
        OwnRequest::Metrics => (Action::GetMetrics, None),
        OwnRequest::Events(listing) => (Action::ListEvents, Some(listing.function())),
        OwnRequest::Event(_) => (Action::GetEvent, None),
    };
    let resource = authorization::own::resource(&asked.state.identity, function);
    asked.authorize(action.name(), resource)
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
            (Method::GET, "/metrics", false),
        ] {
            assert_eq!(is_open(&method, path), open, "{method} {path}");
        }
    }
}
