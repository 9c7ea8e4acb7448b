//! Provisioned concurrency: how many environments of a version or alias are kept ready.

mod status;

use std::sync::Arc;

use http::StatusCode;
use lambent_domain::function::{Function, ProvisionedConcurrency};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::time::Timestamp;

use super::paging::{PAGE_MAX, Page};
use super::{Call, change, concurrency};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    DeleteProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigRequest,
    GetProvisionedConcurrencyConfigResponse, ListProvisionedConcurrencyConfigsRequest,
    ListProvisionedConcurrencyConfigsResponse, ProvisionedConcurrencyConfigListItem,
    PutProvisionedConcurrencyConfigRequest, PutProvisionedConcurrencyConfigResponse,
};
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn put(
    call: &Call<'_>,
    request: PutProvisionedConcurrencyConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let qualifier = qualifier(
        &target,
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
    )?;
    let requested = concurrency::claim(request.provisioned_concurrent_executions);
    let now = call.state.clock.now();
    let _all_claims = call.state.claims.lock().await;
    existing(call, &target, &qualifier)?;
    let shared = concurrency::shared(call, &target.arn.name);
    change::function(call.state, &target, |function| {
        // It may have been removed since.
        check_there(function, &target, &qualifier)?;
        let may = function.may_provision(&qualifier, requested, &shared);
        may.map_err(|refused| concurrency::complaint(refused, "ConcurrentExecutions"))?;
        let provisioned = ProvisionedConcurrency { requested, last_modified: now };
        function.provisioned.insert(qualifier.clone(), provisioned);
        Ok(())
    })
    .await?;
    // Nothing of it is there yet, whatever the engine does next.
    let answer = PutProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: Some(i64::from(requested)),
        allocated_provisioned_concurrent_executions: Some(0),
        available_provisioned_concurrent_executions: Some(0),
        status: Some("IN_PROGRESS".to_owned()),
        status_reason: None,
        last_modified: Some(date(now)?),
    };
    response::json(StatusCode::ACCEPTED, &answer)
}

pub(crate) fn get(
    call: &Call<'_>,
    request: &GetProvisionedConcurrencyConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let qualifier = qualifier(&target, NEITHER_ALIAS_NOR_VERSION)?;
    let function = existing(call, &target, &qualifier)?;
    let provisioned = function.provisioned.get(&qualifier);
    let provisioned = provisioned.ok_or_else(ApiError::no_provisioned_concurrency)?;
    let item = item(call, &target, &qualifier, provisioned)?;
    let answer = GetProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: item.requested_provisioned_concurrent_executions,
        available_provisioned_concurrent_executions: item.available_provisioned_concurrent_executions,
        allocated_provisioned_concurrent_executions: item.allocated_provisioned_concurrent_executions,
        status: item.status,
        status_reason: item.status_reason,
        last_modified: item.last_modified,
    };
    response::json(StatusCode::OK, &answer)
}

pub(crate) fn list(
    call: &Call<'_>,
    request: &ListProvisionedConcurrencyConfigsRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = Target { arn: target.unqualified() }.function(&call.state.resources)?;
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |text| {
        Some(Qualifier::from(text))
    })?;
    let (configs, next_marker) = page.cut(&function.provisioned, |(qualifier, _)| (*qualifier).clone());
    let items =
        configs.into_iter().map(|(qualifier, provisioned)| item(call, &target, qualifier, provisioned));
    let answer = ListProvisionedConcurrencyConfigsResponse {
        provisioned_concurrency_configs: Some(items.collect::<Result<_, _>>()?),
        next_marker,
    };
    response::json(StatusCode::OK, &answer)
}

/// Removing what is not there is no error, as long as the version or alias is.
pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteProvisionedConcurrencyConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let qualifier = qualifier(&target, NEITHER_ALIAS_NOR_VERSION)?;
    if existing(call, &target, &qualifier)?.provisioned.contains_key(&qualifier) {
        change::function(call.state, &target, |function| {
            function.provisioned.remove(&qualifier);
            Ok(())
        })
        .await?;
    }
    Ok(response::empty(StatusCode::NO_CONTENT))
}

const NEITHER_ALIAS_NOR_VERSION: &str =
    "The function resource provided must be an alias or a published version.";

fn qualifier(target: &Target, complaint: &'static str) -> Result<Qualifier, ApiError> {
    match &target.arn.qualifier {
        None | Some(Qualifier::Latest | Qualifier::LatestPublished) => {
            Err(ApiError::invalid_parameter(complaint))
        }
        Some(qualifier) => Ok(qualifier.clone()),
    }
}

/// The function, which must have that version or alias.
fn existing(call: &Call<'_>, target: &Target, qualifier: &Qualifier) -> Result<Arc<Function>, ApiError> {
    let function = call.state.resources.functions.find(target.arn.name.as_str());
    let function = function.ok_or_else(|| missing(target, qualifier))?;
    check_there(&function, target, qualifier)?;
    Ok(function)
}

fn check_there(function: &Function, target: &Target, qualifier: &Qualifier) -> Result<(), ApiError> {
    let there = function.resolve(Some(qualifier), u32::MAX).is_some();
    if there { Ok(()) } else { Err(missing(target, qualifier)) }
}

fn missing(target: &Target, qualifier: &Qualifier) -> ApiError {
    match qualifier {
        Qualifier::Alias(_) => ApiError::not_found(format!("Cannot find alias arn: {}", target.arn)),
        Qualifier::Latest | Qualifier::LatestPublished | Qualifier::Version(_) => {
            ApiError::function_not_found(&target.arn)
        }
    }
}

fn item(
    call: &Call<'_>,
    target: &Target,
    qualifier: &Qualifier,
    provisioned: &ProvisionedConcurrency,
) -> Result<ProvisionedConcurrencyConfigListItem, ApiError> {
    let status = status::of(&call.state.engine, &target.arn.name, qualifier);
    let arn = call.state.identity.function_arn(target.arn.name.clone(), Some(qualifier.clone()));
    Ok(ProvisionedConcurrencyConfigListItem {
        function_arn: Some(arn.to_string()),
        requested_provisioned_concurrent_executions: Some(i64::from(provisioned.requested)),
        available_provisioned_concurrent_executions: Some(status.available),
        allocated_provisioned_concurrent_executions: Some(status.allocated),
        status: Some(status.status.to_owned()),
        status_reason: status.reason,
        last_modified: Some(date(provisioned.last_modified)?),
    })
}

/// `2019-12-31T20:29:44+0000`: to the second, unlike a function's date (D API_PutProvisionedConcurrencyConfig).
fn date(at: Timestamp) -> Result<String, ApiError> {
    let millis = i64::try_from(at.as_millis()).map_err(ApiError::internal)?;
    let at = jiff::Timestamp::from_millisecond(millis).map_err(ApiError::internal)?;
    Ok(at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_has_seconds_and_no_colon_in_its_zone() {
        assert_eq!(date(Timestamp::from_millis(1_764_072_000_007)).unwrap(), "2025-11-25T12:00:00+0000");
    }
}
