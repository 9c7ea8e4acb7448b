// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AcceleratorConfig {
    #[serde(rename = "AcceleratorMemorySize", skip_serializing_if = "Option::is_none")]
    pub accelerator_memory_size: Option<i64>,
}

impl Check for AcceleratorConfig {
    fn check(&self, found: &mut Violations) {
        found.required("acceleratorMemorySize", self.accelerator_memory_size.is_some());
    }
}
