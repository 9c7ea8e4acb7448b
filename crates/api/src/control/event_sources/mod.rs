//! Event source mappings: kept and given back, and always `Disabled`. Nothing is polled, and the mapping says so.

mod create;
mod delete;
mod document;
mod duplicate;
mod get;
mod rules;
mod source;
mod update;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use get::{get, list};
pub(crate) use update::update;

use std::sync::Arc;

use lambent_domain::record::Record;
use lambent_store::resources::ChangeError;

use super::{Call, change, date};
use crate::error::ApiError;
use crate::generated::lambda::shapes::EventSourceMappingConfiguration;

/// Why a mapping does nothing; it stands where AWS says what has last changed its state.
const REASON: &str = "Lambent keeps event source mappings and does not poll their sources in this version";

fn find(call: &Call<'_>, uuid: Option<&str>) -> Result<Arc<Record>, ApiError> {
    call.state.resources.event_source_mappings.find(uuid.unwrap_or_default()).ok_or_else(missing)
}

fn missing() -> ApiError {
    ApiError::not_found("The resource you requested does not exist.")
}

/// A mapping as AWS describes it, in the given state.
fn described(
    call: &Call<'_>,
    record: &Record,
    state: &str,
) -> Result<EventSourceMappingConfiguration, ApiError> {
    let kept: EventSourceMappingConfiguration =
        serde_json::from_str(&record.document).map_err(ApiError::internal)?;
    let identity = &call.state.identity;
    let arn =
        format!("arn:aws:lambda:{}:{}:event-source-mapping:{}", identity.region, identity.account, record.id);
    Ok(EventSourceMappingConfiguration {
        uuid: Some(record.id.clone()),
        event_source_mapping_arn: Some(arn),
        last_modified: Some(date::epoch_seconds(record.last_modified)),
        state: Some(state.to_owned()),
        state_transition_reason: Some(REASON.to_owned()),
        ..kept
    })
}

fn not_stored(error: ChangeError) -> ApiError {
    match error {
        ChangeError::Storage(error) => error.into(),
        ChangeError::NotFound => missing(),
        error @ (ChangeError::AlreadyExists | ChangeError::Conflict) => ApiError::internal(error),
    }
}
