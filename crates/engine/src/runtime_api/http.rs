//! The Runtime API's answers as HTTP (facts: execution-environment §1.1, §1.2).

use super::answer::NextInvocation;
use super::state::Rejection;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

pub(super) type ApiResponse = Response<Full<Bytes>>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// 200 with the event's bytes, untouched.
pub(super) fn next(invocation: &NextInvocation) -> ApiResponse {
    let mut response = Response::new(Full::new(invocation.payload.clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    let mut put = |name: &'static str, value: Result<HeaderValue, http::header::InvalidHeaderValue>| {
        // Text that cannot stand in a header is left out: a runtime treats all of these but the id as optional.
        if let Ok(value) = value {
            headers.insert(name, value);
        }
    };
    put("lambda-runtime-aws-request-id", HeaderValue::try_from(invocation.request_id.to_string()));
    put("lambda-runtime-deadline-ms", Ok(HeaderValue::from(invocation.deadline_ms)));
    put("lambda-runtime-invoked-function-arn", HeaderValue::try_from(&invocation.invoked_arn));
    if let Some(trace) = &invocation.trace {
        put("lambda-runtime-trace-id", HeaderValue::try_from(trace));
    }
    if let Some(tenant) = &invocation.tenant_id {
        put("lambda-runtime-aws-tenant-id", HeaderValue::try_from(tenant.as_str()));
    }
    if let Some(context) = &invocation.client_context {
        put("lambda-runtime-client-context", HeaderValue::from_maybe_shared(context.clone()));
    }
    response
}

/// 202 `{"status":"OK"}`.
pub(super) fn accepted() -> ApiResponse {
    json(StatusCode::ACCEPTED, Bytes::from_static(b"{\"status\":\"OK\"}\n"))
}

pub(super) fn pong() -> ApiResponse {
    Response::new(Full::new(Bytes::from_static(b"pong")))
}

pub(super) fn not_found() -> ApiResponse {
    let mut response = Response::new(Full::new(Bytes::from_static(b"404 page not found\n")));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pub(super) fn rejected(rejection: Rejection) -> ApiResponse {
    match rejection {
        Rejection::InvalidState { from, to } => error(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            &format!(
                "State transition from {from} to {to} failed for runtime. Error: State transition is not allowed"
            ),
        ),
        Rejection::InvalidRequestId => {
            error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
        }
    }
}

pub(super) fn invalid_response_mode() -> ApiResponse {
    error(StatusCode::BAD_REQUEST, "InvalidFunctionResponseMode", "Invalid function response mode")
}

pub(super) fn truncated() -> ApiResponse {
    error(StatusCode::BAD_REQUEST, "TruncatedHTTPRequest", "HTTP request detected as truncated")
}

pub(super) fn too_large(limit: u64) -> ApiResponse {
    let text = format!("Exceeded maximum allowed payload size ({limit} bytes).");
    error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &text)
}

fn error(status: StatusCode, kind: &str, message: &str) -> ApiResponse {
    let body = serde_json::json!({ "errorMessage": message, "errorType": kind }).to_string();
    json(status, Bytes::from(body))
}

fn json(status: StatusCode, body: Bytes) -> ApiResponse {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
