//! One event, named by its request id: what became of it, what it is made of, and ending or repeating it.
//!
//! The id does not say whose event it is, so it is looked up before the caller is judged. Whoever may not use what is
//! there gets the bytes that it gets for an id that is nobody's.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_store::queue::{Cancel, Redrive};
use serde::Serialize;
use uuid::Uuid;

use super::wait;
use crate::authorization::Asked;
use crate::authorization::audit::Deed;
use crate::authorization::own::{self, Action};
use crate::error::ApiError;
use crate::response::{self, APPLICATION_JSON, Answer};
use crate::state::AppState;

/// What is asked about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Once it is over, or after this time.
    Status(Duration),
    Payload,
    Result,
    Cancel,
    Redrive,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Redriven {
    request_id: RequestId,
}

impl Wish {
    fn action(self) -> Action {
        match self {
            Self::Status(_) => Action::GetEvent,
            Self::Payload => Action::GetEventPayload,
            Self::Result => Action::GetEventResult,
            Self::Cancel => Action::CancelEvent,
            Self::Redrive => Action::RedriveEvent,
        }
    }
}

pub(super) async fn answer(asked: &Asked<'_>, id: RequestId, wish: Wish) -> Result<Answer, ApiError> {
    let (state, action) = (asked.state, wish.action());
    let found = state.queue.status(id).await?;
    let resource = found.as_ref().map(|event| own::resource(&state.identity, Some(&event.function)));
    let named = resource.as_ref().map(ToString::to_string).unwrap_or_default();
    let is_there = asked.authorize_found(action.name(), resource)?;
    let event = found.filter(|_| is_there).ok_or_else(|| unknown(id))?;
    let answered = match wish {
        Wish::Status(at_most) => status(state, event, at_most).await,
        Wish::Payload => raw(state.queue.payload(id).await?, "payload"),
        Wish::Result => raw(state.queue.result(id).await?, "result"),
        Wish::Cancel => cancel(state, id).await,
        Wish::Redrive => redrive(state, &event).await,
    };
    Deed { action, resource: &named, event: Some(id) }.record(asked, &answered, None);
    answered
}

async fn status(state: &AppState, event: EventStatus, at_most: Duration) -> Result<Answer, ApiError> {
    if at_most.is_zero() || event.state.is_settled() {
        return response::json(StatusCode::OK, &event);
    }
    let id = event.request_id;
    let event = wait::until_settled(state, id, at_most).await?.ok_or_else(|| unknown(id))?;
    response::json(StatusCode::OK, &event)
}

/// The bytes as they are.
fn raw(bytes: Option<Bytes>, what: &str) -> Result<Answer, ApiError> {
    let bytes = bytes.ok_or_else(|| ApiError::not_found(format!("The event's {what} is not kept.")))?;
    Ok(response::with_body(APPLICATION_JSON, bytes))
}

async fn cancel(state: &AppState, id: RequestId) -> Result<Answer, ApiError> {
    match state.queue.cancel(id, state.clock.now()).await? {
        Cancel::Cancelled => {
            let event = state.queue.status(id).await?.ok_or_else(|| unknown(id))?;
            response::json(StatusCode::OK, &event)
        }
        Cancel::Running => Err(ApiError::conflict("The event runs now and cannot be cancelled.")),
        Cancel::Settled(end) => Err(ApiError::conflict(format!("The event is over: it {}.", said(end)))),
        Cancel::Unknown => Err(unknown(id)),
    }
}

async fn redrive(state: &AppState, event: &EventStatus) -> Result<Answer, ApiError> {
    let again = RequestId::from(Uuid::new_v4());
    match again_as(state, event, again).await? {
        Redrive::Redriven => response::json(StatusCode::ACCEPTED, &Redriven { request_id: again }),
        Redrive::Already(before) => {
            Err(ApiError::conflict(format!("The event was redriven before, as {before}.")))
        }
        Redrive::NotKept(end) => Err(ApiError::conflict(format!(
            "The event is not in the dead-letter list and cannot be redriven: it {}.",
            said(end)
        ))),
        Redrive::Unknown => Err(unknown(event.request_id)),
    }
}

/// Accepts a failed event again, under a new request id. What it is sent to must be there, the function and the version or
/// alias, as for a call: what can't be run stays in the dead-letter list.
pub(super) async fn again_as(
    state: &AppState,
    event: &EventStatus,
    again: RequestId,
) -> Result<Redrive, ApiError> {
    let (name, qualifier) = (&event.function, event.qualifier.as_ref());
    let function = state.resources.functions.find(name.as_str());
    if function.and_then(|function| function.resolve(qualifier, u32::MAX).map(drop)).is_none() {
        let qualifier = qualifier.cloned().unwrap_or(Qualifier::Latest);
        return Err(ApiError::function_not_found(
            &state.identity.function_arn(name.clone(), Some(qualifier)),
        ));
    }
    Ok(state.queue.redrive(event.request_id, again, state.clock.now()).await?)
}

fn said(state: EventState) -> &'static str {
    match state {
        EventState::Queued => "is queued",
        EventState::Delayed => "is delayed",
        EventState::Running => "runs",
        EventState::Succeeded => "succeeded",
        EventState::Failed => "failed",
        EventState::Cancelled => "was cancelled",
    }
}

fn unknown(id: RequestId) -> ApiError {
    ApiError::not_found(format!("Event not found: {id}"))
}
