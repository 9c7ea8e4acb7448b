//! When a version's runtime is updated. Kept and given back only: runtimes are those of the host.

use http::StatusCode;
use lambent_domain::function::{Function, RuntimeManagement};
use lambent_domain::qualifier::{Qualifier, Version};

use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse, PutRuntimeManagementConfigRequest,
    PutRuntimeManagementConfigResponse,
};
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) fn get(call: &Call<'_>, request: &GetRuntimeManagementConfigRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let function = target.function(&call.state.resources)?;
    let kept = function.runtime_management.get(&version(&function, &target)?);
    let answer = GetRuntimeManagementConfigResponse {
        update_runtime_on: Some(
            kept.map_or_else(|| "Auto".to_owned(), |kept| kept.update_runtime_on.clone()),
        ),
        function_arn: Some(target.arn.to_string()),
        runtime_version_arn: kept.and_then(|kept| kept.runtime_version_arn.clone()),
    };
    response::json(StatusCode::OK, &answer)
}

pub(crate) async fn put(
    call: &Call<'_>,
    request: PutRuntimeManagementConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let update_runtime_on = request.update_runtime_on.unwrap_or_default();
    // The two other modes choose the runtime version themselves.
    let runtime_version_arn = request.runtime_version_arn.filter(|_| update_runtime_on == "Manual");
    if update_runtime_on == "Manual" && runtime_version_arn.is_none() {
        return Err(ApiError::invalid_parameter(
            "RuntimeVersionArn is required when UpdateRuntimeOn is Manual.",
        ));
    }
    let management = RuntimeManagement { update_runtime_on, runtime_version_arn };
    target.function(&call.state.resources)?;
    change::function(call.state, &target, |function| {
        let version = version(function, &target)?;
        function.runtime_management.insert(version, management.clone());
        Ok(())
    })
    .await?;
    let answer = PutRuntimeManagementConfigResponse {
        update_runtime_on: Some(management.update_runtime_on),
        function_arn: Some(target.arn.to_string()),
        runtime_version_arn: management.runtime_version_arn,
    };
    response::json(StatusCode::OK, &answer)
}

/// The version that is meant; it is there.
fn version(function: &Function, target: &Target) -> Result<Version, ApiError> {
    match &target.arn.qualifier {
        Some(Qualifier::Alias(name)) if function.aliases.contains_key(name) => {
            Err(ApiError::invalid_parameter(
                "Runtime management configuration belongs to versions. Please specify $LATEST or a published version.",
            ))
        }
        qualifier => {
            let version = function.resolve(qualifier.as_ref(), u32::MAX);
            version.map(|version| version.version).ok_or_else(|| ApiError::function_not_found(&target.arn))
        }
    }
}
