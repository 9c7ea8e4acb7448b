//! What became of events: the answer AWS does not give.

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;
use serde::Serialize;

use lambent_store::queue::{EventFilter, EventPage, Position};

use super::function_name;
use crate::error::ApiError;
use crate::response::{self, Answer};
use crate::route::Query;
use crate::state::AppState;

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 1_000;

/// Which events are asked for.
#[derive(Debug)]
pub(crate) struct Listing {
    function: FunctionName,
    state: Option<EventState>,
    before: Option<Position>,
    limit: usize,
}

#[derive(Serialize)]
struct Page {
    events: Vec<EventStatus>,
    /// Give it as `before` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Listing {
    /// Whose events are asked for.
    pub(super) fn function(&self) -> &FunctionName {
        &self.function
    }

    /// Reads `function` (required), `state`, `before` and `limit`.
    pub(super) fn parse(query: &Query) -> Result<Self, ApiError> {
        let function = query.get("function");
        let function =
            function.ok_or_else(|| ApiError::invalid_parameter("The function parameter is missing."))?;
        let limit = query.get("limit").map(str::parse::<usize>).transpose();
        let limit = limit
            .ok()
            .map(|limit| limit.unwrap_or(PAGE_DEFAULT))
            .filter(|limit| (1..=PAGE_MAX).contains(limit));
        let limit = limit.ok_or_else(|| {
            ApiError::invalid_parameter(format!("The limit parameter must be a number from 1 to {PAGE_MAX}."))
        })?;
        Ok(Self {
            function: function_name(function)?,
            state: query.get("state").map(state_named).transpose()?,
            before: query.get("before").map(position).transpose()?,
            limit,
        })
    }
}

fn state_named(name: &str) -> Result<EventState, ApiError> {
    serde_json::from_value(name.into()).map_err(|_| {
        ApiError::invalid_parameter(
            "The state parameter must be queued, delayed, running, succeeded, failed or cancelled.",
        )
    })
}

fn position(text: &str) -> Result<Position, ApiError> {
    let position = text.parse().map(Position);
    position
        .map_err(|_| ApiError::invalid_parameter("The before parameter must be the next of another page."))
}

pub(super) async fn get(state: &AppState, id: RequestId) -> Result<Answer, ApiError> {
    match state.queue.status(id).await? {
        Some(status) => response::json(StatusCode::OK, &status),
        None => Err(ApiError::not_found(format!("Event not found: {id}"))),
    }
}

/// One page, newest first. With a state given a page may be short, even empty, while there is a next one.
pub(super) async fn list(state: &AppState, listing: Listing) -> Result<Answer, ApiError> {
    let filter =
        EventFilter { function: Some(listing.function), state: listing.state, ..EventFilter::default() };
    let EventPage { events, next } = state.queue.list(&filter, listing.before, listing.limit).await?;
    let next = next.map(|Position(accepted)| accepted.to_string());
    response::json(StatusCode::OK, &Page { events, next })
}

#[cfg(test)]
mod tests {
    use lambent_domain::attempt::{Attempt, AttemptOutcome, LogPointer};
    use lambent_domain::disposition::FailureCondition;
    use lambent_domain::event::Priority;
    use lambent_domain::qualifier::{Qualifier, Version};
    use lambent_domain::time::Timestamp;

    use super::*;

    #[test]
    /// The stored form is the shown form, so changing the one must not change the other unseen.
    fn an_event_is_shown_in_the_words_of_the_wire() {
        let event = EventStatus {
            request_id: RequestId::from_random_bytes([1; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: Some(Qualifier::Latest),
            state: EventState::Failed,
            condition: Some(FailureCondition::RetriesExhausted),
            accepted_at: Timestamp::from_millis(1),
            settled_at: Some(Timestamp::from_millis(9)),
            next_attempt_at: None,
            attempts: vec![Attempt {
                number: 1,
                started_at: Timestamp::from_millis(2),
                duration_ms: 3,
                executed_version: Version::Latest,
                outcome: AttemptOutcome::FunctionError,
                error_type: Some("ValueError".to_owned()),
                error_message: None,
                log: LogPointer { group: "g".to_owned(), stream: "s".to_owned() },
            }],
            priority: Priority::Normal,
            payload_bytes: 2,
            result_bytes: None,
            result_kept: false,
            dead_letter: false,
            redrive_of: None,
            redriven_as: None,
            deliveries: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"requestId":"01010101-0101-4101-8101-010101010101","function":"f","qualifier":"$LATEST","state":"failed","condition":"RetriesExhausted","acceptedAt":1,"settledAt":9,"attempts":[{"number":1,"startedAt":2,"durationMs":3,"executedVersion":"$LATEST","outcome":"functionError","errorType":"ValueError","log":{"group":"g","stream":"s"}}],"payloadBytes":2}"#
        );
    }
}
