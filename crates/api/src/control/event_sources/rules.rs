//! What AWS refuses of a mapping although the service model allows it. Texts are recorded unless it says otherwise.

use serde_json::Value;

use super::source::{Source, service};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    CreateEventSourceMappingRequest, EventSourceMappingConfiguration as Mapping, FilterCriteria,
};

/// A batch of more than this many messages of a queue needs a window to collect them in.
const BATCH_WITHOUT_WINDOW_MAX: i64 = 10;
/// A record's age is not limited at all, or at this many seconds at least.
const RECORD_AGE_SECS_MIN: i64 = 60;

/// Where a stream is read from, which is said only once.
pub(super) fn check_start(source: Source, request: &CreateEventSourceMappingRequest) -> Result<(), ApiError> {
    let refused = |text: &str| Err(ApiError::invalid_parameter(text.to_owned()));
    let timestamp = request.starting_position_timestamp;
    match (source, request.starting_position.as_deref()) {
        (Source::Queue, Some(_)) => refused("StartingPosition is not valid for SQS event sources."),
        (Source::Stream, None) => refused(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must \
             not be null.",
        ),
        (Source::Stream, Some("AT_TIMESTAMP")) => {
            let arn = request.event_source_arn.as_deref().unwrap_or_default();
            if service(arn) == "dynamodb" {
                return refused(&format!("Unsupported starting position for arn type: {arn}"));
            }
            match timestamp {
                Some(timestamp) if timestamp < 0.0 => refused(
                    "Received Exception while reading from provided stream. class java.lang.Long can not be converted \
                     to a Timestamp",
                ),
                Some(_) => Ok(()),
                // Our words.
                None => refused("Timestamp is required with StartingPosition AT_TIMESTAMP"),
            }
        }
        (_, Some("AT_TIMESTAMP")) | (Source::Queue | Source::Topic, None) => Ok(()),
        (Source::Stream | Source::Topic, Some(_)) if timestamp.is_some() => {
            refused("Timestamp only valid with StartingPosition AT_TIMESTAMP")
        }
        (Source::Stream | Source::Topic, Some(_)) => Ok(()),
    }
}

/// The mapping as it would be.
pub(super) fn check(source: Source, mapping: &Mapping) -> Result<(), ApiError> {
    check_destinations(source, mapping)?;
    if let Some(member) = foreign_member(source, mapping) {
        return Err(unsupported(member));
    }
    if source == Source::Queue {
        check_batches(mapping)?;
    }
    if mapping.maximum_record_age_in_seconds.is_some_and(|secs| (0..RECORD_AGE_SECS_MIN).contains(&secs)) {
        // Our words.
        return Err(ApiError::invalid_parameter(
            "MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.",
        ));
    }
    match &mapping.filter_criteria {
        Some(criteria) if !is_legal(criteria) => {
            Err(ApiError::invalid_parameter("Invalid filter pattern definition."))
        }
        Some(_) | None => Ok(()),
    }
}

fn unsupported(member: &str) -> ApiError {
    ApiError::invalid_parameter(format!(
        "Unsupported {member} parameter for given event source mapping type."
    ))
}

/// What has been worked off goes nowhere, and a queue has a dead-letter queue of its own.
fn check_destinations(source: Source, mapping: &Mapping) -> Result<(), ApiError> {
    let Some(config) = &mapping.destination_config else { return Ok(()) };
    let success = config.on_success.as_ref().and_then(|to| to.destination.as_ref());
    let failure = config.on_failure.as_ref().and_then(|to| to.destination.as_ref());
    if success.is_some() || (source == Source::Queue && failure.is_some()) {
        return Err(unsupported("DestinationConfig"));
    }
    Ok(())
}

/// A member that only mappings of other kinds have.
fn foreign_member(source: Source, mapping: &Mapping) -> Option<&'static str> {
    let of_streams = [
        ("ParallelizationFactor", mapping.parallelization_factor.is_some()),
        ("BisectBatchOnFunctionError", mapping.bisect_batch_on_function_error.is_some()),
        ("MaximumRecordAgeInSeconds", mapping.maximum_record_age_in_seconds.is_some()),
        ("MaximumRetryAttempts", mapping.maximum_retry_attempts.is_some()),
        ("TumblingWindowInSeconds", mapping.tumbling_window_in_seconds.is_some()),
    ];
    let of_topics = [("Topics", mapping.topics.is_some()), ("Queues", mapping.queues.is_some())];
    let of_queues = [("ScalingConfig", mapping.scaling_config.is_some())];
    let foreign: Vec<(&'static str, bool)> = match source {
        Source::Queue => of_streams.into_iter().chain(of_topics).collect(),
        Source::Stream => of_queues.into_iter().chain(of_topics).collect(),
        // Newer mappings of Kafka have nearly all of them.
        Source::Topic => of_queues.to_vec(),
    };
    foreign.into_iter().find(|(_, given)| *given).map(|(member, _)| member)
}

fn check_batches(mapping: &Mapping) -> Result<(), ApiError> {
    let window = mapping.maximum_batching_window_in_seconds.unwrap_or(0);
    if window == 0 && mapping.batch_size.is_some_and(|size| size > BATCH_WITHOUT_WINDOW_MAX) {
        return Err(ApiError::invalid_parameter(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    if window > 0 && mapping.event_source_arn.as_deref().is_some_and(is_fifo) {
        return Err(ApiError::invalid_parameter("Batching window is not supported for FIFO queues"));
    }
    Ok(())
}

#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the end of a queue's name, not a file's"
)]
fn is_fifo(arn: &str) -> bool {
    arn.ends_with(".fifo")
}

fn is_legal(criteria: &FilterCriteria) -> bool {
    criteria.filters.iter().flatten().all(|filter| {
        let pattern = filter.pattern.as_deref().unwrap_or_default();
        serde_json::from_str(pattern).is_ok_and(|pattern: Value| pattern.is_object() && is_pattern(&pattern))
    })
}

/// A pattern is an object whose members are patterns again or lists of what a value may be.
fn is_pattern(pattern: &Value) -> bool {
    match pattern {
        Value::Object(members) => members.values().all(is_pattern),
        Value::Array(choices) => !choices.is_empty() && choices.iter().all(|choice| !choice.is_array()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::lambda::shapes::Filter;

    #[test]
    fn patterns_are_objects_of_lists() {
        for (pattern, legal) in [
            (r#"{"body":{"a":["b",1,null,true,{"prefix":"c"}]}}"#, true),
            (r#"{"$or":[{"a":["b"]},{"c":[{"exists":false}]}]}"#, true),
            ("{}", true),
            ("", false),
            ("{", false),
            ("[]", false),
            (r#""text""#, false),
            (r#"{"a":"b"}"#, false),
            (r#"{"a":[]}"#, false),
            (r#"{"a":[["b"]]}"#, false),
            (r#"{"a":{"b":1}}"#, false),
        ] {
            let filters = Some(vec![Filter { pattern: Some(pattern.to_owned()) }]);
            assert_eq!(is_legal(&FilterCriteria { filters }), legal, "{pattern}");
        }
    }
}
