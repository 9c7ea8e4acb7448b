// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::ProvisionedConcurrencyConfigListItem;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListProvisionedConcurrencyConfigsResponse {
    #[serde(rename = "ProvisionedConcurrencyConfigs", skip_serializing_if = "Option::is_none")]
    pub provisioned_concurrency_configs: Option<Vec<ProvisionedConcurrencyConfigListItem>>,
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
}
