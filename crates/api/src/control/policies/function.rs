//! AddPermission, RemovePermission and GetPolicy.

use http::StatusCode;
use lambent_domain::function::{Function, Scope};
use lambent_domain::policy::permission::{self, FunctionPermission};
use lambent_domain::qualifier::Qualifier;

use super::{Call, expect_revision, refused, revised};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    AddPermissionRequest, AddPermissionResponse, GetPolicyRequest, GetPolicyResponse, RemovePermissionRequest,
};
use crate::naming::Target;
use crate::response::{self, Answer};

const READ_BY: &str = "GetPolicy";

pub(crate) async fn add_permission(
    call: &Call<'_>,
    request: AddPermissionRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let resource = target.arn.to_string();
    let permission = FunctionPermission {
        statement_id: request.statement_id.as_deref().unwrap_or_default(),
        action: request.action.as_deref().unwrap_or_default(),
        principal: request.principal.as_deref().unwrap_or_default(),
        source_arn: request.source_arn.as_deref(),
        source_account: request.source_account.as_deref(),
        event_source_token: request.event_source_token.as_deref(),
        principal_org_id: request.principal_org_id.as_deref(),
        function_url_auth_type: request.function_url_auth_type.as_deref(),
        invoked_via_function_url: request.invoked_via_function_url,
        resource: &resource,
    };
    let (_, statement) = change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        if permission.function_url_auth_type.is_some() && permission.action != "lambda:InvokeFunctionUrl" {
            return Err(ApiError::invalid_parameter(
                "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
            ));
        }
        let present = function.policies.get(&scope);
        expect_revision(present, request.revision_id.as_deref(), READ_BY)?;
        let statement = permission.statement().map_err(refused)?;
        let policy = permission::add(present.map(|present| &present.policy), &statement).map_err(refused)?;
        function.policies.insert(scope, revised(policy));
        Ok(statement.to_string())
    })
    .await?;
    response::json(StatusCode::CREATED, &AddPermissionResponse { statement: Some(statement) })
}

pub(crate) async fn remove_permission(
    call: &Call<'_>,
    request: RemovePermissionRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    if call.state.resources.functions.find(target.arn.name.as_str()).is_none() {
        return Err(ApiError::not_found(format!("No policy found for: {}", target.unqualified())));
    }
    let sid = request.statement_id.as_deref().unwrap_or_default();
    change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        let present = function.policies.get(&scope);
        let left = permission::remove(present.map(|present| &present.policy), sid).map_err(refused)?;
        expect_revision(present, request.revision_id.as_deref(), READ_BY)?;
        match left {
            Some(policy) => function.policies.insert(scope, revised(policy)),
            None => function.policies.remove(&scope),
        };
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn get_policy(call: &Call<'_>, request: GetPolicyRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let missing = || ApiError::not_found("The resource you requested does not exist.");
    let function = call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(missing)?;
    let policy = function.policies.get(&Scope(target.arn.qualifier)).ok_or_else(missing)?;
    let answer = GetPolicyResponse {
        policy: Some(policy.policy.to_string()),
        revision_id: Some(policy.revision_id.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

/// What a policy is attached to: the function as such, a version or an alias, each of which must be there.
pub(super) fn scope(target: &Target, function: &Function) -> Result<Scope, ApiError> {
    match &target.arn.qualifier {
        None => Ok(Scope(None)),
        Some(Qualifier::Latest) => {
            Err(ApiError::invalid_parameter("We currently do not support adding policies for $LATEST."))
        }
        Some(qualifier) => match function.resolve(Some(qualifier), u32::MAX) {
            Some(_) => Ok(Scope(Some(qualifier.clone()))),
            None => Err(ApiError::function_not_found(&target.arn)),
        },
    }
}
