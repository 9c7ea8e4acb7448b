// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListFunctionsByCodeSigningConfigResponse {
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
    #[serde(rename = "FunctionArns", skip_serializing_if = "Option::is_none")]
    pub function_arns: Option<Vec<String>>,
}
