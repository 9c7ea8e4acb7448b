// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::KafkaSchemaRegistryConfig;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AmazonManagedKafkaEventSourceConfig {
    #[serde(rename = "ConsumerGroupId", skip_serializing_if = "Option::is_none")]
    pub consumer_group_id: Option<String>,
    #[serde(rename = "SchemaRegistryConfig", skip_serializing_if = "Option::is_none")]
    pub schema_registry_config: Option<KafkaSchemaRegistryConfig>,
}

impl Check for AmazonManagedKafkaEventSourceConfig {
    fn check(&self, found: &mut Violations) {
        found.text("consumerGroupId", self.consumer_group_id.as_deref(), &constraints::URI);
        found.structure("schemaRegistryConfig", self.schema_registry_config.as_ref());
    }
}
