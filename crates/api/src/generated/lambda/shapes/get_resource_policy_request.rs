// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetResourcePolicyRequest {
    #[serde(skip)]
    pub resource_arn: Option<String>,
}

impl Check for GetResourcePolicyRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resourceArn", self.resource_arn.is_some());
        found.text("resourceArn", self.resource_arn.as_deref(), &constraints::POLICY_RESOURCE_ARN);
    }
}

impl Located for GetResourcePolicyRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource_arn = parts.label(0);
        Ok(())
    }
}
