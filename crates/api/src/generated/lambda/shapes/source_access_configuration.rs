// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct SourceAccessConfiguration {
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(rename = "URI", skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

impl Check for SourceAccessConfiguration {
    fn check(&self, found: &mut Violations) {
        found.text("type", self.r#type.as_deref(), &constraints::SOURCE_ACCESS_TYPE);
        found.text("uRI", self.uri.as_deref(), &constraints::URI);
    }
}
