// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetFunctionRecursionConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
}

impl Check for GetFunctionRecursionConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::UNQUALIFIED_FUNCTION_NAME);
    }
}

impl Located for GetFunctionRecursionConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        Ok(())
    }
}
