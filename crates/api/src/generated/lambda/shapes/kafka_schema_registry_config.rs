// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::{KafkaSchemaRegistryAccessConfig, KafkaSchemaValidationConfig};
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct KafkaSchemaRegistryConfig {
    #[serde(rename = "SchemaRegistryURI", skip_serializing_if = "Option::is_none")]
    pub schema_registry_uri: Option<String>,
    #[serde(rename = "EventRecordFormat", skip_serializing_if = "Option::is_none")]
    pub event_record_format: Option<String>,
    #[serde(rename = "AccessConfigs", skip_serializing_if = "Option::is_none")]
    pub access_configs: Option<Vec<KafkaSchemaRegistryAccessConfig>>,
    #[serde(rename = "SchemaValidationConfigs", skip_serializing_if = "Option::is_none")]
    pub schema_validation_configs: Option<Vec<KafkaSchemaValidationConfig>>,
}

impl Check for KafkaSchemaRegistryConfig {
    fn check(&self, found: &mut Violations) {
        found.text(
            "schemaRegistryURI",
            self.schema_registry_uri.as_deref(),
            &constraints::SCHEMA_REGISTRY_URI,
        );
        found.text(
            "eventRecordFormat",
            self.event_record_format.as_deref(),
            &constraints::SCHEMA_REGISTRY_EVENT_RECORD_FORMAT,
        );
        found.structures("accessConfigs", self.access_configs.as_deref(), None);
        found.structures("schemaValidationConfigs", self.schema_validation_configs.as_deref(), None);
    }
}
