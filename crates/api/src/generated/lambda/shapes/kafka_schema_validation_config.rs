// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct KafkaSchemaValidationConfig {
    #[serde(rename = "Attribute", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
}

impl Check for KafkaSchemaValidationConfig {
    fn check(&self, found: &mut Violations) {
        found.text("attribute", self.attribute.as_deref(), &constraints::KAFKA_SCHEMA_VALIDATION_ATTRIBUTE);
    }
}
