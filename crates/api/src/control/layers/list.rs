//! ListLayers and ListLayerVersions: by name, and newest first.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use lambent_domain::layer::{Layer, LayerVersion};

use super::{Call, created, name};
use crate::control::paging::{PAGE_MAX, Page};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    LayerVersionsListItem, LayersListItem, ListLayerVersionsRequest, ListLayerVersionsResponse,
    ListLayersRequest, ListLayersResponse,
};
use crate::response::{self, Answer};

/// A version's number, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Newest(u64);

impl Ord for Newest {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

impl PartialOrd for Newest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Newest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// What a version must say of itself to be listed.
#[derive(Debug)]
struct Filter {
    runtime: Option<String>,
    architecture: Option<String>,
}

impl Filter {
    fn takes(&self, version: &LayerVersion) -> bool {
        let has = |wanted: &Option<String>, list: &Option<Vec<String>>| {
            wanted.as_ref().is_none_or(|wanted| list.iter().flatten().any(|listed| listed == wanted))
        };
        has(&self.runtime, &version.compatible_runtimes)
            && has(&self.architecture, &version.compatible_architectures)
    }
}

/// Each layer with the newest version that fits; layers without one are left out.
pub(crate) fn list(call: &Call<'_>, request: ListLayersRequest) -> Result<Answer, ApiError> {
    let filter =
        Filter { runtime: request.compatible_runtime, architecture: request.compatible_architecture };
    let page =
        Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |key| Some(key.to_owned()))?;
    let all = call.state.resources.layers.list(page.after().map(String::as_str), usize::MAX);
    let fitting = all.iter().filter_map(|layer| {
        let newest = layer.versions.values().rev().find(|version| filter.takes(version))?;
        Some((layer, Arc::clone(newest)))
    });
    let (shown, next_marker) = page.cut(fitting, |(layer, _)| layer.name.to_string());
    let items = shown.into_iter().map(|(layer, newest)| {
        Ok(LayersListItem {
            layer_name: Some(layer.name.to_string()),
            layer_arn: Some(call.state.identity.layer_arn(layer.name.clone(), None).to_string()),
            latest_matching_version: Some(item(call, layer, &newest)?),
        })
    });
    let layers = Some(items.collect::<Result<_, ApiError>>()?);
    response::json(StatusCode::OK, &ListLayersResponse { next_marker, layers })
}

/// A layer that is not there has no versions; that is no error.
pub(crate) fn list_versions(call: &Call<'_>, request: ListLayerVersionsRequest) -> Result<Answer, ApiError> {
    let filter =
        Filter { runtime: request.compatible_runtime, architecture: request.compatible_architecture };
    let name = name(call, request.layer_name.as_deref())?;
    let newest = |key: &str| key.parse().ok().map(Newest);
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, newest)?;
    let layer = call.state.resources.layers.find(name.as_str());
    let versions =
        layer.iter().flat_map(|layer| layer.versions.values().rev().map(move |version| (layer, version)));
    let fitting = versions.filter(|(_, version)| filter.takes(version));
    let (shown, next_marker) = page.cut(fitting, |(_, version)| Newest(version.number));
    let items = shown.into_iter().map(|(layer, version)| item(call, layer, version));
    let layer_versions = Some(items.collect::<Result<_, ApiError>>()?);
    response::json(StatusCode::OK, &ListLayerVersionsResponse { next_marker, layer_versions })
}

fn item(call: &Call<'_>, layer: &Layer, version: &LayerVersion) -> Result<LayerVersionsListItem, ApiError> {
    let arn = call.state.identity.layer_arn(layer.name.clone(), Some(version.number));
    Ok(LayerVersionsListItem {
        layer_version_arn: Some(arn.to_string()),
        version: i64::try_from(version.number).ok(),
        description: Some(version.description.clone()),
        created_date: created(version)?,
        compatible_runtimes: version.compatible_runtimes.clone(),
        compatible_architectures: version.compatible_architectures.clone(),
        license_info: version.license_info.clone(),
    })
}
