// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutRuntimeManagementConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
    #[serde(rename = "UpdateRuntimeOn", skip_serializing_if = "Option::is_none")]
    pub update_runtime_on: Option<String>,
    #[serde(rename = "RuntimeVersionArn", skip_serializing_if = "Option::is_none")]
    pub runtime_version_arn: Option<String>,
}

impl Check for PutRuntimeManagementConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.text(
            "qualifier",
            self.qualifier.as_deref(),
            &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
        );
        found.required("updateRuntimeOn", self.update_runtime_on.is_some());
        found.text("updateRuntimeOn", self.update_runtime_on.as_deref(), &constraints::UPDATE_RUNTIME_ON);
        found.text(
            "runtimeVersionArn",
            self.runtime_version_arn.as_deref(),
            &constraints::RUNTIME_VERSION_ARN,
        );
    }
}

impl Located for PutRuntimeManagementConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
