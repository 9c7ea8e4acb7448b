//! ListFunctions, in order of names.

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::qualifier::Qualifier;

use super::{Call, representation};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{ListFunctionsRequest, ListFunctionsResponse};
use crate::response::{self, Answer};

/// AWS gives 50 at most, whatever is asked for.
const PAGE_MAX: usize = 50;

pub(crate) fn list(call: &Call<'_>, request: ListFunctionsRequest) -> Result<Answer, ApiError> {
    let page =
        request.max_items.and_then(|items| usize::try_from(items).ok()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
    // A marker is the last name of the page before.
    let after =
        request.marker.as_deref().filter(|marker| !marker.is_empty()).map(FunctionName::new).transpose();
    let after = after
        .map_err(|_| ApiError::invalid_parameter("The Marker is not one that ListFunctions has given."))?;
    let after = after.as_ref().map(FunctionName::as_str);
    let mut found = call.state.resources.functions.list(after, page + 1);
    let more = found.len() > page;
    found.truncate(page);
    let next_marker = found.last().filter(|_| more).map(|last| last.name.to_string());
    // With versions asked for, ARNs name the version.
    let qualifier = request.function_version.as_ref().map(|_| Qualifier::Latest);
    let functions = found.iter().map(|function| {
        let arn = call.state.identity.function_arn(function.name.clone(), qualifier.clone());
        representation::configuration(&function.as_seen(&function.latest), &arn)
    });
    let functions = functions.collect::<Result<Vec<_>, _>>()?;
    response::json(StatusCode::OK, &ListFunctionsResponse { next_marker, functions: Some(functions) })
}
