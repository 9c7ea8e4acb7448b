// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct LoggingConfig {
    #[serde(rename = "LogFormat", skip_serializing_if = "Option::is_none")]
    pub log_format: Option<String>,
    #[serde(rename = "ApplicationLogLevel", skip_serializing_if = "Option::is_none")]
    pub application_log_level: Option<String>,
    #[serde(rename = "SystemLogLevel", skip_serializing_if = "Option::is_none")]
    pub system_log_level: Option<String>,
    #[serde(rename = "LogGroup", skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
}

impl Check for LoggingConfig {
    fn check(&self, found: &mut Violations) {
        found.text("logFormat", self.log_format.as_deref(), &constraints::LOG_FORMAT);
        found.text(
            "applicationLogLevel",
            self.application_log_level.as_deref(),
            &constraints::APPLICATION_LOG_LEVEL,
        );
        found.text("systemLogLevel", self.system_log_level.as_deref(), &constraints::SYSTEM_LOG_LEVEL);
        found.text("logGroup", self.log_group.as_deref(), &constraints::LOG_GROUP);
    }
}
