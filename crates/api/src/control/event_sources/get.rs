//! GetEventSourceMapping and ListEventSourceMappings.

use http::StatusCode;

use super::{Call, described, find};
use crate::control::paging::Page;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    GetEventSourceMappingRequest, ListEventSourceMappingsRequest, ListEventSourceMappingsResponse,
};
use crate::response::{self, Answer};

/// AWS gives 100 at most in this list.
const PAGE_MAX: usize = 100;

pub(crate) fn get(call: &Call<'_>, request: GetEventSourceMappingRequest) -> Result<Answer, ApiError> {
    let record = find(call, request.uuid.as_deref())?;
    response::json(StatusCode::OK, &described(call, &record, "Disabled")?)
}

/// Those of one function, of one source, or all.
pub(crate) fn list(call: &Call<'_>, request: ListEventSourceMappingsRequest) -> Result<Answer, ApiError> {
    let page =
        Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |key| Some(key.to_owned()))?;
    let target = request.function_name.as_deref().map(|name| call.target(Some(name), None)).transpose()?;
    let function = target.map(|target| target.arn.to_string());
    let all = call.state.resources.event_source_mappings.list(page.after().map(String::as_str), usize::MAX);
    let mut fitting = Vec::new();
    for record in all {
        let mapping = described(call, &record, "Disabled")?;
        let of = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        if of(&function, &mapping.function_arn) && of(&request.event_source_arn, &mapping.event_source_arn) {
            fitting.push((record.id.clone(), mapping));
        }
    }
    let (shown, next_marker) = page.cut(fitting, |(id, _)| id.clone());
    let event_source_mappings = Some(shown.into_iter().map(|(_, mapping)| mapping).collect());
    response::json(StatusCode::OK, &ListEventSourceMappingsResponse { next_marker, event_source_mappings })
}
