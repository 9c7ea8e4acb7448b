//! GetFunction and GetFunctionConfiguration.

use http::StatusCode;
use http::header::HOST;
use lambent_domain::function::CodeSha256;

use super::{Call, representation};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    Concurrency, FunctionCodeLocation, GetFunctionConfigurationRequest, GetFunctionRequest,
    GetFunctionResponse,
};
use crate::response::{self, Answer};

pub(crate) fn get(call: &Call<'_>, request: GetFunctionRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let (function, version) = target.resolve(&call.state.resources)?;
    let answer = GetFunctionResponse {
        configuration: Some(representation::configuration(&version, &target.arn)?),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: Some(location(call, version.code.sha256)),
            ..FunctionCodeLocation::default()
        }),
        tags: (!function.tags.is_empty()).then(|| function.tags.clone()),
        concurrency: function
            .reserved_concurrency
            .map(|reserved| Concurrency { reserved_concurrent_executions: Some(i64::from(reserved)) }),
        ..GetFunctionResponse::default()
    };
    response::json(StatusCode::OK, &answer)
}

/// Where a package can be fetched for a while.
pub(crate) fn location(call: &Call<'_>, code: CodeSha256) -> String {
    let ticket = call.state.downloads.issue(code, call.state.clock.now());
    // The caller has just reached this server by that name.
    let host = call.parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if call.state.access.https { "https" } else { "http" };
    format!("{scheme}://{host}/_lambent/v1/code/{ticket}")
}

pub(crate) fn get_configuration(
    call: &Call<'_>,
    request: GetFunctionConfigurationRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let (_, version) = target.resolve(&call.state.resources)?;
    response::json(StatusCode::OK, &representation::configuration(&version, &target.arn)?)
}
