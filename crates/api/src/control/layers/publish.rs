//! PublishLayerVersion.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;
use lambent_domain::layer::{Layer, LayerName, LayerVersion};
use lambent_store::resources::ChangeError;

use super::{Call, content, created, functions, name};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    FunctionCode, LayerVersionContentInput, PublishLayerVersionRequest, PublishLayerVersionResponse,
};
use crate::response::{self, Answer};

/// How often a publication is tried again because a layer of its name came or went meanwhile.
const TRIES_MAX: usize = 5;

pub(crate) async fn publish(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut request: PublishLayerVersionRequest = call.request_with_code().await?;
    let name = name(call, request.layer_name.as_deref())?;
    let code = code_of(request.content.take().unwrap_or_default());
    let stored = functions::store_code(call, code).await?;
    let version = LayerVersion {
        number: 0,
        code: stored.package.clone(),
        description: request.description.unwrap_or_default(),
        compatible_runtimes: request.compatible_runtimes,
        compatible_architectures: request.compatible_architectures,
        license_info: request.license_info,
        created: call.state.clock.now(),
    };
    let published = add(call, &name, &version).await?;
    let identity = &call.state.identity;
    let answer = PublishLayerVersionResponse {
        content: Some(content(call, &published)),
        layer_arn: Some(identity.layer_arn(name.clone(), None).to_string()),
        layer_version_arn: Some(identity.layer_arn(name, Some(published.number)).to_string()),
        description: Some(published.description.clone()),
        created_date: created(&published)?,
        version: i64::try_from(published.number).ok(),
        compatible_runtimes: published.compatible_runtimes.clone(),
        compatible_architectures: published.compatible_architectures.clone(),
        license_info: published.license_info.clone(),
    };
    response::json(StatusCode::CREATED, &answer)
}

/// The next version of a layer; the first makes the layer.
async fn add(
    call: &Call<'_>,
    name: &LayerName,
    version: &LayerVersion,
) -> Result<Arc<LayerVersion>, ApiError> {
    let layers = &*call.state.resources.layers;
    let next = |layer: &mut Layer| {
        let number = layer.last_version.saturating_add(1);
        let version = Arc::new(LayerVersion { number, ..version.clone() });
        layer.last_version = number;
        layer.versions.insert(number, Arc::clone(&version));
        Ok(version)
    };
    for _ in 0..TRIES_MAX {
        if layers.find(name.as_str()).is_some() {
            return change::resource(layers, name.as_str(), super::not_found, next)
                .await
                .map(|(_, version)| version);
        }
        let mut layer = Layer {
            name: name.clone(),
            generation: 0,
            versions: BTreeMap::new(),
            last_version: 0,
            policies: BTreeMap::new(),
        };
        let version = next(&mut layer)?;
        match layers.create(layer).await {
            Ok(_) => return Ok(version),
            Err(ChangeError::AlreadyExists) => {}
            Err(ChangeError::Storage(error)) => return Err(error.into()),
            Err(error @ (ChangeError::NotFound | ChangeError::Conflict)) => {
                return Err(ApiError::internal(error));
            }
        }
    }
    Err(ApiError::conflict(format!(
        "The operation cannot be performed at this time. An update is in progress for resource: {name}"
    )))
}

fn code_of(content: LayerVersionContentInput) -> FunctionCode {
    FunctionCode {
        zip_file: content.zip_file,
        s3_bucket: content.s3_bucket,
        s3_key: content.s3_key,
        s3_object_version: content.s3_object_version,
        ..FunctionCode::default()
    }
}
