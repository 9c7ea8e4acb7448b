// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DurableConfig {
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    #[serde(rename = "RetentionPeriodInDays", skip_serializing_if = "Option::is_none")]
    pub retention_period_in_days: Option<i64>,
    #[serde(rename = "ExecutionTimeout", skip_serializing_if = "Option::is_none")]
    pub execution_timeout: Option<i64>,
}

impl Check for DurableConfig {
    fn check(&self, found: &mut Violations) {
        found.text("kMSKeyArn", self.kms_key_arn.as_deref(), &constraints::KMS_KEY_ARN);
        found.whole(
            "retentionPeriodInDays",
            self.retention_period_in_days,
            &constraints::RETENTION_PERIOD_IN_DAYS,
        );
        found.whole("executionTimeout", self.execution_timeout, &constraints::EXECUTION_TIMEOUT);
    }
}
