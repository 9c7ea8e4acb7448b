//! The trail of who did what to events: one line for each action that changes something or shows something of an event,
//! down to its state and its errors. Whoever waits for an event's end leaves one line, however long it waits. Refusals are in the same trail and the same form, see [`super::refusals`].
//!
//! No payload, no result and no secret is ever in it. Lines are not left out: whoever may act on events may be many, but
//! each line stands for something that was done.

use lambent_domain::request_id::RequestId;

use super::Asked;
use super::own::Action;
use crate::error::ApiError;

/// The target of every line of the trail, to filter a log by.
pub const TRAIL: &str = "lambent::audit";
const DONE: &str = "done";

/// What was tried, by somebody who may.
#[derive(Debug)]
pub(crate) struct Deed<'a> {
    pub(crate) action: Action,
    /// What it was judged by.
    pub(crate) resource: &'a str,
    /// The one event that it is about.
    pub(crate) event: Option<RequestId>,
}

impl Deed<'_> {
    /// Writes the line; `events` are those that were changed, where there may be many.
    pub(crate) fn record<T>(&self, asked: &Asked<'_>, outcome: &Result<T, ApiError>, events: Option<u64>) {
        let Self { action, resource, event } = self;
        tracing::info!(
            target: TRAIL,
            {
                request.id = %asked.request_id,
                caller = %asked.caller.principal.arn(),
                key = asked.caller.key_id.as_deref(),
                action = action.name(),
                resource,
                event.id = event.map(tracing::field::display),
                events,
                outcome = outcome.as_ref().map_or_else(ApiError::name, |_| DONE),
            },
            "events were acted on"
        );
    }
}
