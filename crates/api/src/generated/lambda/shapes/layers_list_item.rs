// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::LayerVersionsListItem;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct LayersListItem {
    #[serde(rename = "LayerName", skip_serializing_if = "Option::is_none")]
    pub layer_name: Option<String>,
    #[serde(rename = "LayerArn", skip_serializing_if = "Option::is_none")]
    pub layer_arn: Option<String>,
    #[serde(rename = "LatestMatchingVersion", skip_serializing_if = "Option::is_none")]
    pub latest_matching_version: Option<LayerVersionsListItem>,
}
