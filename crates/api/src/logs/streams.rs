//! DescribeLogStreams.

use lambent_engine::logs::{LogStore, StreamOrder, StreamQuery, StreamRecord};

use super::failure::Failure;
use super::{Owner, page_limit, page_token, target, wire_millis};
use crate::generated::logs::shapes::{DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream};

const PAGE_DEFAULT: usize = 50;

pub(super) fn describe(
    store: &LogStore,
    owner: &Owner,
    request: &DescribeLogStreamsRequest,
) -> Result<DescribeLogStreamsResponse, Failure> {
    let group = target::group_name(
        owner,
        request.log_group_name.as_deref(),
        request.log_group_identifier.as_deref(),
    )?;
    let order = match request.order_by.as_deref() {
        Some("LastEventTime") => StreamOrder::LastEvent,
        Some(_) | None => StreamOrder::Name,
    };
    if order == StreamOrder::LastEvent && request.log_stream_name_prefix.is_some() {
        return Err(Failure::invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let after = request.next_token.as_deref().map(page_token::stream).transpose()?;
    let query = StreamQuery {
        prefix: request.log_stream_name_prefix.as_deref().unwrap_or_default(),
        order,
        descending: request.descending.unwrap_or(false),
        after: after.as_ref(),
        limit: page_limit(request.limit, PAGE_DEFAULT),
    };
    let page = store.streams(group, &query)?.ok_or_else(Failure::no_group)?;
    let group_arn = target::group_arn(owner, group);
    Ok(DescribeLogStreamsResponse {
        log_streams: Some(page.streams.iter().map(|stream| described(&group_arn, stream)).collect()),
        next_token: page.next.as_ref().map(page_token::of_stream),
    })
}

fn described(group_arn: &str, stream: &StreamRecord) -> LogStream {
    LogStream {
        log_stream_name: Some(stream.name.to_string()),
        creation_time: Some(wire_millis(stream.created)),
        first_event_timestamp: Some(wire_millis(stream.first_event)),
        last_event_timestamp: Some(wire_millis(stream.last_event)),
        last_ingestion_time: Some(wire_millis(stream.last_ingestion)),
        arn: Some(format!("{group_arn}:log-stream:{}", stream.name)),
        // CloudWatch has answered nothing else for single streams since 2019.
        stored_bytes: Some(0),
        ..LogStream::default()
    }
}
