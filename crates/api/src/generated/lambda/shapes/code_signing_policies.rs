// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CodeSigningPolicies {
    #[serde(rename = "UntrustedArtifactOnDeployment", skip_serializing_if = "Option::is_none")]
    pub untrusted_artifact_on_deployment: Option<String>,
}

impl Check for CodeSigningPolicies {
    fn check(&self, found: &mut Violations) {
        found.text(
            "untrustedArtifactOnDeployment",
            self.untrusted_artifact_on_deployment.as_deref(),
            &constraints::CODE_SIGNING_POLICY,
        );
    }
}
