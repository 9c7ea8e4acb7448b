//! Functions are created, read, changed and removed.

mod code;
mod configuration;
mod create;
mod delete;
mod download;
mod environment;
mod get;
mod layers;
mod list;
mod logging;
pub(in crate::control) mod representation;
mod settings;
mod snap_start;
mod stored_only;
pub(in crate::control) mod unsupported;
mod update_code;
mod update_configuration;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use download::{Ticket, download, location};
pub(crate) use get::{get, get_configuration};
pub(crate) use list::list;
pub(crate) use update_code::update as update_code;
pub(crate) use update_configuration::update as update_configuration;

use super::Call;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{CreateFunctionRequest, FunctionCode};
use crate::model::Violations;
use crate::naming::{self, Target};
use lambent_domain::arn::{FunctionArn, FunctionName};
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::function::{FunctionVersion, Publication};
use lambent_domain::qualifier::Qualifier;
use lambent_store::code::StoredPackage;
use uuid::Uuid;

/// Under which member the key of an encrypted package is kept.
const SOURCE_KEY: &str = "SourceKMSKeyArn";

/// The target of an operation on functions as such, as it was named.
fn named_target(call: &Call<'_>, name: Option<&str>) -> Result<Target, ApiError> {
    use crate::generated::lambda::constraints::FUNCTION_NAME;
    let mut found = Violations::default();
    let reference = naming::reference(name.unwrap_or_default(), &FUNCTION_NAME, &mut found);
    let reference =
        reference.ok_or_else(|| ApiError::validation(found.into_message().unwrap_or_default()))?;
    call.state.identity.target(reference, None)
}

/// The target of an operation that changes `$LATEST`: the function, and no other of its versions.
pub(in crate::control) fn changed_target(call: &Call<'_>, name: Option<&str>) -> Result<Target, ApiError> {
    let mut target = named_target(call, name)?;
    match target.arn.qualifier.take() {
        None | Some(Qualifier::Latest) => Ok(target),
        Some(_) => Err(ApiError::invalid_parameter(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. \
             Please specify either a function name or an unqualified function ARN.",
        )),
    }
}

/// A change may be made to one revision only.
pub(in crate::control) fn expect_revision(
    version: &FunctionVersion,
    expected: Option<&str>,
) -> Result<(), ApiError> {
    let differs = |expected: &str| Uuid::try_parse(expected).ok() != Some(version.revision_id);
    if expected.is_some_and(differs) { Err(ApiError::revision_differs()) } else { Ok(()) }
}

/// A publication with revisions of its own.
pub(in crate::control) fn publication(description: Option<String>) -> Publication {
    Publication { description, version_revision: Uuid::new_v4(), latest_revision: Uuid::new_v4() }
}

/// The ARN that names a version.
pub(in crate::control) fn arn_of(call: &Call<'_>, version: &FunctionVersion) -> FunctionArn {
    let qualifier = Qualifier::from(version.version.to_string());
    call.state.identity.function_arn(version.configuration.name.clone(), Some(qualifier))
}

/// Puts the code of a request in place: a function's or a layer's. Keep what comes back until something names it.
pub(crate) async fn store_code(call: &Call<'_>, code: FunctionCode) -> Result<StoredPackage, ApiError> {
    code::put(call.state, code::source_of(code)?).await
}

/// The key with which a package was encrypted in its bucket belongs to that package.
fn keep_source_key(configuration: &mut FunctionConfiguration, arn: Option<String>) -> Result<(), ApiError> {
    stored_only::put(
        &mut configuration.stored_only,
        SOURCE_KEY,
        Some(arn.unwrap_or_default()),
        String::is_empty,
    )
}

/// Somebody else was faster, and what was judged is no longer what there is.
fn update_in_progress(target: &Target) -> ApiError {
    ApiError::conflict(format!(
        "The operation cannot be performed at this time. An update is in progress for resource: {}",
        target.unqualified()
    ))
}

/// Code for other machines is taken, as AWS takes it: an interpreted function does not mind. The operator learns of it,
/// because a program for another processor only fails once it is started.
fn tell_of_architecture(configuration: &FunctionConfiguration) {
    let here = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    if configuration.architecture != here {
        tracing::warn!(
            function.name = %configuration.name, function.architecture = %configuration.architecture,
            host.architecture = here,
            "a function is for another processor than this host's: programs in its package may not start"
        );
    }
}

/// Judges a creation as far as that needs no store.
pub(super) fn judge_creation(mut request: CreateFunctionRequest) -> Result<(), ApiError> {
    unsupported::in_create(&request)?;
    code::source_of(request.code.take().unwrap_or_default())?;
    judge_settings(request.into())
}

/// Judges settings as far as that needs no store.
pub(super) fn judge_settings(settings: settings::Settings) -> Result<(), ApiError> {
    unsupported::in_settings(&settings)?;
    let name = FunctionName::new("f").map_err(ApiError::internal)?;
    configuration::apply(settings, &mut FunctionConfiguration::new(name))
}
