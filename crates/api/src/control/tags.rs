//! Tags of functions, event source mappings and code signing configurations.

use std::collections::BTreeMap;

use http::StatusCode;
use lambent_domain::reference::FunctionReference;
use lambent_domain::tags::{self, Tagged, TaggedResource, TagsRefused};

use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    ListTagsRequest, ListTagsResponse, TagResourceRequest, UntagResourceRequest,
};
use crate::naming::Target;
use crate::response::{self, Answer};

type Tags = BTreeMap<String, String>;

/// What is meant by the ARN of something that has tags.
enum Meant {
    Function(Target),
    EventSourceMapping(String),
    CodeSigningConfig(String),
}

pub(crate) async fn tag(call: &Call<'_>, request: TagResourceRequest) -> Result<Answer, ApiError> {
    let arn = request.resource.unwrap_or_default();
    let added = request.tags.unwrap_or_default();
    if added.is_empty() {
        return Err(complaint(TagsRefused::Empty));
    }
    change(call, &arn, |present| tags::add(present, &added).map_err(complaint)).await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

/// Taking away what is not there is no error.
pub(crate) async fn untag(call: &Call<'_>, request: UntagResourceRequest) -> Result<Answer, ApiError> {
    let arn = request.resource.unwrap_or_default();
    let keys = request.tag_keys.unwrap_or_default();
    change(call, &arn, |present| {
        present.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn list(call: &Call<'_>, request: ListTagsRequest) -> Result<Answer, ApiError> {
    let arn = request.resource.unwrap_or_default();
    let resources = &call.state.resources;
    let tags = match meant(call, &arn)? {
        Meant::Function(target) => target.function(resources)?.tags.clone(),
        Meant::EventSourceMapping(id) => {
            resources.event_source_mappings.find(&id).ok_or_else(no_such_resource)?.tags.clone()
        }
        Meant::CodeSigningConfig(id) => {
            resources.code_signing_configs.find(&id).ok_or_else(|| no_such_config(&arn))?.tags.clone()
        }
    };
    response::json(StatusCode::OK, &ListTagsResponse { tags: Some(tags) })
}

async fn change(
    call: &Call<'_>,
    arn: &str,
    change: impl Fn(&mut Tags) -> Result<(), ApiError> + Send + Sync,
) -> Result<(), ApiError> {
    let resources = &call.state.resources;
    match meant(call, arn)? {
        Meant::Function(target) => {
            // An owner's tags are no part of any revision: no environment is ended for them.
            change::function(call.state, &target, |function| change(&mut function.tags)).await.map(drop)
        }
        Meant::EventSourceMapping(id) => {
            let mappings = &*resources.event_source_mappings;
            change::resource(mappings, &id, no_such_resource, |record| change(&mut record.tags))
                .await
                .map(drop)
        }
        Meant::CodeSigningConfig(id) => {
            let configs = &*resources.code_signing_configs;
            let missing = || no_such_config(arn);
            change::resource(configs, &id, missing, |record| change(&mut record.tags)).await.map(drop)
        }
    }
}

/// Recorded: a qualifier is complained about before anything is looked for.
fn meant(call: &Call<'_>, arn: &str) -> Result<Meant, ApiError> {
    let Tagged { region, account, resource } = tags::parse(arn).ok_or_else(no_such_resource)?;
    let identity = &call.state.identity;
    let here = region == identity.region && account == identity.account;
    match resource {
        TaggedResource::Function(_, Some(_)) => Err(ApiError::invalid_parameter(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        )),
        TaggedResource::Function(name, None) => {
            let reference =
                FunctionReference { region: Some(region), account: Some(account), name, qualifier: None };
            identity.target(reference, None).map(Meant::Function)
        }
        TaggedResource::EventSourceMapping(id) if here => Ok(Meant::EventSourceMapping(id)),
        TaggedResource::CodeSigningConfig(id) if here => Ok(Meant::CodeSigningConfig(id)),
        TaggedResource::CodeSigningConfig(_) => Err(no_such_config(arn)),
        TaggedResource::EventSourceMapping(_) | TaggedResource::Other => Err(no_such_resource()),
    }
}

/// The tags that something is created with.
pub(super) fn given(tags: Option<Tags>) -> Result<Tags, ApiError> {
    let tags = tags.unwrap_or_default();
    tags::check(&tags).map_err(complaint)?;
    Ok(tags)
}

fn no_such_resource() -> ApiError {
    ApiError::not_found("The resource you requested does not exist.")
}

fn no_such_config(arn: &str) -> ApiError {
    ApiError::not_found(format!("The Lambda code signing configuration {arn} can not be found."))
}

fn complaint(refused: TagsRefused) -> ApiError {
    ApiError::invalid_parameter(match refused {
        TagsRefused::Empty => "An error occurred and the request cannot be processed.",
        TagsRefused::TooMany => "Number of tags exceeds resource tag limit.",
        TagsRefused::Reserved => "aws: prefixed tag key names are not allowed for external use.",
    })
}
