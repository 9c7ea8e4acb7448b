// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::{AllowedPublishers, CodeSigningPolicies};
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct UpdateCodeSigningConfigRequest {
    #[serde(skip)]
    pub code_signing_config_arn: Option<String>,
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "AllowedPublishers", skip_serializing_if = "Option::is_none")]
    pub allowed_publishers: Option<AllowedPublishers>,
    #[serde(rename = "CodeSigningPolicies", skip_serializing_if = "Option::is_none")]
    pub code_signing_policies: Option<CodeSigningPolicies>,
}

impl Check for UpdateCodeSigningConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("codeSigningConfigArn", self.code_signing_config_arn.is_some());
        found.text(
            "codeSigningConfigArn",
            self.code_signing_config_arn.as_deref(),
            &constraints::CODE_SIGNING_CONFIG_ARN,
        );
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.structure("allowedPublishers", self.allowed_publishers.as_ref());
        found.structure("codeSigningPolicies", self.code_signing_policies.as_ref());
    }
}

impl Located for UpdateCodeSigningConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.code_signing_config_arn = parts.label(0);
        Ok(())
    }
}
