// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::CodeSigningConfig;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CreateCodeSigningConfigResponse {
    #[serde(rename = "CodeSigningConfig", skip_serializing_if = "Option::is_none")]
    pub code_signing_config: Option<CodeSigningConfig>,
}
