// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetProvisionedConcurrencyConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
}

impl Check for GetProvisionedConcurrencyConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.required("qualifier", self.qualifier.is_some());
        found.text("qualifier", self.qualifier.as_deref(), &constraints::QUALIFIER);
    }
}

impl Located for GetProvisionedConcurrencyConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
