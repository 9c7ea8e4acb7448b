//! GetLogEvents: one stream, page by page in either direction.
//!
//! Both tokens are boundaries between events and are always returned. The end is reached when a token comes back
//! unchanged, so an empty page must answer with the boundary it was asked for.

use lambent_engine::logs::{Direction, EventQuery, LogEvent, LogStore, Position, StreamChoice};

use super::failure::Failure;
use super::{Owner, page_limit, page_token, target, wire_millis};
use crate::generated::logs::shapes::{GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent};

pub(super) const PAGE_EVENTS_MAX: usize = 10_000;
pub(super) const PAGE_BYTES_MAX: usize = 1_048_576;

pub(super) fn get(
    store: &LogStore,
    owner: &Owner,
    request: &GetLogEventsRequest,
) -> Result<GetLogEventsResponse, Failure> {
    let group = target::group_name(
        owner,
        request.log_group_name.as_deref(),
        request.log_group_identifier.as_deref(),
    )?;
    let stream = request.log_stream_name.clone().unwrap_or_default();
    let token = request.next_token.as_deref().map(boundary).transpose()?;
    if !store.has_stream(group, &stream)?.ok_or_else(Failure::no_group)? {
        return Err(Failure::no_stream());
    }
    let from_head = request.start_from_head.unwrap_or(false);
    let without_token = if from_head { Direction::Forward } else { Direction::Backward };
    let from = millis(request.start_time).unwrap_or(0);
    let query = EventQuery {
        streams: StreamChoice::Named(std::slice::from_ref(&stream)),
        from,
        before: millis(request.end_time).unwrap_or(u64::MAX),
        direction: token.map_or(without_token, |(direction, _)| direction),
        cursor: token.map(|(_, boundary)| boundary),
        events_max: page_limit(request.limit, PAGE_EVENTS_MAX),
        bytes_max: PAGE_BYTES_MAX,
        matches: &|_| true,
    };
    let page = store.events(group, &query)?.ok_or_else(Failure::no_group)?;
    // An empty page in the middle of a long log goes on where its reading stopped.
    let asked = page.next.or(query.cursor).unwrap_or(Position::before(from));
    let backward = page.events.first().map_or(asked, |event| event.position);
    let forward = page.events.last().map_or(asked, |event| event.position.next());
    Ok(GetLogEventsResponse {
        events: Some(page.events.into_iter().map(output).collect()),
        next_forward_token: Some(format!("f/{}/s", forward.to_digits())),
        next_backward_token: Some(format!("b/{}/s", backward.to_digits())),
    })
}

/// What a token says: where the page begins and in which direction it goes.
fn boundary(token: &str) -> Result<(Direction, Position), Failure> {
    let (direction, rest) = match token.split_at_checked(2) {
        Some(("f/", rest)) => (Direction::Forward, rest),
        Some(("b/", rest)) => (Direction::Backward, rest),
        _ => return Err(Failure::invalid_token()),
    };
    let digits = rest.strip_suffix("/s").ok_or_else(Failure::invalid_token)?;
    Ok((direction, page_token::position(digits)?))
}

pub(super) fn millis(time: Option<i64>) -> Option<u64> {
    time.and_then(|time| u64::try_from(time).ok())
}

fn output(event: LogEvent) -> OutputLogEvent {
    OutputLogEvent {
        timestamp: Some(wire_millis(event.position.timestamp)),
        message: Some(event.message),
        ingestion_time: Some(wire_millis(event.ingestion)),
    }
}
