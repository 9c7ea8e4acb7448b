//! Layers: published, read, listed and deleted, version by version.

mod delete;
mod get;
mod list;
mod publish;

pub(crate) use delete::delete_version;
pub(crate) use get::{get_version, get_version_by_arn};
pub(crate) use list::{list, list_versions};
pub(crate) use publish::publish;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambent_domain::layer::{LayerArn, LayerName, LayerVersion};

use super::{Call, date, functions};
use crate::error::ApiError;
use crate::generated::lambda::shapes::LayerVersionContentOutput;
use crate::naming::Identity;

impl Identity {
    /// The ARN of a layer that lives here, or of one of its versions.
    pub(crate) fn layer_arn(&self, name: LayerName, version: Option<u64>) -> LayerArn {
        LayerArn { region: self.region.clone(), account: self.account.clone(), name, version }
    }
}

/// The layer that a `LayerName` means: its name, or its ARN.
pub(super) fn name(call: &Call<'_>, text: Option<&str>) -> Result<LayerName, ApiError> {
    let text = text.unwrap_or_default();
    if let Ok(arn) = LayerArn::parse(text) {
        return local(call, arn).map(|arn| arn.name);
    }
    // The model's pattern has let it pass: what is neither is an ARN of nowhere.
    LayerName::new(text).map_err(|_| not_found())
}

/// An ARN that names a layer of this server. There are none of other regions, and of other accounts nobody is told
/// whether there are any.
pub(super) fn local(call: &Call<'_>, arn: LayerArn) -> Result<LayerArn, ApiError> {
    let here = &call.state.identity;
    if arn.account != here.account {
        return Err(ApiError::access_denied("Layers of other accounts are not reachable."));
    }
    if arn.region == here.region { Ok(arn) } else { Err(not_found()) }
}

/// One version of a layer.
pub(super) fn version(call: &Call<'_>, name: &LayerName, number: u64) -> Result<Arc<LayerVersion>, ApiError> {
    let layer = call.state.resources.layers.find(name.as_str()).ok_or_else(not_found)?;
    layer.versions.get(&number).map(Arc::clone).ok_or_else(not_found)
}

/// Versions are counted from 1.
pub(super) fn number_of(number: Option<i64>) -> Result<u64, ApiError> {
    let number = number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    number.ok_or_else(too_low)
}

fn too_low() -> ApiError {
    ApiError::invalid_parameter("Layer Version Cannot be less than 1")
}

pub(super) fn not_found() -> ApiError {
    ApiError::not_found("The resource you requested does not exist.")
}

fn content(call: &Call<'_>, version: &LayerVersion) -> LayerVersionContentOutput {
    LayerVersionContentOutput {
        location: Some(functions::location(call, version.code.sha256)),
        code_sha256: Some(STANDARD.encode(version.code.sha256.as_bytes())),
        code_size: i64::try_from(version.code.zip_bytes).ok(),
        ..LayerVersionContentOutput::default()
    }
}

fn created(version: &LayerVersion) -> Result<Option<String>, ApiError> {
    date::text(version.created).map(Some)
}
