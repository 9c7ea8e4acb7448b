// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::{
    AmazonManagedKafkaEventSourceConfig, DestinationConfig, DocumentDBEventSourceConfig,
    EventSourceMappingLoggingConfig, EventSourceMappingMetricsConfig, FilterCriteria,
    ProvisionedPollerConfig, ScalingConfig, SelfManagedKafkaEventSourceConfig, SourceAccessConfiguration,
};
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct UpdateEventSourceMappingRequest {
    #[serde(skip)]
    pub uuid: Option<String>,
    #[serde(rename = "FunctionName", skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    #[serde(rename = "Enabled", skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(rename = "BatchSize", skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<i64>,
    #[serde(rename = "FilterCriteria", skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    #[serde(rename = "MetricsConfig", skip_serializing_if = "Option::is_none")]
    pub metrics_config: Option<EventSourceMappingMetricsConfig>,
    #[serde(rename = "LoggingConfig", skip_serializing_if = "Option::is_none")]
    pub logging_config: Option<EventSourceMappingLoggingConfig>,
    #[serde(rename = "ScalingConfig", skip_serializing_if = "Option::is_none")]
    pub scaling_config: Option<ScalingConfig>,
    #[serde(rename = "MaximumBatchingWindowInSeconds", skip_serializing_if = "Option::is_none")]
    pub maximum_batching_window_in_seconds: Option<i64>,
    #[serde(rename = "ParallelizationFactor", skip_serializing_if = "Option::is_none")]
    pub parallelization_factor: Option<i64>,
    #[serde(rename = "DestinationConfig", skip_serializing_if = "Option::is_none")]
    pub destination_config: Option<DestinationConfig>,
    #[serde(rename = "MaximumRecordAgeInSeconds", skip_serializing_if = "Option::is_none")]
    pub maximum_record_age_in_seconds: Option<i64>,
    #[serde(rename = "BisectBatchOnFunctionError", skip_serializing_if = "Option::is_none")]
    pub bisect_batch_on_function_error: Option<bool>,
    #[serde(rename = "MaximumRetryAttempts", skip_serializing_if = "Option::is_none")]
    pub maximum_retry_attempts: Option<i64>,
    #[serde(rename = "TumblingWindowInSeconds", skip_serializing_if = "Option::is_none")]
    pub tumbling_window_in_seconds: Option<i64>,
    #[serde(rename = "SourceAccessConfigurations", skip_serializing_if = "Option::is_none")]
    pub source_access_configurations: Option<Vec<SourceAccessConfiguration>>,
    #[serde(rename = "FunctionResponseTypes", skip_serializing_if = "Option::is_none")]
    pub function_response_types: Option<Vec<String>>,
    #[serde(rename = "AmazonManagedKafkaEventSourceConfig", skip_serializing_if = "Option::is_none")]
    pub amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig>,
    #[serde(rename = "SelfManagedKafkaEventSourceConfig", skip_serializing_if = "Option::is_none")]
    pub self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig>,
    #[serde(rename = "DocumentDBEventSourceConfig", skip_serializing_if = "Option::is_none")]
    pub document_db_event_source_config: Option<DocumentDBEventSourceConfig>,
    #[serde(rename = "ProvisionedPollerConfig", skip_serializing_if = "Option::is_none")]
    pub provisioned_poller_config: Option<ProvisionedPollerConfig>,
}

impl Check for UpdateEventSourceMappingRequest {
    fn check(&self, found: &mut Violations) {
        found.required("uUID", self.uuid.is_some());
        found.text("uUID", self.uuid.as_deref(), &constraints::UUID_STRING);
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.whole("batchSize", self.batch_size, &constraints::BATCH_SIZE);
        found.structure("filterCriteria", self.filter_criteria.as_ref());
        found.text("kMSKeyArn", self.kms_key_arn.as_deref(), &constraints::KMS_KEY_ARN);
        found.structure("metricsConfig", self.metrics_config.as_ref());
        found.structure("loggingConfig", self.logging_config.as_ref());
        found.structure("scalingConfig", self.scaling_config.as_ref());
        found.whole(
            "maximumBatchingWindowInSeconds",
            self.maximum_batching_window_in_seconds,
            &constraints::MAXIMUM_BATCHING_WINDOW_IN_SECONDS,
        );
        found.whole(
            "parallelizationFactor",
            self.parallelization_factor,
            &constraints::PARALLELIZATION_FACTOR,
        );
        found.structure("destinationConfig", self.destination_config.as_ref());
        found.whole(
            "maximumRecordAgeInSeconds",
            self.maximum_record_age_in_seconds,
            &constraints::MAXIMUM_RECORD_AGE_IN_SECONDS,
        );
        found.whole(
            "maximumRetryAttempts",
            self.maximum_retry_attempts,
            &constraints::MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING,
        );
        found.whole(
            "tumblingWindowInSeconds",
            self.tumbling_window_in_seconds,
            &constraints::TUMBLING_WINDOW_IN_SECONDS,
        );
        found.structures(
            "sourceAccessConfigurations",
            self.source_access_configurations.as_deref(),
            Some(&constraints::SOURCE_ACCESS_CONFIGURATIONS),
        );
        found.texts(
            "functionResponseTypes",
            self.function_response_types.as_deref(),
            Some(&constraints::FUNCTION_RESPONSE_TYPE_LIST),
            Some(&constraints::FUNCTION_RESPONSE_TYPE),
        );
        found.structure(
            "amazonManagedKafkaEventSourceConfig",
            self.amazon_managed_kafka_event_source_config.as_ref(),
        );
        found.structure(
            "selfManagedKafkaEventSourceConfig",
            self.self_managed_kafka_event_source_config.as_ref(),
        );
        found.structure("documentDBEventSourceConfig", self.document_db_event_source_config.as_ref());
        found.structure("provisionedPollerConfig", self.provisioned_poller_config.as_ref());
    }
}

impl Located for UpdateEventSourceMappingRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.uuid = parts.label(0);
        Ok(())
    }
}
