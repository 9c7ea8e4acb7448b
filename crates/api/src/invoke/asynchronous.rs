//! Stations 5 and 6: an event is accepted, put on the disk, and only then answered for (E1).

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_TYPE};
use lambent_domain::event::{self, EventRequest, Priority};
use lambent_domain::request_id::RequestId;
use lambent_store::queue::Accepted;

use super::{InvokeRequest, KEEP_ALIVE, accepted};
use crate::error::ApiError;
use crate::response::{self, APPLICATION_JSON, Answer, AnswersFor};
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
    let Trace { for_function, for_caller } = trace;
    let accepted_as = enqueue(state, request, request_id, payload, Some(for_function)).await?;
    Ok(named(accepted(StatusCode::ACCEPTED, for_caller), accepted_as))
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
    let accepted_as = enqueue(state, request, request_id, payload, lineage).await?;
    let mut answer = response::empty(StatusCode::ACCEPTED);
    answer.headers_mut().insert(CONTENT_TYPE, APPLICATION_JSON);
    answer.headers_mut().insert(CONNECTION, KEEP_ALIVE);
    Ok(named(answer, accepted_as))
}

/// The answer has the request id of this request unless it is about an event that was sent before.
fn named(mut answer: Answer, before: Option<RequestId>) -> Answer {
    if let Some(first) = before {
        answer.extensions_mut().insert(AnswersFor(first));
    }
    answer
}

/// Says as what the event was accepted before, if it was.
async fn enqueue(
    state: &AppState,
    request: InvokeRequest,
    request_id: RequestId,
    payload: Bytes,
    trace: Option<String>,
) -> Result<Option<RequestId>, ApiError> {
    let arn = request.target.arn;
    let mut event = EventRequest {
        request_id,
        function: arn.name,
        qualifier: arn.qualifier,
        payload,
        trace,
        tenant_id: request.tenant_id,
        priority: Priority::Normal,
        not_before: None,
    };
    let now = state.clock.now();
    let Some(options) = request.options else {
        return Ok(state.queue.enqueue(event::accept(event, now)).await.map(|()| None)?);
    };
    event.priority = options.priority;
    event.not_before = options.not_before(now)?;
    let event = event::accept(event, now);
    let Some(key) = options.idempotency(state.idempotency)? else {
        return Ok(state.queue.enqueue(event).await.map(|()| None)?);
    };
    match state.queue.enqueue_once(event, key).await? {
        Accepted::New => Ok(None),
        Accepted::Before(first) => Ok(Some(first)),
    }
}
