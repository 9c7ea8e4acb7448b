//! AddPermission, RemovePermission and GetPolicy. Their revision is not the policy's but that of the function, version or
//! alias it is attached to, which GetFunction and GetAlias tell too (recorded).

use http::StatusCode;
use lambent_domain::function::{Function, Scope};
use lambent_domain::policy::Policy;
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
use uuid::Uuid;

const READ_BY: &str = "GetFunction/GetAlias";

pub(crate) async fn add_permission(
    call: &Call<'_>,
    request: AddPermissionRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    refuse_latest(&target)?;
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
        expect_revision(function.revision(&scope), request.revision_id.as_deref(), READ_BY)?;
        let present = function.policies.get(&scope);
        let statement = permission.statement().map_err(refused)?;
        let policy = permission::add(present.map(|present| &present.policy), &statement).map_err(refused)?;
        put(function, scope, Some(policy));
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
    refuse_latest(&target)?;
    let sid = request.statement_id.as_deref().unwrap_or_default();
    change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        let present = function.policies.get(&scope);
        let left = permission::remove(present.map(|present| &present.policy), sid).map_err(refused)?;
        expect_revision(function.revision(&scope), request.revision_id.as_deref(), READ_BY)?;
        put(function, scope, left);
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn get_policy(call: &Call<'_>, request: GetPolicyRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let missing = || ApiError::not_found("The resource you requested does not exist.");
    let function = call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(missing)?;
    let scope = Scope(target.arn.qualifier);
    let policy = function.policies.get(&scope).ok_or_else(missing)?;
    let answer = GetPolicyResponse {
        policy: Some(policy.policy.to_string()),
        revision_id: function.revision(&scope).map(|revision| revision.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

/// Attaches a policy, or none; what it is attached to has another revision from now on.
pub(super) fn put(function: &mut Function, scope: Scope, policy: Option<Policy>) {
    function.revise(&scope, Uuid::new_v4());
    match policy {
        Some(policy) => function.policies.insert(scope, revised(policy)),
        None => function.policies.remove(&scope),
    };
}

/// Recorded: this is complained about before the function is looked for.
pub(super) fn refuse_latest(target: &Target) -> Result<(), ApiError> {
    if target.arn.qualifier == Some(Qualifier::Latest) {
        return Err(ApiError::invalid_parameter("We currently do not support adding policies for $LATEST."));
    }
    Ok(())
}

/// What a policy is attached to: the function as such, a version or an alias, each of which must be there.
pub(super) fn scope(target: &Target, function: &Function) -> Result<Scope, ApiError> {
    let scope = Scope(target.arn.qualifier.clone());
    match (function.revision(&scope), &scope.0) {
        (Some(_), _) => Ok(scope),
        (None, Some(Qualifier::Alias(_))) => {
            Err(ApiError::not_found(format!("Cannot find alias arn: {}", target.arn)))
        }
        (None, _) => Err(ApiError::function_not_found(&target.arn)),
    }
}
