//! GetFunction and GetFunctionConfiguration.

use http::header::HOST;
use http::{HeaderMap, StatusCode};

use super::representation;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{FunctionCodeLocation, GetFunctionResponse};
use crate::naming::Target;
use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) async fn get(state: &AppState, target: Target, headers: &HeaderMap) -> Result<Answer, ApiError> {
    let version = target.resolve(&*state.functions).await?;
    let ticket = state.downloads.issue(version.code.sha256, state.clock.now());
    // The caller has just reached this server by that name.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if state.access.https { "https" } else { "http" };
    let answer = GetFunctionResponse {
        configuration: Some(representation::configuration(&version, &target.arn)?),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: Some(format!("{scheme}://{host}/_lambent/v1/code/{ticket}")),
            ..FunctionCodeLocation::default()
        }),
        tags: representation::stored(&version.configuration, "Tags")?,
        ..GetFunctionResponse::default()
    };
    response::json(StatusCode::OK, &answer)
}

pub(super) async fn get_configuration(state: &AppState, target: Target) -> Result<Answer, ApiError> {
    let version = target.resolve(&*state.functions).await?;
    response::json(StatusCode::OK, &representation::configuration(&version, &target.arn)?)
}
