//! Functions are created, read, changed and removed.

mod code;
mod configuration;
mod create;
mod delete;
mod download;
mod environment;
mod get;
mod list;
mod representation;
mod settings;
mod unsupported;
mod update_code;
mod update_configuration;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use download::{Downloads, download};
pub(crate) use get::{get, get_configuration, location};
pub(crate) use list::list;
pub(crate) use update_code::update as update_code;
pub(crate) use update_configuration::update as update_configuration;

use super::Call;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{CreateFunctionRequest, FunctionCode};
use crate::model::Violations;
use crate::naming::{self, Target};
use lambent_domain::arn::FunctionName;
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::function::FunctionVersion;
use lambent_store::code::StoredPackage;
use uuid::Uuid;

/// The target of an operation that changes `$LATEST`.
fn changed_target(call: &Call<'_>, name: Option<&str>) -> Result<Target, ApiError> {
    use crate::generated::lambda::constraints::FUNCTION_NAME;
    let mut found = Violations::default();
    let reference = naming::reference(name.unwrap_or_default(), &FUNCTION_NAME, &mut found);
    let reference =
        reference.ok_or_else(|| ApiError::validation(found.into_message().unwrap_or_default()))?;
    call.state.identity.target(reference, None)
}

/// A change may be made to one revision only.
fn expect_revision(version: &FunctionVersion, expected: Option<&str>) -> Result<(), ApiError> {
    let differs = |expected: &str| Uuid::try_parse(expected).ok() != Some(version.revision_id);
    if expected.is_some_and(differs) { Err(ApiError::revision_differs()) } else { Ok(()) }
}

/// Puts the code of a request in place: a function's or a layer's. Keep what comes back until something names it.
pub(crate) async fn store_code(call: &Call<'_>, code: FunctionCode) -> Result<StoredPackage, ApiError> {
    code::put(&call.state.code, code::zip_of(code)?).await
}

/// Judges a creation as far as that needs no store.
pub(super) fn judge_creation(mut request: CreateFunctionRequest) -> Result<(), ApiError> {
    unsupported::in_create(&request)?;
    code::zip_of(request.code.take().unwrap_or_default())?;
    judge_settings(request.into())
}

/// Judges settings as far as that needs no store.
pub(super) fn judge_settings(settings: settings::Settings) -> Result<(), ApiError> {
    unsupported::in_settings(&settings)?;
    let name = FunctionName::new("f").map_err(ApiError::internal)?;
    configuration::apply(settings, &mut FunctionConfiguration::new(name))
}
