// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DeleteResourcePolicyRequest {
    #[serde(skip)]
    pub resource_arn: Option<String>,
    #[serde(skip)]
    pub revision_id: Option<String>,
}

impl Check for DeleteResourcePolicyRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resourceArn", self.resource_arn.is_some());
        found.text("resourceArn", self.resource_arn.as_deref(), &constraints::POLICY_RESOURCE_ARN);
        found.text("revisionId", self.revision_id.as_deref(), &constraints::REVISION_ID);
    }
}

impl Located for DeleteResourcePolicyRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource_arn = parts.label(0);
        self.revision_id = parts.query("RevisionId");
        Ok(())
    }
}
