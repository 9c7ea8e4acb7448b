// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct EventSourceMappingMetricsConfig {
    #[serde(rename = "Metrics", skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Vec<String>>,
}

impl Check for EventSourceMappingMetricsConfig {
    fn check(&self, found: &mut Violations) {
        found.texts(
            "metrics",
            self.metrics.as_deref(),
            Some(&constraints::EVENT_SOURCE_MAPPING_METRIC_LIST),
            Some(&constraints::EVENT_SOURCE_MAPPING_METRIC),
        );
    }
}
