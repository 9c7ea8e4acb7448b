// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::CodeSigningConfig;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListCodeSigningConfigsResponse {
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
    #[serde(rename = "CodeSigningConfigs", skip_serializing_if = "Option::is_none")]
    pub code_signing_configs: Option<Vec<CodeSigningConfig>>,
}
