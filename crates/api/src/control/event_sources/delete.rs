//! DeleteEventSourceMapping: the answer is the mapping's last description.

use http::StatusCode;

use super::{Call, described, find, not_stored};
use crate::error::ApiError;
use crate::generated::lambda::shapes::DeleteEventSourceMappingRequest;
use crate::response::{self, Answer};

pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteEventSourceMappingRequest,
) -> Result<Answer, ApiError> {
    let record = find(call, request.uuid.as_deref())?;
    call.state.resources.event_source_mappings.delete(&record.id, None).await.map_err(not_stored)?;
    response::json(StatusCode::ACCEPTED, &described(call, &record, "Deleting")?)
}
