//! Invoke, InvokeWithResponseStream and InvokeAsync: stations 3 to 6 of an asynchronous invocation, 3 and 4 of a
//! synchronous one.

mod asynchronous;
mod batch;
mod event_options;
mod parse;
mod streaming;
mod synchronous;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::invocation::Invocation;
use lambent_domain::limits::{EVENT_BYTES_MAX, INVOKE_ASYNC_BYTES_MAX, SYNCHRONOUS_REQUEST_BYTES_MAX};
use lambent_domain::qualifier::Version;
use lambent_domain::request_id::RequestId;
use uuid::Uuid;

pub(crate) use batch::{BYTES_MAX as BATCH_BYTES_MAX, batch, lines};
pub(crate) use parse::{
    BatchRequest, InvokeRequest, parse, parse_batch, parse_invoke_async, parse_streaming,
};

use crate::authorization::{Asked, Subject};
use crate::error::ApiError;
use crate::json;
use crate::response::{self, Answer};
use crate::trace::{self, TRACE_ID, Trace};

/// Of every way to call a function (facts: async-invocation §13).
const ACTION: &str = "lambda:InvokeFunction";
const REMAPPED_CONTENT_LENGTH: HeaderName = HeaderName::from_static("x-amzn-remapped-content-length");
const EXECUTED_VERSION: HeaderName = HeaderName::from_static("x-amz-executed-version");
const LATEST: HeaderValue = HeaderValue::from_static("$LATEST");
/// What AWS says of every failure of a function (facts: execution-environment §8).
const UNHANDLED: &str = "Unhandled";
const ZERO: HeaderValue = HeaderValue::from_static("0");
const KEEP_ALIVE: HeaderValue = HeaderValue::from_static("keep-alive");

/// AWS's front end cuts off what is far beyond every limit with a text of its own.
const FRONT_END_BYTES_MAX: u64 = 6_291_456 + 64 * 1024;

/// What the caller wants to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// InvokeAsync: an event, accepted by the older operation with its older headers.
    InvokeAsync,
    Event,
    RequestResponse,
    /// InvokeWithResponseStream.
    ResponseStream,
    DryRun,
}

impl Kind {
    pub(crate) fn bytes_max(self) -> usize {
        match self {
            Self::InvokeAsync => INVOKE_ASYNC_BYTES_MAX,
            Self::Event => EVENT_BYTES_MAX,
            Self::RequestResponse | Self::ResponseStream | Self::DryRun => SYNCHRONOUS_REQUEST_BYTES_MAX,
        }
    }

    pub(crate) fn too_large(self, bytes: u64) -> ApiError {
        if bytes > FRONT_END_BYTES_MAX {
            let operation = if self == Self::InvokeAsync { "InvokeAsync" } else { "InvokeFunction" };
            return ApiError::request_too_large(operation, SYNCHRONOUS_REQUEST_BYTES_MAX);
        }
        let name = match self {
            Self::InvokeAsync | Self::Event => "Event",
            Self::RequestResponse | Self::ResponseStream | Self::DryRun => "RequestResponse",
        };
        ApiError::payload_too_large(bytes, name, self.bytes_max())
    }
}

/// Answers any of the operations, its request parsed and its body read.
pub(crate) async fn invoke(
    asked: &Asked<'_>,
    request: InvokeRequest,
    request_id: RequestId,
    payload: Bytes,
) -> Result<Answer, ApiError> {
    // Before anything is looked up: who may not call it must not learn whether it is there.
    asked.authorize(ACTION, Subject::Function(request.target.arn.clone()))?;
    let (state, headers) = (asked.state, asked.headers);
    let (_, version) = request.target.resolve_to_invoke(&state.resources, chance(request_id))?;
    check_tenant(version.configuration.tenant_isolation, request.tenant_id.is_some())?;
    if request.durable_execution_name {
        return Err(ApiError::invalid_parameter(
            "The invoked function is not a durable function. Remove the X-Amz-Durable-Execution-Name header.",
        ));
    }
    // A function that is called without a body receives an empty object.
    if !payload.is_empty() {
        json::check(&payload).map_err(|complaint| ApiError::event_not_json(&complaint))?;
    }
    match request.kind {
        Kind::InvokeAsync => {
            let lineage = trace::lineage(headers);
            asynchronous::invoke_async(state, request, request_id, payload, lineage).await
        }
        Kind::Event => {
            let trace = Trace::of(headers, &version, state.clock.now(), Uuid::new_v4());
            asynchronous::event(state, request, request_id, payload, trace).await
        }
        Kind::DryRun => {
            let trace = Trace::of(headers, &version, state.clock.now(), Uuid::new_v4());
            Ok(accepted(StatusCode::NO_CONTENT, trace.for_caller))
        }
        Kind::RequestResponse | Kind::ResponseStream => {
            let trace = Trace::of(headers, &version, state.clock.now(), Uuid::new_v4());
            let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
            let invocation = Invocation {
                request_id,
                version,
                invoked_arn: request.target.arn,
                payload,
                trace: Some(trace.for_function),
                client_context: request.client_context,
                tenant_id: request.tenant_id,
            };
            let (tail, trace) = (request.tail, trace.for_caller);
            if request.kind == Kind::ResponseStream {
                return streaming::response_stream(state, invocation, tail, trace).await;
            }
            synchronous::request_response(state, invocation, tail, trace).await
        }
    }
}

/// Whoever calls a function with tenant isolation names a tenant, and nobody else does.
fn check_tenant(isolation: TenantIsolation, named: bool) -> Result<(), ApiError> {
    match (isolation, named) {
        (TenantIsolation::PerTenant, true) | (TenantIsolation::None, false) => Ok(()),
        (TenantIsolation::PerTenant, false) => Err(ApiError::invalid_parameter(
            "The invoked function is enabled with tenancy configuration. Add the X-Amz-Tenant-Id header.",
        )),
        (TenantIsolation::None, true) => Err(ApiError::invalid_parameter(
            "The invoked function is not enabled with tenancy configuration. Remove the X-Amz-Tenant-Id header.",
        )),
    }
}

/// An alias with two versions chooses by the request id, which is random enough and there already.
pub(crate) fn chance(request_id: RequestId) -> u32 {
    let [a, b, c, d, ..] = request_id.as_bytes();
    u32::from_be_bytes([*a, *b, *c, *d])
}

fn executed_version(version: Version) -> HeaderValue {
    match version {
        Version::Latest => LATEST,
        Version::Number(number) => HeaderValue::from(number),
    }
}

/// The empty answer to `Event` and `DryRun`.
fn accepted(status: StatusCode, trace: HeaderValue) -> Answer {
    let mut answer = response::empty(status);
    let headers = answer.headers_mut();
    headers.insert(REMAPPED_CONTENT_LENGTH, ZERO);
    headers.insert(TRACE_ID, trace);
    headers.insert(http::header::CONNECTION, KEEP_ALIVE);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_named_where_tenants_are_kept_apart_and_nowhere_else() {
        use TenantIsolation::{None as Shared, PerTenant};
        for (isolation, named, taken) in
            [(Shared, false, true), (Shared, true, false), (PerTenant, true, true), (PerTenant, false, false)]
        {
            let checked = check_tenant(isolation, named);
            assert_eq!(checked.is_ok(), taken, "{isolation:?}, {named}");
            if let Err(error) = checked {
                assert_eq!(error.name(), "InvalidParameterValueException");
            }
        }
    }
}
