//! Which configuration a function has: PutFunctionCodeSigningConfig and its like.

use http::StatusCode;
use lambent_domain::arn::FunctionName;

use super::{Call, asked_for, to_be_had};
use crate::control::change;
use crate::control::paging::{PAGE_MAX, Page};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    DeleteFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigRequest,
    GetFunctionCodeSigningConfigResponse, ListFunctionsByCodeSigningConfigRequest,
    ListFunctionsByCodeSigningConfigResponse, PutFunctionCodeSigningConfigRequest,
    PutFunctionCodeSigningConfigResponse,
};
use crate::naming::Target;
use crate::response::{self, Answer};

/// Signatures are a function's affair: its versions and aliases have no configuration.
fn of_whole_function(call: &Call<'_>, name: Option<&str>) -> Result<Target, ApiError> {
    let target = call.target(name, None)?;
    if target.arn.qualifier.is_some() { Err(ApiError::functions_only()) } else { Ok(target) }
}

pub(crate) async fn put_of_function(
    call: &Call<'_>,
    request: PutFunctionCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let target = of_whole_function(call, request.function_name.as_deref())?;
    let arn = request.code_signing_config_arn.as_deref().unwrap_or_default();
    // Recorded: the configuration is looked for first.
    to_be_had(call, arn)?;
    let (function, ()) = change::function(call.state, &target, |function| {
        function.code_signing_config = Some(arn.to_owned());
        Ok(())
    })
    .await?;
    let answer = PutFunctionCodeSigningConfigResponse {
        code_signing_config_arn: function.code_signing_config.clone(),
        function_name: Some(function.name.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

/// A function without a configuration is answered by its name alone.
pub(crate) fn get_of_function(
    call: &Call<'_>,
    request: GetFunctionCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let target = of_whole_function(call, request.function_name.as_deref())?;
    let function = target.function(&call.state.resources)?;
    if function.code_signing_config.is_none() {
        return response::json(StatusCode::OK, &serde_json::json!({}));
    }
    let answer = GetFunctionCodeSigningConfigResponse {
        code_signing_config_arn: function.code_signing_config.clone(),
        function_name: Some(function.name.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

pub(crate) async fn delete_of_function(
    call: &Call<'_>,
    request: DeleteFunctionCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let target = of_whole_function(call, request.function_name.as_deref())?;
    change::function(call.state, &target, |function| {
        function.code_signing_config = None;
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn list_functions(
    call: &Call<'_>,
    request: ListFunctionsByCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let arn = request.code_signing_config_arn.as_deref().unwrap_or_default();
    asked_for(call, arn)?;
    let name = |key: &str| FunctionName::new(key).ok();
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, name)?;
    let after = page.after().map(FunctionName::as_str);
    let all = call.state.resources.functions.list(after, usize::MAX);
    let named = all.into_iter().filter(|function| function.code_signing_config.as_deref() == Some(arn));
    let (shown, next_marker) = page.cut(named, |function| function.name.clone());
    let identity = &call.state.identity;
    let arns = shown.iter().map(|function| identity.function_arn(function.name.clone(), None).to_string());
    let function_arns = Some(arns.collect());
    response::json(StatusCode::OK, &ListFunctionsByCodeSigningConfigResponse { next_marker, function_arns })
}
