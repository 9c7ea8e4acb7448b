// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DeadLetterConfig {
    #[serde(rename = "TargetArn", skip_serializing_if = "Option::is_none")]
    pub target_arn: Option<String>,
}

impl Check for DeadLetterConfig {
    fn check(&self, found: &mut Violations) {
        found.text("targetArn", self.target_arn.as_deref(), &constraints::RESOURCE_ARN);
    }
}
