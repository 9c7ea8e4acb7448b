//! What a request asks for: station 1, route, and as much of station 3, validate, as needs no body.

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use lambent_domain::limits::CODE_REQUEST_BYTES_MAX;
use lambent_domain::request_id::RequestId;

use crate::body;
use crate::control;
use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::invoke::{self, InvokeRequest};
use crate::naming::Identity;
use crate::own::{self, OwnRequest};
use crate::response::REQUEST_ID;
use crate::route::{self, Labels, Query, Unroutable};

/// Body of a request that has no business having a large one.
const ORDINARY_BODY_BYTES_MAX: usize = 1_048_576;

/// What a request asks for, its members outside the body already judged.
#[derive(Debug)]
pub(crate) enum Plan<'a> {
    Invoke(InvokeRequest),
    Control {
        operation: Operation,
        labels: Labels<'a>,
        query: Query,
    },
    /// With the whole value of `X-Amz-Target`.
    Logs(Option<&'a str>),
    Own(OwnRequest),
}

/// Whether a request is for CloudWatch Logs, whose errors have a form of their own.
pub(crate) fn is_for_logs(parts: &Parts) -> bool {
    parts.uri.path() == "/" && parts.method == Method::POST
}

impl<'a> Plan<'a> {
    pub(crate) fn of(parts: &'a Parts, identity: &Identity) -> Result<Self, ApiError> {
        check_request_id(&parts.headers)?;
        body::check_encoding(&parts.headers)?;
        let query = Query::parse(parts.uri.query()).map_err(|_| undecodable())?;
        let (method, path) = (&parts.method, parts.uri.path());
        if is_for_logs(parts) {
            let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
            return Ok(Self::Logs(target));
        }
        if own::is_own(path) {
            return own::parse(method, path, &query, &parts.headers, identity).map(Self::Own);
        }
        let routed = route::route(method.as_str(), path, &query).map_err(|unroutable| match unroutable {
            Unroutable::UnknownPath => ApiError::unknown_operation(),
            Unroutable::WrongMethod => ApiError::wrong_method(method),
            Unroutable::Undecodable => undecodable(),
        })?;
        let [name, ..] = &routed.labels;
        match routed.operation {
            Operation::InvokeAsync => {
                invoke::parse_invoke_async(name, &parts.headers, identity).map(Self::Invoke)
            }
            Operation::Invoke => invoke::parse(name, &query, &parts.headers, identity).map(Self::Invoke),
            Operation::InvokeWithResponseStream => {
                invoke::parse_streaming(name, &query, &parts.headers, identity).map(Self::Invoke)
            }
            operation => Ok(Self::Control { operation, labels: routed.labels, query }),
        }
    }

    /// The service that a signature has to be for.
    pub(crate) fn service(&self) -> &'static str {
        match self {
            Self::Invoke(_) | Self::Control { .. } | Self::Own(_) => "lambda",
            Self::Logs(_) => "logs",
        }
    }

    /// Whether it takes as long as a function does.
    pub(crate) fn waits_for_a_function(&self) -> bool {
        matches!(self, Self::Invoke(_))
    }

    pub(crate) fn bytes_max(&self) -> usize {
        match self {
            Self::Invoke(request) => request.kind.bytes_max(),
            Self::Control { operation, .. } if control::has_code(*operation) => CODE_REQUEST_BYTES_MAX,
            Self::Own(request) => request.body_bytes_max(),
            Self::Control { .. } | Self::Logs(_) => ORDINARY_BODY_BYTES_MAX,
        }
    }

    pub(crate) fn too_large(&self, bytes: u64) -> ApiError {
        match self {
            Self::Invoke(request) => request.kind.too_large(bytes),
            Self::Control { operation, .. } => {
                ApiError::request_too_large(operation.traits().name, self.bytes_max())
            }
            Self::Logs(_) | Self::Own(_) => ApiError::request_too_large("requested", self.bytes_max()),
        }
    }
}

/// The model says that a request id which is no UUID is refused; one that is a UUID is not taken over, because it could
/// be that of an event already in the queue.
fn check_request_id(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_uuid = |id: &HeaderValue| id.to_str().is_ok_and(|id| RequestId::parse(id).is_some());
    if headers.get(&REQUEST_ID).is_none_or(is_uuid) {
        return Ok(());
    }
    Err(ApiError::invalid_content("The x-amzn-RequestId header must be a UUID."))
}

fn undecodable() -> ApiError {
    ApiError::invalid_content("The request's path and query must be percent-encoded UTF-8.")
}
