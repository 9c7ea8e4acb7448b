//! The control plane: everything that is set and read of functions, layers and what belongs to them.
//!
//! One handler for each operation. It is given its request read and held against the service model, and works on the
//! stores; [`answer`] is the whole table. What a handler changes of a function it changes by [`change::function`].

mod aliases;
mod authorize;
pub(crate) mod change;
mod code_signing;
mod concurrency;
mod date;
mod event_invoke;
mod event_sources;
pub(crate) mod functions;
mod layers;
mod paging;
mod policies;
mod provisioned;
mod recursion;
mod runtime_management;
mod support;
mod tags;
mod urls;
mod versions;

pub(crate) use authorize::authorize;
pub(crate) use support::markdown as compatibility_table;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::json;
use crate::model::{Check, Located, Malformed, Parts, Violations};
use crate::naming::{self, Target};
use crate::response::Answer;
use crate::state::AppState;

/// One request of the control plane.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) state: &'a AppState,
    pub(crate) operation: Operation,
    pub(crate) parts: Parts<'a>,
    pub(crate) body: Bytes,
    /// The names under which the server may be addressed, besides those of loopback.
    pub(crate) names: &'a [String],
}

/// Answers a request. An operation that has no handler is refused by name.
pub(crate) async fn answer(call: &Call<'_>) -> Result<Answer, ApiError> {
    match call.operation {
        Operation::CreateFunction => functions::create(call).await,
        Operation::GetFunction => functions::get(call, call.request()?),
        Operation::GetFunctionConfiguration => functions::get_configuration(call, call.request()?),
        Operation::ListFunctions => functions::list(call, call.request()?),
        Operation::UpdateFunctionCode => functions::update_code(call).await,
        Operation::UpdateFunctionConfiguration => {
            functions::update_configuration(call, call.request()?).await
        }
        Operation::DeleteFunction => functions::delete(call, call.request()?).await,
        Operation::PublishVersion => versions::publish(call, call.request()?).await,
        Operation::ListVersionsByFunction => versions::list(call, call.request()?),
        Operation::DeleteLayerVersion => layers::delete_version(call, call.request()?).await,
        Operation::GetLayerVersion => layers::get_version(call, call.request()?),
        Operation::GetLayerVersionByArn => layers::get_version_by_arn(call, call.request()?),
        Operation::ListLayers => layers::list(call, call.request()?),
        Operation::ListLayerVersions => layers::list_versions(call, call.request()?),
        Operation::PublishLayerVersion => layers::publish(call).await,
        Operation::AddPermission => policies::add_permission(call, call.request()?).await,
        Operation::RemovePermission => policies::remove_permission(call, call.request()?).await,
        Operation::GetPolicy => policies::get_policy(call, call.request()?),
        Operation::GetResourcePolicy => policies::get_resource_policy(call, call.request()?),
        Operation::PutResourcePolicy => policies::put_resource_policy(call, call.request()?).await,
        Operation::DeleteResourcePolicy => policies::delete_resource_policy(call, call.request()?).await,
        Operation::AddLayerVersionPermission => policies::add_layer_permission(call, call.request()?).await,
        Operation::RemoveLayerVersionPermission => {
            policies::remove_layer_permission(call, call.request()?).await
        }
        Operation::GetLayerVersionPolicy => policies::get_layer_policy(call, call.request()?),
        Operation::CreateCodeSigningConfig => code_signing::create(call, call.request()?).await,
        Operation::GetCodeSigningConfig => code_signing::get(call, call.request()?),
        Operation::UpdateCodeSigningConfig => code_signing::update(call, call.request()?).await,
        Operation::DeleteCodeSigningConfig => code_signing::delete(call, call.request()?).await,
        Operation::ListCodeSigningConfigs => code_signing::list(call, call.request()?),
        Operation::PutFunctionCodeSigningConfig => code_signing::put_of_function(call, call.request()?).await,
        Operation::GetFunctionCodeSigningConfig => code_signing::get_of_function(call, call.request()?),
        Operation::DeleteFunctionCodeSigningConfig => {
            code_signing::delete_of_function(call, call.request()?).await
        }
        Operation::ListFunctionsByCodeSigningConfig => code_signing::list_functions(call, call.request()?),
        Operation::CreateEventSourceMapping => event_sources::create(call, call.request()?).await,
        Operation::GetEventSourceMapping => event_sources::get(call, call.request()?),
        Operation::UpdateEventSourceMapping => event_sources::update(call, call.request()?).await,
        Operation::DeleteEventSourceMapping => event_sources::delete(call, call.request()?).await,
        Operation::ListEventSourceMappings => event_sources::list(call, call.request()?),
        _ => answer_setting(call).await,
    }
}

