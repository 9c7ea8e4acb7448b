//! Members that ask for something Lambent does not have. They are refused, never ignored.

use super::settings::Settings;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{CreateFunctionRequest, FunctionCode};

/// Refuses if any of `asked` is set.
fn refuse(asked: &[(bool, &'static str)]) -> Result<(), ApiError> {
    match asked.iter().find(|(set, _)| *set) {
        Some((_, message)) => Err(ApiError::not_implemented_member(message)),
        None => Ok(()),
    }
}

const PUBLISH_TO: &str = "publishing to $LATEST.PUBLISHED (PublishTo), which is for functions on capacity providers, is not \
                          implemented in this version of Lambent";
const IMAGES: &str = "container images (PackageType Image, ImageUri, ImageConfig) are not implemented in this version of Lambent";
const CAPACITY: &str = "capacity providers (CapacityProviderConfig, AcceleratorConfig) are not implemented in this version of Lambent";
const DURABLE: &str = "durable functions (DurableConfig) are not implemented in this version of Lambent";
const REFERENCE: &str = "leaving code in its bucket (S3ObjectStorageMode REFERENCE) is not implemented in this version of Lambent";

/// Members that only a creation has; the others are judged as [`in_settings`].
pub(super) fn in_create(request: &CreateFunctionRequest) -> Result<(), ApiError> {
    publishing_to(request.publish_to.as_deref())?;
    refuse(&[(request.package_type.as_deref() == Some("Image"), IMAGES)])
}

pub(super) fn in_settings(settings: &Settings) -> Result<(), ApiError> {
    refuse(&[
        (settings.image_config.is_some(), IMAGES),
        (settings.capacity_provider_config.is_some() || settings.accelerator_config.is_some(), CAPACITY),
        (settings.durable_config.is_some(), DURABLE),
    ])
}

pub(in crate::control) fn publishing_to(publish_to: Option<&str>) -> Result<(), ApiError> {
    refuse(&[(publish_to.is_some(), PUBLISH_TO)])
}

pub(super) fn in_code(code: &FunctionCode) -> Result<(), ApiError> {
    refuse(&[
        (code.image_uri.is_some(), IMAGES),
        (code.s3_object_storage_mode.as_deref() == Some("REFERENCE"), REFERENCE),
    ])
}
