// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutProvisionedConcurrencyConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
    #[serde(rename = "ProvisionedConcurrentExecutions", skip_serializing_if = "Option::is_none")]
    pub provisioned_concurrent_executions: Option<i64>,
}

impl Check for PutProvisionedConcurrencyConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.required("qualifier", self.qualifier.is_some());
        found.text("qualifier", self.qualifier.as_deref(), &constraints::QUALIFIER);
        found.required("provisionedConcurrentExecutions", self.provisioned_concurrent_executions.is_some());
        found.whole(
            "provisionedConcurrentExecutions",
            self.provisioned_concurrent_executions,
            &constraints::POSITIVE_INTEGER,
        );
    }
}

impl Located for PutProvisionedConcurrencyConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
