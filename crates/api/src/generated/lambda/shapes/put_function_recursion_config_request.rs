// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PutFunctionRecursionConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(rename = "RecursiveLoop", skip_serializing_if = "Option::is_none")]
    pub recursive_loop: Option<String>,
}

impl Check for PutFunctionRecursionConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::UNQUALIFIED_FUNCTION_NAME);
        found.required("recursiveLoop", self.recursive_loop.is_some());
        found.text("recursiveLoop", self.recursive_loop.as_deref(), &constraints::RECURSIVE_LOOP);
    }
}

impl Located for PutFunctionRecursionConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        Ok(())
    }
}
