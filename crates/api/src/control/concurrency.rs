//! Reserved concurrency, and what there is to reserve from: GetAccountSettings.

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{ClaimRefused, SharedConcurrency};
use lambent_domain::limits::{UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX};
use lambent_domain::qualifier::Qualifier;

use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    AccountLimit, AccountUsage, Concurrency, DeleteFunctionConcurrencyRequest, GetAccountSettingsResponse,
    GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse, PutFunctionConcurrencyRequest,
};
use crate::naming::Target;
use crate::response::{self, Answer};

/// What AWS lets an account store (D gettingstarted-limits). Here the disk is the limit; clients that look at the number
/// expect AWS's.
const TOTAL_CODE_BYTES_MAX: i64 = 80_530_636_800;

pub(crate) async fn put(call: &Call<'_>, request: PutFunctionConcurrencyRequest) -> Result<Answer, ApiError> {
    let target = of_whole_function(call, request.function_name.as_deref())?;
    let wanted = claim(request.reserved_concurrent_executions);
    let _all_claims = call.state.claims.lock().await;
    let shared = shared(call, &target.arn.name);
    change::function(call.state, &target, |function| {
        function.may_reserve(wanted, &shared).map_err(|refused| match refused {
            ClaimRefused::BelowProvisioned(provisioned) => {
                // The blanks are AWS's.
                ApiError::invalid_parameter(format!(
                    " ReservedConcurrentExecutions  {wanted} should not be lower than function's total provisioned \
                     concurrency [{provisioned}]."
                ))
                .without_type()
            }
            other => complaint(other, "ReservedConcurrentExecutions"),
        })?;
        function.reserved_concurrency = Some(wanted);
        Ok(())
    })
    .await?;
    let answer = Concurrency { reserved_concurrent_executions: Some(i64::from(wanted)) };
    response::json(StatusCode::OK, &answer)
}

pub(crate) fn get(call: &Call<'_>, request: &GetFunctionConcurrencyRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = Target { arn: target.unqualified() }.function(&call.state.resources)?;
    let reserved_concurrent_executions = function.reserved_concurrency.map(i64::from);
    response::json(StatusCode::OK, &GetFunctionConcurrencyResponse { reserved_concurrent_executions })
}

pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteFunctionConcurrencyRequest,
) -> Result<Answer, ApiError> {
    let target = of_whole_function(call, request.function_name.as_deref())?;
    change::function(call.state, &target, |function| {
        function.reserved_concurrency = None;
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn account_settings(call: &Call<'_>) -> Result<Answer, ApiError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let resources = &call.state.resources;
    let functions = resources.functions.list(None, usize::MAX);
    // Every version counts with its package, as in AWS, even if it shares it with another.
    let of_versions = functions.iter().flat_map(|function| function.versions()).map(|version| &version.code);
    let layers = resources.layers.list(None, usize::MAX);
    let of_layers = layers.iter().flat_map(|layer| layer.versions.values()).map(|version| &version.code);
    let code_bytes =
        of_versions.chain(of_layers).fold(0_u64, |sum, package| sum.saturating_add(package.zip_bytes));
    let limit = limit(call);
    let claimed =
        functions.iter().fold(0_u32, |sum, function| sum.saturating_add(function.claimed_concurrency()));
    let answer = GetAccountSettingsResponse {
        account_limit: Some(AccountLimit {
            total_code_size: Some(TOTAL_CODE_BYTES_MAX),
            code_size_unzipped: Some(number(UNZIPPED_BYTES_MAX)),
            code_size_zipped: i64::try_from(ZIPPED_BYTES_MAX).ok(),
            concurrent_executions: Some(i64::from(limit)),
            unreserved_concurrent_executions: Some(i64::from(limit.saturating_sub(claimed))),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: Some(number(code_bytes)),
            function_count: i64::try_from(functions.len()).ok(),
        }),
    };
    response::json(StatusCode::OK, &answer)
}

/// How much is asked for; more than can be counted is more than there is.
pub(super) fn claim(wanted: Option<i64>) -> u32 {
    u32::try_from(wanted.unwrap_or_default()).unwrap_or(u32::MAX)
}

/// What there is to share out, as a function sees it. It changes with every other function: whoever decides by it holds
/// [`crate::state::AppState::claims`].
pub(super) fn shared(call: &Call<'_>, of: &FunctionName) -> SharedConcurrency {
    let functions = call.state.resources.functions.list(None, usize::MAX);
    let others = functions.iter().filter(|function| function.name != *of);
    SharedConcurrency {
        limit: limit(call),
        claimed_by_others: others.fold(0, |sum, function| sum.saturating_add(function.claimed_concurrency())),
    }
}

fn limit(call: &Call<'_>) -> u32 {
    u32::try_from(call.state.engine.stats().concurrency_limit).unwrap_or(u32::MAX)
}

/// The complaint about a claim, with the claim's name in the service model.
pub(super) fn complaint(refused: ClaimRefused, name: &str) -> ApiError {
    match refused {
        ClaimRefused::UnreservedTooLow(min) => ApiError::invalid_parameter(format!(
            "Specified {name} for function decreases account's UnreservedConcurrentExecution below its minimum value of \
             [{min}]."
        ))
        .without_type(),
        ClaimRefused::AboveUnreserved(unreserved) => ApiError::invalid_parameter(format!(
            "Specified {name} for function is greater than account's unreserved concurrency [{unreserved}]."
        ))
        .without_type(),
        ClaimRefused::Unpublished => ApiError::invalid_parameter(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        ),
        ClaimRefused::AboveReserved | ClaimRefused::BelowProvisioned(_) => ApiError::invalid_parameter(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
        ),
        ClaimRefused::OfProvisionedVersion => ApiError::conflict(
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        ),
        ClaimRefused::OfProvisionedAlias => {
            ApiError::conflict("Version is pointed by a Provisioned Concurrency alias")
        }
    }
}

/// The target of an operation that versions and aliases do not have. Recorded: a function that is not there is complained
/// about as its `$LATEST`.
fn of_whole_function(call: &Call<'_>, name: Option<&str>) -> Result<Target, ApiError> {
    let mut target = call.target(name, None)?;
    if target.arn.qualifier.is_some() {
        return Err(ApiError::functions_only());
    }
    target.arn.qualifier = Some(Qualifier::Latest);
    target.function(&call.state.resources)?;
    Ok(target)
}
