// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetEventSourceMappingRequest {
    #[serde(skip)]
    pub uuid: Option<String>,
}

impl Check for GetEventSourceMappingRequest {
    fn check(&self, found: &mut Violations) {
        found.required("uUID", self.uuid.is_some());
        found.text("uUID", self.uuid.as_deref(), &constraints::UUID_STRING);
    }
}

impl Located for GetEventSourceMappingRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.uuid = parts.label(0);
        Ok(())
    }
}
