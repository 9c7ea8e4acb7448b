//! CreateFunction, from a zip in the request.

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_store::functions::FunctionStoreError;
use uuid::Uuid;

use super::configuration::{apply, blank, check_whole, keep};
use super::settings::Settings;
use super::{blocking, changed_target, checked, code, read_body, representation, unsupported};
use crate::error::ApiError;
use crate::generated::lambda::shapes::CreateFunctionRequest;
use crate::naming::Target;
use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) async fn create(state: &AppState, body: Bytes) -> Result<Answer, ApiError> {
    let mut request = blocking(move || {
        let request: CreateFunctionRequest = read_body(&body)?;
        checked(&request)?;
        Ok(request)
    })
    .await?;
    let target = created_target(state, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::in_create(&request)?;
    let zip = code::zip_of(request.code.take().unwrap_or_default())?;
    let mut configuration = blank(target.arn.name.clone());
    keep(&mut configuration.stored_only, "Tags", request.tags.take(), std::collections::BTreeMap::is_empty)?;
    if let Some(architecture) = request.architectures.take().and_then(|list| list.into_iter().next()) {
        configuration.architecture = architecture;
    }
    let settings = Settings::from(request);
    unsupported::in_settings(&settings)?;
    apply(settings, &mut configuration)?;
    check_whole(&configuration)?;
    if state.functions.resolve(&target.arn.name, None).await.is_ok() {
        return Err(exists(&target.arn.name));
    }
    let stored = code::put(&state.code, zip).await?;
    let version = FunctionVersion {
        configuration,
        version: Version::Latest,
        code: stored.package.clone(),
        revision_id: Uuid::new_v4(),
        last_modified: state.clock.now(),
    };
    let created = state.functions.create(version).await.map_err(|error| match error {
        FunctionStoreError::AlreadyExists => exists(&target.arn.name),
        FunctionStoreError::Storage(error) => error.into(),
        error @ (FunctionStoreError::NotFound | FunctionStoreError::RevisionMismatch) => {
            ApiError::internal(error)
        }
    })?;
    response::json(StatusCode::CREATED, &representation::configuration(&created, &target.arn)?)
}

/// A name that may be created is stricter than one that may be read.
fn created_target(state: &AppState, name: &str) -> Result<Target, ApiError> {
    let mut target = changed_target(&state.identity, name)?;
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
