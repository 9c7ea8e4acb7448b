// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct TracingConfig {
    #[serde(rename = "Mode", skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

impl Check for TracingConfig {
    fn check(&self, found: &mut Violations) {
        found.text("mode", self.mode.as_deref(), &constraints::TRACING_MODE);
    }
}
