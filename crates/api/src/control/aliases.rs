//! Aliases: made, read, listed, changed and removed.

use std::collections::BTreeMap;

use http::StatusCode;
use lambent_domain::arn::FunctionArn;
use lambent_domain::function::{ALIASES_MAX, Alias, AliasRefused, AliasSettings};
use lambent_domain::qualifier::Qualifier;
use uuid::Uuid;

use super::paging::{PAGE_MAX, Page};
use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    AliasConfiguration, AliasRoutingConfiguration, CreateAliasRequest, DeleteAliasRequest, GetAliasRequest,
    ListAliasesRequest, ListAliasesResponse, UpdateAliasRequest,
};
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn create(call: &Call<'_>, request: CreateAliasRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let name = request.name.unwrap_or_default();
    let settings = settings(request.function_version, request.description, request.routing_config);
    // Recorded: a function that is not there is complained about as the version the alias was to stand for.
    let meant = FunctionArn { qualifier: settings.version.clone(), ..target.arn.clone() };
    Target { arn: meant }.function(&call.state.resources)?;
    let (_, alias) = change::function(call.state, &target, |function| {
        let made = function.create_alias(&name, &settings, Uuid::new_v4());
        made.map_err(|refused| complaint(refused, &target, &name))
    })
    .await?;
    response::json(StatusCode::CREATED, &representation(&alias, &target))
}

pub(crate) async fn update(call: &Call<'_>, request: UpdateAliasRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let name = request.name.unwrap_or_default();
    let settings = settings(request.function_version, request.description, request.routing_config);
    let expected = request.revision_id.as_deref();
    let (_, alias) = change::function(call.state, &target, |function| {
        let changed = function.update_alias(&name, &settings, expected, Uuid::new_v4());
        changed.map_err(|refused| complaint(refused, &target, &name))
    })
    .await?;
    response::json(StatusCode::OK, &representation(&alias, &target))
}

pub(crate) fn get(call: &Call<'_>, request: GetAliasRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = whole(&target).function(&call.state.resources)?;
    let name = request.name.unwrap_or_default();
    let alias = function.aliases.get(name.as_str());
    let alias = alias
        .ok_or_else(|| ApiError::not_found(format!("Cannot find alias arn: {}", arn(&target, &name))))?;
    response::json(StatusCode::OK, &representation(alias, &target))
}

pub(crate) fn list(call: &Call<'_>, request: ListAliasesRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = whole(&target).function(&call.state.resources)?;
    let page =
        Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |name| Some(name.to_owned()))?;
    let version = request.function_version.as_deref();
    let wanted = |alias: &&Alias| version.is_none_or(|version| alias.version.to_string() == version);
    let (aliases, next_marker) =
        page.cut(function.aliases.values().filter(wanted), |alias| alias.name.as_ref().to_owned());
    let aliases = aliases.into_iter().map(|alias| representation(alias, &target)).collect();
    response::json(StatusCode::OK, &ListAliasesResponse { next_marker, aliases: Some(aliases) })
}

/// Removing an alias that is not there is no error.
pub(crate) async fn delete(call: &Call<'_>, request: DeleteAliasRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = whole(&target).function(&call.state.resources)?;
    let name = request.name.unwrap_or_default();
    if function.aliases.contains_key(name.as_str()) {
        change::function(call.state, &target, |function| {
            function.remove_alias(&name);
            Ok(())
        })
        .await?;
    }
    Ok(response::empty(StatusCode::NO_CONTENT))
}

fn settings(
    version: Option<String>,
    description: Option<String>,
    routing: Option<AliasRoutingConfiguration>,
) -> AliasSettings {
    AliasSettings {
        version: version.map(Qualifier::from),
        description,
        weights: routing.map(|routing| routing.additional_version_weights.unwrap_or_default()),
    }
}

/// The function as such; a qualifier behind its name means nothing to these operations.
fn whole(target: &Target) -> Target {
    Target { arn: target.unqualified() }
}

fn arn(target: &Target, name: &str) -> FunctionArn {
    FunctionArn { qualifier: Some(Qualifier::Alias(name.into())), ..target.arn.clone() }
}

fn representation(alias: &Alias, target: &Target) -> AliasConfiguration {
    AliasConfiguration {
        alias_arn: Some(arn(target, &alias.name).to_string()),
        name: Some(alias.name.as_ref().to_owned()),
        function_version: Some(alias.version.to_string()),
        description: Some(alias.description.clone()),
        routing_config: alias.routing.map(|routing| AliasRoutingConfiguration {
            additional_version_weights: Some(BTreeMap::from([(routing.version.to_string(), routing.weight)])),
        }),
        revision_id: Some(alias.revision_id.to_string()),
    }
}

fn complaint(refused: AliasRefused, target: &Target, name: &str) -> ApiError {
    let arn = || arn(target, name);
    match refused {
        AliasRefused::UnknownVersion(version) => {
            ApiError::function_not_found(&FunctionArn { qualifier: Some(version), ..target.arn.clone() })
        }
        AliasRefused::Exists => ApiError::conflict(format!("Alias already exists: {}", arn())),
        AliasRefused::NotFound => ApiError::not_found(format!("Alias not found: {}", arn())),
        AliasRefused::RevisionDiffers => ApiError::revision_differs(),
        AliasRefused::TooManyVersions => ApiError::invalid_parameter(
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ),
        AliasRefused::SameVersion(number) => ApiError::invalid_parameter(format!(
            "Invalid function version {number}. Function version {number} is already included in routing configuration."
        )),
        AliasRefused::LatestShared => ApiError::invalid_parameter(
            "$LATEST is not supported for an alias pointing to more than 1 version",
        )
        .without_type(),
        AliasRefused::Unpublished => ApiError::invalid_parameter(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        ),
        AliasRefused::ProvisionedVersion => ApiError::conflict(
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        ),
        AliasRefused::TooMany => {
            ApiError::alias_limit(format!("A function cannot have more than {ALIASES_MAX} aliases."))
        }
    }
}
