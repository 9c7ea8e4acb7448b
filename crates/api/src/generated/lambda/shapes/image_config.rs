// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ImageConfig {
    #[serde(rename = "EntryPoint", skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<Vec<String>>,
    #[serde(rename = "Command", skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    #[serde(rename = "WorkingDirectory", skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

impl Check for ImageConfig {
    fn check(&self, found: &mut Violations) {
        found.texts("entryPoint", self.entry_point.as_deref(), Some(&constraints::STRING_LIST), None);
        found.texts("command", self.command.as_deref(), Some(&constraints::STRING_LIST), None);
        found.text("workingDirectory", self.working_directory.as_deref(), &constraints::WORKING_DIRECTORY);
    }
}
