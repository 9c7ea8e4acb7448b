//! UpdateEventSourceMapping: what is not given stays. A mapping that is told to be enabled stays `Disabled`, and says why.

use http::StatusCode;

use super::create::mapped;
use super::document::Document;
use super::{Call, change, described, find, missing};
use crate::error::ApiError;
use crate::generated::lambda::shapes::UpdateEventSourceMappingRequest;
use crate::response::{self, Answer};

pub(crate) async fn update(
    call: &Call<'_>,
    request: UpdateEventSourceMappingRequest,
) -> Result<Answer, ApiError> {
    let present = find(call, request.uuid.as_deref())?;
    let target = request.function_name.as_deref().map(|name| call.target(Some(name), None)).transpose()?;
    let function_arn = target.as_ref().map(|target| mapped(call, target)).transpose()?;
    let now = call.state.clock.now();
    let mappings = &*call.state.resources.event_source_mappings;
    let (record, ()) = change::resource(mappings, &present.id, missing, |record| {
        let document = Document::changed(&record.document, &request)?;
        record.document = document.of_function(function_arn.clone());
        record.last_modified = now;
        if let Some(target) = &target {
            record.function = Some(target.arn.name.clone());
        }
        Ok(())
    })
    .await?;
    response::json(StatusCode::ACCEPTED, &described(call, &record, "Disabled")?)
}
