// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! The structs that travel.

mod describe_log_groups_request;
mod describe_log_groups_response;
mod describe_log_streams_request;
mod describe_log_streams_response;
mod filter_log_events_request;
mod filter_log_events_response;
mod filtered_log_event;
mod get_log_events_request;
mod get_log_events_response;
mod log_group;
mod log_stream;
mod output_log_event;
mod searched_log_stream;

pub use describe_log_groups_request::DescribeLogGroupsRequest;
pub use describe_log_groups_response::DescribeLogGroupsResponse;
pub use describe_log_streams_request::DescribeLogStreamsRequest;
pub use describe_log_streams_response::DescribeLogStreamsResponse;
pub use filter_log_events_request::FilterLogEventsRequest;
pub use filter_log_events_response::FilterLogEventsResponse;
pub use filtered_log_event::FilteredLogEvent;
pub use get_log_events_request::GetLogEventsRequest;
pub use get_log_events_response::GetLogEventsResponse;
pub use log_group::LogGroup;
pub use log_stream::LogStream;
pub use output_log_event::OutputLogEvent;
pub use searched_log_stream::SearchedLogStream;
