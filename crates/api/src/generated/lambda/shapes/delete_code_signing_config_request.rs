// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DeleteCodeSigningConfigRequest {
    #[serde(skip)]
    pub code_signing_config_arn: Option<String>,
}

impl Check for DeleteCodeSigningConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("codeSigningConfigArn", self.code_signing_config_arn.is_some());
        found.text(
            "codeSigningConfigArn",
            self.code_signing_config_arn.as_deref(),
            &constraints::CODE_SIGNING_CONFIG_ARN,
        );
    }
}

impl Located for DeleteCodeSigningConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.code_signing_config_arn = parts.label(0);
        Ok(())
    }
}
