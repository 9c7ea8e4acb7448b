// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetRuntimeManagementConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
}

impl Check for GetRuntimeManagementConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.text(
            "qualifier",
            self.qualifier.as_deref(),
            &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
        );
    }
}

impl Located for GetRuntimeManagementConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
