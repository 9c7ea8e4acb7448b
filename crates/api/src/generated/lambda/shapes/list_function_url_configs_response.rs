// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::FunctionUrlConfig;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListFunctionUrlConfigsResponse {
    #[serde(rename = "FunctionUrlConfigs", skip_serializing_if = "Option::is_none")]
    pub function_url_configs: Option<Vec<FunctionUrlConfig>>,
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
}
