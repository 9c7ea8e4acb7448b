//! Stations 5 and 6: an event is accepted, put on the disk, and only then answered for (E1).

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_TYPE};
use lambent_domain::event::{self, EventRequest, Priority};
use lambent_domain::request_id::RequestId;

use super::{InvokeRequest, KEEP_ALIVE, accepted};
use crate::error::ApiError;
use crate::response::{self, APPLICATION_JSON, Answer};
use crate::state::AppState;
use crate::trace::Trace;

/// Invoke with the type `Event`.
pub(super) async fn event(
    state: &AppState,
    request: InvokeRequest,
    request_id: RequestId,
    payload: Bytes,
    trace: Trace,
) -> Result<Answer, ApiError> {
    enqueue(state, request, request_id, payload, Some(trace.for_function.clone())).await?;
    Ok(accepted(StatusCode::ACCEPTED, trace))
}

/// InvokeAsync: the headers are those of its page, and no trace goes with the event: of the caller's context only the
/// chain of calls, so that a circle is noticed.
pub(super) async fn invoke_async(
    state: &AppState,
    request: InvokeRequest,
    request_id: RequestId,
    payload: Bytes,
    lineage: Option<String>,
) -> Result<Answer, ApiError> {
    enqueue(state, request, request_id, payload, lineage).await?;
    let mut answer = response::empty(StatusCode::ACCEPTED);
    answer.headers_mut().insert(CONTENT_TYPE, APPLICATION_JSON);
    answer.headers_mut().insert(CONNECTION, KEEP_ALIVE);
    Ok(answer)
}

async fn enqueue(
    state: &AppState,
    request: InvokeRequest,
    request_id: RequestId,
    payload: Bytes,
    trace: Option<String>,
) -> Result<(), ApiError> {
    let arn = request.target.arn;
    let request = EventRequest {
        request_id,
        function: arn.name,
        qualifier: arn.qualifier,
        payload,
        trace,
        tenant_id: request.tenant_id,
        priority: Priority::Normal,
        not_before: None,
    };
    Ok(state.queue.enqueue(event::accept(request, state.clock.now())).await?)
}
