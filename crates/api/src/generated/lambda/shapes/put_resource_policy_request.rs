// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutResourcePolicyRequest {
    #[serde(skip)]
    pub resource_arn: Option<String>,
    #[serde(rename = "Policy", skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(rename = "RevisionId", skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<String>,
}

impl Check for PutResourcePolicyRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resourceArn", self.resource_arn.is_some());
        found.text("resourceArn", self.resource_arn.as_deref(), &constraints::POLICY_RESOURCE_ARN);
        found.required("policy", self.policy.is_some());
        found.text("policy", self.policy.as_deref(), &constraints::RESOURCE_POLICY);
        found.text("revisionId", self.revision_id.as_deref(), &constraints::REVISION_ID);
    }
}

impl Located for PutResourcePolicyRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource_arn = parts.label(0);
        Ok(())
    }
}
