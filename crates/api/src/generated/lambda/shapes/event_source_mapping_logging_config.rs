// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct EventSourceMappingLoggingConfig {
    #[serde(rename = "SystemLogLevel", skip_serializing_if = "Option::is_none")]
    pub system_log_level: Option<String>,
}

impl Check for EventSourceMappingLoggingConfig {
    fn check(&self, found: &mut Violations) {
        found.text(
            "systemLogLevel",
            self.system_log_level.as_deref(),
            &constraints::EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL,
        );
    }
}
