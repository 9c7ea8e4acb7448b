// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct FunctionRuntimeConfig {
    #[serde(rename = "RuntimeArn", skip_serializing_if = "Option::is_none")]
    pub runtime_arn: Option<String>,
    #[serde(rename = "RuntimeAlias", skip_serializing_if = "Option::is_none")]
    pub runtime_alias: Option<String>,
}

impl Check for FunctionRuntimeConfig {
    fn check(&self, found: &mut Violations) {
        found.required("runtimeArn", self.runtime_arn.is_some());
        found.text("runtimeArn", self.runtime_arn.as_deref(), &constraints::FUNCTION_RUNTIME_ARN);
        found.required("runtimeAlias", self.runtime_alias.is_some());
        found.text("runtimeAlias", self.runtime_alias.as_deref(), &constraints::FUNCTION_RUNTIME_ALIAS);
    }
}
