// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use super::{AllowedPublishers, CodeSigningPolicies};
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CreateCodeSigningConfigRequest {
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "AllowedPublishers", skip_serializing_if = "Option::is_none")]
    pub allowed_publishers: Option<AllowedPublishers>,
    #[serde(rename = "CodeSigningPolicies", skip_serializing_if = "Option::is_none")]
    pub code_signing_policies: Option<CodeSigningPolicies>,
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

impl Check for CreateCodeSigningConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.required("allowedPublishers", self.allowed_publishers.is_some());
        found.structure("allowedPublishers", self.allowed_publishers.as_ref());
        found.structure("codeSigningPolicies", self.code_signing_policies.as_ref());
        found.map(
            "tags",
            self.tags.as_ref(),
            None,
            (Some(&constraints::TAG_KEY), Some(&constraints::TAG_VALUE)),
            false,
        );
    }
}

impl Located for CreateCodeSigningConfigRequest {
    fn locate(&mut self, _parts: &Parts<'_>) -> Result<(), Malformed> {
        Ok(())
    }
}
