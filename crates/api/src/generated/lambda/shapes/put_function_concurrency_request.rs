// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutFunctionConcurrencyRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(rename = "ReservedConcurrentExecutions", skip_serializing_if = "Option::is_none")]
    pub reserved_concurrent_executions: Option<i64>,
}

impl Check for PutFunctionConcurrencyRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.required("reservedConcurrentExecutions", self.reserved_concurrent_executions.is_some());
        found.whole(
            "reservedConcurrentExecutions",
            self.reserved_concurrent_executions,
            &constraints::RESERVED_CONCURRENT_EXECUTIONS,
        );
    }
}

impl Located for PutFunctionConcurrencyRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        Ok(())
    }
}
