//! CreateFunction.

use std::sync::Arc;

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::configuration::{FunctionConfiguration, TenantIsolation};
use lambent_domain::function::{CodePackage, Function, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_store::resources::ChangeError;
use uuid::Uuid;

use super::configuration::{apply, check_whole};
use super::representation::{self, Progress};
use super::settings::Settings;
use super::{Call, code, layers, named_target, publication, unsupported};
use crate::control::code_signing;
use crate::error::ApiError;
use crate::generated::lambda::shapes::CreateFunctionRequest;
use crate::naming::Target;
use crate::response::{self, Answer};

pub(crate) async fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut request: CreateFunctionRequest = call.request_with_code().await?;
    let target = created_target(call, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::in_create(&request)?;
    let key = request.code.as_mut().and_then(|code| code.source_kms_key_arn.take());
    let source = code::source_of(request.code.take().unwrap_or_default())?;
    let publish = request.publish == Some(true);
    let tags = request.tags.take().unwrap_or_default();
    let code_signing_config = code_signing_config(call, request.code_signing_config_arn.take())?;
    let mut configuration = begun(&mut request, target.arn.name.clone());
    super::keep_source_key(&mut configuration, key)?;
    let settings = Settings::from(request);
    unsupported::in_settings(&settings)?;
    configuration.layers = layers::resolve(call, settings.layers.as_deref().unwrap_or_default())?;
    apply(settings, &mut configuration)?;
    check_whole(&configuration)?;
    let functions = &call.state.resources.functions;
    if functions.find(target.arn.name.as_str()).is_some() {
        return Err(exists(&target.arn.name));
    }
    let stored = code::put(call.state, source).await?;
    layers::check_size(call, &stored.package, &configuration.layers).await?;
    super::tell_of_architecture(&configuration);
    let latest = latest(call, configuration, stored.package.clone());
    let mut function = Function { tags, code_signing_config, ..Function::new(latest) };
    let published = publish.then(|| function.publish(&publication(None)).0);
    let created = functions.create(function).await.map_err(|error| match error {
        ChangeError::AlreadyExists => exists(&target.arn.name),
        ChangeError::Storage(error) => error.into(),
        error @ (ChangeError::NotFound | ChangeError::Conflict) => ApiError::internal(error),
    })?;
    // A published version is described under the function's own ARN (R `test_publish_version_on_create`).
    let described = published.unwrap_or_else(|| Arc::clone(&created.latest));
    let answer = representation::configuration(&described, &target.arn, Progress::Created)?;
    response::json(StatusCode::CREATED, &answer)
}

/// What only a creation can say.
fn begun(request: &mut CreateFunctionRequest, name: FunctionName) -> FunctionConfiguration {
    let mut configuration = FunctionConfiguration::new(name);
    if let Some(architecture) = request.architectures.take().and_then(|list| list.into_iter().next()) {
        configuration.architecture = architecture;
    }
    let isolation = request.tenancy_config.take().and_then(|tenancy| tenancy.tenant_isolation_mode);
    if isolation.as_deref() == Some("PER_TENANT") {
        configuration.tenant_isolation = TenantIsolation::PerTenant;
    }
    configuration
}

fn latest(call: &Call<'_>, configuration: FunctionConfiguration, code: CodePackage) -> FunctionVersion {
    FunctionVersion {
        configuration,
        version: Version::Latest,
        code,
        revision_id: Uuid::new_v4(),
        last_modified: call.state.clock.now(),
    }
}

/// The ARN of a code signing configuration that is there; none for an empty one.
fn code_signing_config(call: &Call<'_>, arn: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { return Ok(None) };
    code_signing::to_be_had(call, &arn).map(|()| Some(arn))
}

/// A name that may be created is stricter than one that may be read.
fn created_target(call: &Call<'_>, name: &str) -> Result<Target, ApiError> {
    let mut target = named_target(call, Some(name))?;
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
