//! CreateFunction, from a zip in the request.

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_store::resources::ChangeError;
use uuid::Uuid;

use super::configuration::{apply, check_whole};
use super::settings::Settings;
use super::{Call, changed_target, code, representation, unsupported};
use crate::error::ApiError;
use crate::generated::lambda::shapes::CreateFunctionRequest;
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut request: CreateFunctionRequest = call.request_with_code().await?;
    let target = created_target(call, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::in_create(&request)?;
    let zip = code::zip_of(request.code.take().unwrap_or_default())?;
    let mut configuration = FunctionConfiguration::new(target.arn.name.clone());
    let tags = request.tags.take().unwrap_or_default();
    if let Some(architecture) = request.architectures.take().and_then(|list| list.into_iter().next()) {
        configuration.architecture = architecture;
    }
    let settings = Settings::from(request);
    unsupported::in_settings(&settings)?;
    apply(settings, &mut configuration)?;
    check_whole(&configuration)?;
    let functions = &call.state.resources.functions;
    if functions.find(target.arn.name.as_str()).is_some() {
        return Err(exists(&target.arn.name));
    }
    let stored = code::put(&call.state.code, zip).await?;
    let version = FunctionVersion {
        configuration,
        version: Version::Latest,
        code: stored.package.clone(),
        revision_id: Uuid::new_v4(),
        last_modified: call.state.clock.now(),
    };
    let function = Function { tags, ..Function::new(version) };
    let created = functions.create(function).await.map_err(|error| match error {
        ChangeError::AlreadyExists => exists(&target.arn.name),
        ChangeError::Storage(error) => error.into(),
        error @ (ChangeError::NotFound | ChangeError::Conflict) => ApiError::internal(error),
    })?;
    response::json(StatusCode::CREATED, &representation::configuration(&created.latest, &target.arn)?)
}

/// A name that may be created is stricter than one that may be read.
fn created_target(call: &Call<'_>, name: &str) -> Result<Target, ApiError> {
    let mut target = changed_target(call, Some(name))?;
    match target.arn.qualifier.take() {
        None | Some(Qualifier::Latest) => {}
        Some(_) => {
            return Err(ApiError::invalid_parameter("The name of a new function must not have a qualifier."));
        }
    }
    if target.arn.name.is_creatable() {
        return Ok(target);
    }
    Err(ApiError::validation(format!(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must have \
         length less than or equal to {}",
        FunctionName::CREATABLE_BYTES_MAX
    )))
}

fn exists(name: &FunctionName) -> ApiError {
    ApiError::conflict(format!("Function already exist: {name}"))
}
