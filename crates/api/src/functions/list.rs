//! ListFunctions, in order of names.

use http::StatusCode;
use lambent_domain::arn::{FunctionArn, FunctionName};
use lambent_domain::qualifier::Qualifier;
use lambent_store::functions::FunctionStoreError;

use super::representation;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{ListFunctionsRequest, ListFunctionsResponse};
use crate::response::{self, Answer};
use crate::state::AppState;

/// AWS gives 50 at most, whatever is asked for.
const PAGE_MAX: usize = 50;

pub(super) async fn list(state: &AppState, request: ListFunctionsRequest) -> Result<Answer, ApiError> {
    let page =
        request.max_items.and_then(|items| usize::try_from(items).ok()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
    // A marker is the last name of the page before.
    let after =
        request.marker.as_deref().filter(|marker| !marker.is_empty()).map(FunctionName::new).transpose();
    let after = after
        .map_err(|_| ApiError::invalid_parameter("The Marker is not one that ListFunctions has given."))?;
    let mut found = state.functions.list(after.as_ref(), page + 1).await.map_err(|error| match error {
        FunctionStoreError::Storage(error) => error.into(),
        error => ApiError::internal(error),
    })?;
    let more = found.len() > page;
    found.truncate(page);
    let next_marker = found.last().filter(|_| more).map(|last| last.configuration.name.to_string());
    // With versions asked for, ARNs name the version; there is only one of each function yet.
    let qualifier = request.function_version.as_ref().map(|_| Qualifier::Latest);
    let functions = found.iter().map(|version| {
        let name = version.configuration.name.clone();
        let (region, account) = (state.identity.region.clone(), state.identity.account.clone());
        let arn = FunctionArn { region, account, name, qualifier: qualifier.clone() };
        representation::configuration(version, &arn)
    });
    let functions = functions.collect::<Result<Vec<_>, _>>()?;
    response::json(StatusCode::OK, &ListFunctionsResponse { next_marker, functions: Some(functions) })
}
