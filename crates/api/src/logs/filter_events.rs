//! FilterLogEvents: many streams of a group at once, ascending by time.

use lambent_engine::logs::{Direction, EventQuery, LogEvent, LogStore, StreamChoice};

use super::events::{PAGE_BYTES_MAX, PAGE_EVENTS_MAX, millis};
use super::failure::Failure;
use super::pattern::FilterPattern;
use super::{Owner, page_limit, page_token, target, wire_millis};
use crate::generated::logs::shapes::{FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};

pub(super) fn filter(
    store: &LogStore,
    owner: &Owner,
    request: &FilterLogEventsRequest,
) -> Result<FilterLogEventsResponse, Failure> {
    let group = target::group_name(
        owner,
        request.log_group_name.as_deref(),
        request.log_group_identifier.as_deref(),
    )?;
    let streams = match (&request.log_stream_names, &request.log_stream_name_prefix) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid_parameter(
                "LogStream names and LogStream name prefix are mutually exclusive parameters.",
            ));
        }
        (Some(names), None) => StreamChoice::Named(names),
        (None, Some(prefix)) => StreamChoice::Prefix(prefix),
        (None, None) => StreamChoice::All,
    };
    let pattern = FilterPattern::parse(request.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|error| Failure::invalid_parameter(format!("Invalid filter pattern: {error}")))?;
    let from_head = request.start_from_head.unwrap_or(true);
    let query = EventQuery {
        streams,
        from: millis(request.start_time).unwrap_or(0),
        // Unlike GetLogEvents this operation includes the end of the range.
        before: millis(request.end_time).map_or(u64::MAX, |end| end.saturating_add(1)),
        direction: if from_head { Direction::Forward } else { Direction::Backward },
        cursor: request.next_token.as_deref().map(page_token::position).transpose()?,
        events_max: page_limit(request.limit, PAGE_EVENTS_MAX),
        bytes_max: PAGE_BYTES_MAX,
        matches: &|message| pattern.matches(message),
    };
    let page = store.events(group, &query)?.ok_or_else(Failure::no_group)?;
    Ok(FilterLogEventsResponse {
        events: Some(page.events.into_iter().map(filtered).collect()),
        // Always empty since 2019, says the documentation.
        searched_log_streams: Some(Vec::new()),
        next_token: page.next.map(|next| next.to_digits()),
    })
}

fn filtered(event: LogEvent) -> FilteredLogEvent {
    FilteredLogEvent {
        log_stream_name: Some(event.stream.to_string()),
        timestamp: Some(wire_millis(event.position.timestamp)),
        message: Some(event.message),
        ingestion_time: Some(wire_millis(event.ingestion)),
        event_id: Some(event.position.to_digits()),
    }
}
