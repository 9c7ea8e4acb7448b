//! Which events there are, newest first.

use http::StatusCode;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::time::Timestamp;
use lambent_store::queue::{EventFilter, EventPage, Position};
use serde::Serialize;

use super::{function_name, routing};
use crate::authorization::Asked;
use crate::authorization::audit::Deed;
use crate::authorization::own::{self, Action};
use crate::error::ApiError;
use crate::instant::{self, Unit};
use crate::response::{self, Answer};
use crate::route::Query;

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 1_000;
/// Longest text that is looked for in errors, in bytes.
const ERROR_BYTES_MAX: usize = 256;
const PARAMETERS: [&str; 8] =
    ["function", "state", "acceptedFrom", "acceptedBefore", "error", "deadLetters", "before", "limit"];

/// Which events are asked for.
#[derive(Debug)]
pub(crate) struct Listing {
    filter: EventFilter,
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
    /// Reads the query; everything in it may be left out.
    pub(super) fn parse(query: &Query) -> Result<Self, ApiError> {
        routing::known(query, &PARAMETERS)?;
        let limit = query.get("limit").map(str::parse::<usize>).transpose();
        let limit = limit
            .ok()
            .map(|limit| limit.unwrap_or(PAGE_DEFAULT))
            .filter(|limit| (1..=PAGE_MAX).contains(limit));
        let limit = limit.ok_or_else(|| {
            ApiError::invalid_parameter(format!("The limit parameter must be a number from 1 to {PAGE_MAX}."))
        })?;
        let dead_letters_only = match query.get("deadLetters") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                return Err(ApiError::invalid_parameter("The deadLetters parameter must be true or false."));
            }
        };
        let filter = EventFilter {
            function: query.get("function").map(function_name).transpose()?,
            state: query.get("state").map(state_named).transpose()?,
            accepted_from: instant_of(query, "acceptedFrom")?,
            accepted_before: instant_of(query, "acceptedBefore")?,
            error: query.get("error").map(error_text).transpose()?,
            dead_letters_only,
        };
        Ok(Self { filter, before: query.get("before").map(position).transpose()?, limit })
    }
}

fn instant_of(query: &Query, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let at = instant::parse(text, Unit::Millis);
    let refused = || format!("The {name} parameter must be Unix milliseconds or a date of RFC 3339.");
    at.map(Some).ok_or_else(|| ApiError::invalid_parameter(refused()))
}

fn state_named(name: &str) -> Result<EventState, ApiError> {
    serde_json::from_value(name.into()).map_err(|_| {
        ApiError::invalid_parameter(
            "The state parameter must be queued, delayed, running, succeeded, failed or cancelled.",
        )
    })
}

pub(super) fn error_text(text: &str) -> Result<String, ApiError> {
    if (1..=ERROR_BYTES_MAX).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(ApiError::invalid_parameter(format!("The error parameter must have 1 to {ERROR_BYTES_MAX} bytes.")))
}

/// A place in the order of events, as the page before has named it.
pub(super) fn position(text: &str) -> Result<Position, ApiError> {
    let position = text.parse().map(Position);
    position
        .map_err(|_| ApiError::invalid_parameter("The before parameter must be the next of another page."))
}

/// How a place is named.
pub(super) fn token(Position(accepted): Position) -> String {
    accepted.to_string()
}

/// One page, newest first. Under a filter a page may be short, even empty, while there is a next one.
pub(super) async fn list(asked: &Asked<'_>, listing: Listing) -> Result<Answer, ApiError> {
    let Listing { filter, before, limit } = listing;
    let resource = own::resource(&asked.state.identity, filter.function.as_ref());
    let (action, named) = (Action::ListEvents, resource.to_string());
    asked.authorize(action.name(), resource)?;
    let listed = asked.state.queue.list(&filter, before, limit).await.map_err(ApiError::from);
    // How many were shown says little beside which function's: nothing was changed.
    Deed { action, resource: &named, event: None }.record(asked, &listed, None);
    let EventPage { events, next } = listed?;
    response::json(StatusCode::OK, &Page { events, next: next.map(token) })
}

#[cfg(test)]
mod tests {
    use lambent_domain::arn::FunctionName;
    use lambent_domain::attempt::{Attempt, AttemptOutcome, LogPointer};
    use lambent_domain::disposition::FailureCondition;
    use lambent_domain::event::Priority;
    use lambent_domain::qualifier::{Qualifier, Version};
    use lambent_domain::request_id::RequestId;

    use super::*;

    #[test]
    fn every_filter_is_read_and_none_passed_over() {
        let parse = |query: &str| Listing::parse(&Query::parse(Some(query)).unwrap());
        let all = parse(
            "function=f&state=failed&acceptedFrom=5&acceptedBefore=1970-01-01T00:00:01Z&error=Value&deadLetters=true\
             &before=7&limit=1000",
        );
        let Listing { filter, before, limit } = all.unwrap();
        assert_eq!(
            filter,
            EventFilter {
                function: Some(FunctionName::new("f").unwrap()),
                state: Some(EventState::Failed),
                accepted_from: Some(Timestamp::from_millis(5)),
                accepted_before: Some(Timestamp::from_millis(1_000)),
                error: Some("Value".to_owned()),
                dead_letters_only: true,
            }
        );
        assert_eq!((before, limit), (Some(Position(7)), 1_000));
        let none = parse("").unwrap();
        assert_eq!((none.filter, none.before, none.limit), (EventFilter::default(), None, PAGE_DEFAULT));
        let long = format!("error={}", "e".repeat(257));
        for query in [
            "function=f!",
            "function=",
            "state=Failed",
            "acceptedFrom=now",
            "acceptedBefore=-1",
            "error=",
            &long,
            "deadLetters=yes",
            "before=x",
            "before=-1",
            "limit=0",
            "limit=1001",
            "limit=x",
            "stat=failed",
        ] {
            assert_eq!(parse(query).unwrap_err().status().as_u16(), 400, "{query}");
        }
    }

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
                log: LogPointer { group: "g".to_owned(), stream: "s".to_owned(), ..LogPointer::default() },
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
