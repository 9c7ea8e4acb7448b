//! `Layers`: from ARNs to packages, and whether the whole is small enough.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambent_domain::function::CodePackage;
use lambent_domain::layer::{FunctionLayer, LAYERS_MAX, LayerArn, LayerName};
use lambent_domain::limits::UNZIPPED_BYTES_MAX;

use super::Call;
use crate::control::blocking;
use crate::error::ApiError;

/// The layers that `arns` name now. A function keeps them, also when their versions are deleted.
pub(super) fn resolve(call: &Call<'_>, arns: &[String]) -> Result<Vec<FunctionLayer>, ApiError> {
    if arns.len() > LAYERS_MAX {
        return Err(ApiError::invalid_parameter(format!("Cannot reference more than {LAYERS_MAX} layers.")));
    }
    let mut seen = BTreeMap::new();
    let mut layers = Vec::with_capacity(arns.len());
    for arn in arns {
        let (layer, name) = resolve_one(call, arn)?;
        layers.push(layer);
        if let Some(other) = seen.insert(name, arn) {
            return Err(ApiError::invalid_parameter(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. \
                 {other} and {arn} are versions of the same layer."
            )));
        }
    }
    Ok(layers)
}

fn resolve_one(call: &Call<'_>, text: &str) -> Result<(FunctionLayer, LayerName), ApiError> {
    let missing = || ApiError::invalid_parameter(format!("Layer version {text} does not exist."));
    // The model's pattern lets AWS's own layers through, which have neither region nor account.
    let arn = LayerArn::parse(text).map_err(|_| missing())?;
    let here = &call.state.identity;
    if arn.account != here.account {
        return Err(ApiError::access_denied(format!(
            "The caller is not authorized to perform: lambda:GetLayerVersion on resource: {text} because no \
             resource-based policy allows the lambda:GetLayerVersion action"
        )));
    }
    if arn.region != here.region {
        return Err(ApiError::invalid_parameter(format!(
            "Layers are not in the same region as the function. Layers are expected to be in region {}.",
            here.region
        )));
    }
    let layer = call.state.resources.layers.find(arn.name.as_str());
    let version = layer.and_then(|layer| layer.versions.get(&arn.version?).cloned());
    let version = version.ok_or_else(missing)?;
    // In the one form, whatever the caller called the partition.
    Ok((FunctionLayer { arn: arn.to_string(), code: version.code.clone() }, arn.name))
}

/// Refuses code and layers that are too large together once they are unpacked.
pub(super) async fn check_size(
    call: &Call<'_>,
    code: &CodePackage,
    layers: &[FunctionLayer],
) -> Result<(), ApiError> {
    if layers.is_empty() {
        // The code alone was judged when it was put in place.
        return Ok(());
    }
    let packages: Vec<_> = std::iter::once(code)
        .chain(layers.iter().map(|layer| &layer.code))
        .map(|package| package.sha256)
        .collect();
    let store = Arc::clone(&call.state.code);
    let total = blocking(move || {
        packages.into_iter().try_fold(0_u64, |total, package| {
            let bytes = store.unzipped_bytes(package).map_err(ApiError::internal)?;
            Ok(total.saturating_add(bytes.unwrap_or_default()))
        })
    });
    let total = total.await?;
    if total > UNZIPPED_BYTES_MAX {
        return Err(ApiError::invalid_parameter(format!(
            "Function code combined with layers exceeds the maximum allowed size of {UNZIPPED_BYTES_MAX} bytes. The \
             actual size is {total} bytes."
        )));
    }
    Ok(())
}