/// The rest of the table: what is set beside functions and their versions.
async fn answer_setting(call: &Call<'_>) -> Result<Answer, ApiError> {
    match call.operation {
        Operation::CreateAlias => aliases::create(call, call.request()?).await,
        Operation::GetAlias => aliases::get(call, call.request()?),
        Operation::ListAliases => aliases::list(call, call.request()?),
        Operation::UpdateAlias => aliases::update(call, call.request()?).await,
        Operation::DeleteAlias => aliases::delete(call, call.request()?).await,
        Operation::PutFunctionEventInvokeConfig => event_invoke::put(call, call.request()?).await,
        Operation::GetFunctionEventInvokeConfig => event_invoke::get(call, &call.request()?),
        Operation::ListFunctionEventInvokeConfigs => event_invoke::list(call, &call.request()?),
        Operation::UpdateFunctionEventInvokeConfig => event_invoke::update(call, call.request()?).await,
        Operation::DeleteFunctionEventInvokeConfig => event_invoke::delete(call, call.request()?).await,
        Operation::PutFunctionConcurrency => concurrency::put(call, call.request()?).await,
        Operation::GetFunctionConcurrency => concurrency::get(call, &call.request()?),
        Operation::DeleteFunctionConcurrency => concurrency::delete(call, call.request()?).await,
        Operation::GetAccountSettings => concurrency::account_settings(call),
        Operation::PutProvisionedConcurrencyConfig => provisioned::put(call, call.request()?).await,
        Operation::GetProvisionedConcurrencyConfig => provisioned::get(call, &call.request()?),
        Operation::ListProvisionedConcurrencyConfigs => provisioned::list(call, &call.request()?),
        Operation::DeleteProvisionedConcurrencyConfig => provisioned::delete(call, call.request()?).await,
        Operation::GetFunctionRecursionConfig => recursion::get(call, &call.request()?),
        Operation::PutFunctionRecursionConfig => recursion::put(call, call.request()?).await,
        Operation::GetRuntimeManagementConfig => runtime_management::get(call, &call.request()?),
        Operation::PutRuntimeManagementConfig => runtime_management::put(call, call.request()?).await,
        Operation::TagResource => tags::tag(call, call.request()?).await,
        Operation::UntagResource => tags::untag(call, call.request()?).await,
        Operation::ListTags => tags::list(call, call.request()?),
        Operation::CreateFunctionUrlConfig => urls::create(call, call.request()?).await,
        Operation::GetFunctionUrlConfig => urls::get(call, call.request()?),
        Operation::UpdateFunctionUrlConfig => urls::update(call, call.request()?).await,
        Operation::DeleteFunctionUrlConfig => urls::delete(call, call.request()?).await,
        Operation::ListFunctionUrlConfigs => urls::list(call, call.request()?),
        other => Err(ApiError::not_implemented(other.traits().name)),
    }
}

/// Judges the requests with the most in them as far as that needs no store; for fuzzing.
pub(crate) fn judge(operation: Operation, body: &[u8], parts: &Parts<'_>) -> Result<(), ApiError> {
    use crate::generated::lambda::shapes;
    match operation {
        Operation::CreateFunction => functions::judge_creation(read(body, parts)?),
        Operation::UpdateFunctionConfiguration => functions::judge_settings(read(body, parts)?),
        Operation::UpdateFunctionCode => read::<shapes::UpdateFunctionCodeRequest>(body, parts).map(drop),
        Operation::CreateEventSourceMapping => {
            read::<shapes::CreateEventSourceMappingRequest>(body, parts).map(drop)
        }
        Operation::UpdateAlias => read::<shapes::UpdateAliasRequest>(body, parts).map(drop),
        other if !support::is_answered(other) => Err(ApiError::not_implemented(other.traits().name)),
        _ => Ok(()),
    }
}

/// Whether the body may be as large as a package.
pub(crate) fn has_code(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateFunction | Operation::UpdateFunctionCode | Operation::PublishLayerVersion
    )
}

impl Call<'_> {
    /// The request, held against the service model: all complaints about its members in one answer.
    pub(crate) fn request<R>(&self) -> Result<R, ApiError>
    where
        R: DeserializeOwned + Default + Located + Check,
    {
        read(&self.body, &self.parts)
    }

    /// The same for a request that carries a package: its body is read where that may take its time.
    pub(crate) async fn request_with_code<R>(&self) -> Result<R, ApiError>
    where
        R: DeserializeOwned + Default + Located + Check + Send + 'static,
    {
        let body = self.body.clone();
        let request = blocking(move || read_body::<R>(&body)).await?;
        complete(request, &self.parts)
    }

    /// What a function's name and a qualifier beside it mean here.
    pub(crate) fn target(&self, name: Option<&str>, qualifier: Option<&str>) -> Result<Target, ApiError> {
        use crate::generated::lambda::constraints::NAMESPACED_FUNCTION_NAME;
        let mut found = Violations::default();
        let qualifier = naming::qualifier(qualifier, &mut found);
        let reference = naming::reference(name.unwrap_or_default(), &NAMESPACED_FUNCTION_NAME, &mut found);
        match reference.filter(|_| found.is_empty()) {
            Some(reference) => self.state.identity.target(reference, qualifier),
            None => Err(ApiError::validation(found.into_message().unwrap_or_default())),
        }
    }
}

/// Reads a request from its body and from where its other members are.
pub(crate) fn read<R>(body: &[u8], parts: &Parts<'_>) -> Result<R, ApiError>
where
    R: DeserializeOwned + Default + Located + Check,
{
    complete(read_body(body)?, parts)
}

/// Reads a body, if there is one. What is not JSON is complained about in Jackson's words, what is of the wrong type by
/// its place.
fn read_body<R: DeserializeOwned + Default>(body: &[u8]) -> Result<R, ApiError> {
    if body.is_empty() {
        return Ok(R::default());
    }
    json::check(body).map_err(|complaint| ApiError::body_not_json(&complaint))?;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ApiError::serialization(format!(
            "A member has a value of the wrong type (line {line}, column {column})."
        ))
    })
}

/// Adds what the body does not say, and holds the whole against the service model.
fn complete<R: Located + Check>(mut request: R, parts: &Parts<'_>) -> Result<R, ApiError> {
    request.locate(parts).map_err(|Malformed { member }| {
        ApiError::serialization(format!("The value of {member} is not a whole number."))
    })?;
    let mut found = Violations::default();
    request.check(&mut found);
    found.into_message().map_or(Ok(request), |message| Err(ApiError::validation(message)))
}

/// Runs what takes long without waiting: parsing and unpacking packages.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)?
}
