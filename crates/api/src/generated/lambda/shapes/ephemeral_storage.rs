// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct EphemeralStorage {
    #[serde(rename = "Size", skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
}

impl Check for EphemeralStorage {
    fn check(&self, found: &mut Violations) {
        found.required("size", self.size.is_some());
        found.whole("size", self.size, &constraints::EPHEMERAL_STORAGE_SIZE);
    }
}
