//! GetResourcePolicy, PutResourcePolicy and DeleteResourcePolicy: a policy as a whole, by the ARN of what it is attached
//! to. It is the same policy that AddPermission adds statements to. The revision these operations speak of is the policy's
//! own, which no change of the function's code or configuration touches.
//!
//! A policy is kept as it is written. A statement whose `Resource` is something else than what it is attached to is no
//! fault: it never applies.

use http::StatusCode;
use lambent_domain::function::Scope;
use lambent_domain::policy::{Policy, PolicyKind, RESOURCE_POLICY_BYTES_MAX};

use super::function::{put, refuse_latest, scope};
use super::{Call, expect_revision, revision};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    DeleteResourcePolicyRequest, GetResourcePolicyRequest, GetResourcePolicyResponse,
    PutResourcePolicyRequest, PutResourcePolicyResponse,
};
use crate::response::{self, Answer};

const READ_BY: &str = "GetResourcePolicy";

pub(crate) fn get_resource_policy(
    call: &Call<'_>,
    request: GetResourcePolicyRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.resource_arn.as_deref(), None)?;
    let missing = || ApiError::not_found("The resource you requested does not exist.");
    let function = call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(missing)?;
    let policy = function.policies.get(&Scope(target.arn.qualifier)).ok_or_else(missing)?;
    let answer = GetResourcePolicyResponse {
        policy: Some(policy.policy.to_string()),
        revision_id: Some(policy.revision_id.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

pub(crate) async fn put_resource_policy(
    call: &Call<'_>,
    request: PutResourcePolicyRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.resource_arn.as_deref(), None)?;
    refuse_latest(&target)?;
    let document = request.policy.as_deref().unwrap_or_default();
    let policy = Policy::parse(document, PolicyKind::Resource, RESOURCE_POLICY_BYTES_MAX);
    let policy = policy.map_err(|malformed| {
        ApiError::invalid_parameter(format!("The policy document is malformed: {malformed}"))
    })?;
    let (function, scope) = change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        expect_revision(revision(function.policies.get(&scope)), request.revision_id.as_deref(), READ_BY)?;
        put(function, scope.clone(), Some(policy.clone()));
        Ok(scope)
    })
    .await?;
    let present = function.policies.get(&scope);
    let answer = PutResourcePolicyResponse {
        policy: present.map(|present| present.policy.to_string()),
        revision_id: revision(present).map(|revision| revision.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}

pub(crate) async fn delete_resource_policy(
    call: &Call<'_>,
    request: DeleteResourcePolicyRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.resource_arn.as_deref(), None)?;
    change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        let present = function.policies.get(&scope);
        if present.is_none() {
            return Err(ApiError::not_found("The resource you requested does not exist."));
        }
        expect_revision(revision(present), request.revision_id.as_deref(), READ_BY)?;
        put(function, scope, None);
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}
