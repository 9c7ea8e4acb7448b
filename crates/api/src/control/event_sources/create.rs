//! CreateEventSourceMapping.

use http::StatusCode;
use lambent_domain::record::Record;
use uuid::Uuid;

use super::document::{self, Source};
use super::{Call, described, not_stored};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{CreateEventSourceMappingRequest, EventSourceMappingConfiguration};
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn create(
    call: &Call<'_>,
    mut request: CreateEventSourceMappingRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    if request.event_source_arn.is_none() && request.self_managed_event_source.is_none() {
        return Err(ApiError::invalid_parameter("Unrecognized event source."));
    }
    let source = Source::of(request.event_source_arn.as_deref())
        .ok_or_else(|| ApiError::invalid_parameter("Unrecognized event source."))?;
    if source == Source::Stream && request.starting_position.is_none() {
        return Err(ApiError::invalid_parameter(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must \
             not be null.",
        ));
    }
    let function_arn = mapped(call, &target)?;
    refuse_second(call, request.event_source_arn.as_deref(), &function_arn)?;
    let record = Record {
        id: Uuid::new_v4().to_string(),
        generation: 0,
        function: Some(target.arn.name),
        last_modified: call.state.clock.now(),
        tags: request.tags.take().unwrap_or_default(),
        document: document::of_creation(source, &request, function_arn)?,
    };
    let record = call.state.resources.event_source_mappings.create(record).await.map_err(not_stored)?;
    response::json(StatusCode::ACCEPTED, &described(call, &record, "Disabled")?)
}

/// The ARN of the function, version or alias that a mapping is for, which must be there.
pub(super) fn mapped(call: &Call<'_>, target: &Target) -> Result<String, ApiError> {
    match target.resolve(&call.state.resources) {
        Ok(_) => Ok(target.arn.to_string()),
        Err(_) => Err(ApiError::invalid_parameter("Function does not exist")),
    }
}

/// One source is mapped to one function once.
fn refuse_second(call: &Call<'_>, source: Option<&str>, function_arn: &str) -> Result<(), ApiError> {
    let Some(source) = source else { return Ok(()) };
    for record in call.state.resources.event_source_mappings.list(None, usize::MAX) {
        let kept: EventSourceMappingConfiguration =
            serde_json::from_str(&record.document).map_err(ApiError::internal)?;
        if kept.event_source_arn.as_deref() == Some(source)
            && kept.function_arn.as_deref() == Some(function_arn)
        {
            let kind = source.split(':').nth(2).unwrap_or_default();
            let kind = if kind == "sqs" { "SQS".to_owned() } else { kind.to_owned() };
            return Err(ApiError::conflict(format!(
                "An event source mapping with {kind} arn (\" {source} \") and function (\" {function_arn} \") already \
                 exists. Please update or delete the existing mapping with UUID {}",
                record.id
            )));
        }
    }
    Ok(())
}
