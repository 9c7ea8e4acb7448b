//! Members that ask for something Lambent does not have yet. They are refused, never ignored.

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

const PUBLISH: &str =
    "publishing versions (Publish, PublishTo) is not implemented in this version of Lambent";
const LAYERS: &str = "layers (Layers) are not implemented in this version of Lambent";
const IMAGES: &str = "container images (PackageType Image, ImageUri, ImageConfig) are not implemented in this version of Lambent";
const SIGNING: &str = "code signing (CodeSigningConfigArn) is not implemented in this version of Lambent";
const TENANCY: &str = "tenant isolation (TenancyConfig) is not implemented in this version of Lambent";
const CAPACITY: &str = "capacity providers (CapacityProviderConfig, AcceleratorConfig) are not implemented in this version of Lambent";
const DURABLE: &str = "durable functions (DurableConfig) are not implemented in this version of Lambent";
const RUNTIME: &str = "runtime management (RuntimeConfig) is not implemented in this version of Lambent";
const S3: &str =
    "code from S3 (S3Bucket, S3Key) is not implemented in this version of Lambent: send it as ZipFile";

/// Members that only a creation has; the others are judged as [`in_settings`].
pub(super) fn in_create(request: &CreateFunctionRequest) -> Result<(), ApiError> {
    publishing(request.publish, request.publish_to.as_deref())?;
    refuse(&[
        (request.package_type.as_deref() == Some("Image"), IMAGES),
        (request.code_signing_config_arn.as_ref().is_some_and(|arn| !arn.is_empty()), SIGNING),
        (request.tenancy_config.is_some(), TENANCY),
    ])
}

pub(super) fn in_settings(settings: &Settings) -> Result<(), ApiError> {
    refuse(&[
        (settings.image_config.is_some(), IMAGES),
        (settings.layers.as_ref().is_some_and(|layers| !layers.is_empty()), LAYERS),
        (settings.capacity_provider_config.is_some() || settings.accelerator_config.is_some(), CAPACITY),
        (settings.durable_config.is_some(), DURABLE),
        (settings.runtime_config.is_some(), RUNTIME),
    ])
}

pub(super) fn publishing(publish: Option<bool>, publish_to: Option<&str>) -> Result<(), ApiError> {
    refuse(&[(publish == Some(true) || publish_to.is_some(), PUBLISH)])
}

pub(super) fn in_code(code: &FunctionCode) -> Result<(), ApiError> {
    let from_s3 = [&code.s3_bucket, &code.s3_key, &code.s3_object_version, &code.s3_object_storage_mode];
    refuse(&[(code.image_uri.is_some(), IMAGES), (from_s3.iter().any(|member| member.is_some()), S3)])
}
