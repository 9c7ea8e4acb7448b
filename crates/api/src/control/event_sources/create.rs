//! CreateEventSourceMapping. The order of the complaints is recorded: the source, what is asked of it, the function, and
//! another mapping of the two.

use http::StatusCode;
use lambent_domain::record::Record;
use uuid::Uuid;

use super::document::Document;
use super::duplicate::refuse_second;
use super::source::Source;
use super::{Call, described, not_stored, rules};
use crate::control::tags;
use crate::error::ApiError;
use crate::generated::lambda::shapes::CreateEventSourceMappingRequest;
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn create(
    call: &Call<'_>,
    mut request: CreateEventSourceMappingRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let tags = tags::given(request.tags.take())?;
    let source = source_of(&request)?;
    rules::check_start(source, &request)?;
    let document = Document::new(source, &request)?;
    let function_arn = mapped(call, &target)?;
    refuse_second(call, document.mapping(), &target.arn.name, &function_arn)?;
    let record = Record {
        id: Uuid::new_v4().to_string(),
        generation: 0,
        function: Some(target.arn.name),
        last_modified: call.state.clock.now(),
        tags,
        document: document.of_function(Some(function_arn)),
    };
    let record = call.state.resources.event_source_mappings.create(record).await.map_err(not_stored)?;
    response::json(StatusCode::ACCEPTED, &described(call, &record, "Disabled")?)
}

fn source_of(request: &CreateEventSourceMappingRequest) -> Result<Source, ApiError> {
    let unrecognized = || ApiError::invalid_parameter("Unrecognized event source.");
    if request.self_managed_event_source.is_some() {
        if request.source_access_configurations.is_none() {
            return Err(ApiError::invalid_parameter(
                "Required 'sourceAccessConfigurations' parameter is missing.",
            ));
        }
    } else if request.event_source_arn.is_none() {
        return Err(unrecognized());
    }
    Source::of(request.event_source_arn.as_deref()).ok_or_else(unrecognized)
}

/// The ARN of the function, version or alias that a mapping is for, which must be there.
pub(super) fn mapped(call: &Call<'_>, target: &Target) -> Result<String, ApiError> {
    match target.resolve(&call.state.resources) {
        Ok(_) => Ok(target.arn.to_string()),
        Err(_) => Err(ApiError::invalid_parameter("Function does not exist")),
    }
}
