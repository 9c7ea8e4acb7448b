//! ListVersionsByFunction: `$LATEST` first, then by number.

use http::StatusCode;
use lambent_domain::qualifier::Version;

use super::{Call, functions};
use crate::control::paging::{PAGE_MAX, Page};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{ListVersionsByFunctionRequest, ListVersionsByFunctionResponse};
use crate::response::{self, Answer};
use functions::representation;

pub(crate) fn list(call: &Call<'_>, request: ListVersionsByFunctionRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |text| {
        Version::try_from(text.to_owned()).ok()
    })?;
    let function = target.function(&call.state.resources)?;
    let (versions, next_marker) = page.cut(function.versions(), |version| version.version);
    let versions = versions
        .into_iter()
        .map(|version| representation::listed(&function.as_seen(version), &functions::arn_of(call, version)));
    let versions = versions.collect::<Result<Vec<_>, _>>()?;
    response::json(StatusCode::OK, &ListVersionsByFunctionResponse { next_marker, versions: Some(versions) })
}
