// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::Cors;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CreateFunctionUrlConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
    #[serde(rename = "AuthType", skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
    #[serde(rename = "Cors", skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    #[serde(rename = "InvokeMode", skip_serializing_if = "Option::is_none")]
    pub invoke_mode: Option<String>,
}

impl Check for CreateFunctionUrlConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_URL_FUNCTION_NAME);
        found.text("qualifier", self.qualifier.as_deref(), &constraints::FUNCTION_URL_QUALIFIER);
        found.required("authType", self.auth_type.is_some());
        found.text("authType", self.auth_type.as_deref(), &constraints::FUNCTION_URL_AUTH_TYPE);
        found.structure("cors", self.cors.as_ref());
        found.text("invokeMode", self.invoke_mode.as_deref(), &constraints::INVOKE_MODE);
    }
}

impl Located for CreateFunctionUrlConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
