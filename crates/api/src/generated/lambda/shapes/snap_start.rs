// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct SnapStart {
    #[serde(rename = "ApplyOn", skip_serializing_if = "Option::is_none")]
    pub apply_on: Option<String>,
}

impl Check for SnapStart {
    fn check(&self, found: &mut Violations) {
        found.text("applyOn", self.apply_on.as_deref(), &constraints::SNAP_START_APPLY_ON);
    }
}
