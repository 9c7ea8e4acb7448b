// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ScalingConfig {
    #[serde(rename = "MaximumConcurrency", skip_serializing_if = "Option::is_none")]
    pub maximum_concurrency: Option<i64>,
}

impl Check for ScalingConfig {
    fn check(&self, found: &mut Violations) {
        found.whole("maximumConcurrency", self.maximum_concurrency, &constraints::MAXIMUM_CONCURRENCY);
    }
}
