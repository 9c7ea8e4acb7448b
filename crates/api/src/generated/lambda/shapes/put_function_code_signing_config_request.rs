// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutFunctionCodeSigningConfigRequest {
    #[serde(rename = "CodeSigningConfigArn", skip_serializing_if = "Option::is_none")]
    pub code_signing_config_arn: Option<String>,
    #[serde(skip)]
    pub function_name: Option<String>,
}

impl Check for PutFunctionCodeSigningConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("codeSigningConfigArn", self.code_signing_config_arn.is_some());
        found.text(
            "codeSigningConfigArn",
            self.code_signing_config_arn.as_deref(),
            &constraints::CODE_SIGNING_CONFIG_ARN,
        );
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
    }
}

impl Located for PutFunctionCodeSigningConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        Ok(())
    }
}
