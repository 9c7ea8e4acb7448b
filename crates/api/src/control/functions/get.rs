//! GetFunction and GetFunctionConfiguration.

use http::StatusCode;

use super::representation::{self, Progress};
use super::{Call, download, stored_only};
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
        configuration: Some(representation::configuration(&version, &target.arn, Progress::Done)?),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: Some(download::location(call, version.code.sha256)),
            source_kms_key_arn: stored_only::get(&version.configuration, super::SOURCE_KEY)?,
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

pub(crate) fn get_configuration(
    call: &Call<'_>,
    request: GetFunctionConfigurationRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let (_, version) = target.resolve(&call.state.resources)?;
    response::json(StatusCode::OK, &representation::configuration(&version, &target.arn, Progress::Done)?)
}
