// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::DestinationConfig;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct UpdateFunctionEventInvokeConfigRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
    #[serde(rename = "MaximumRetryAttempts", skip_serializing_if = "Option::is_none")]
    pub maximum_retry_attempts: Option<i64>,
    #[serde(rename = "MaximumEventAgeInSeconds", skip_serializing_if = "Option::is_none")]
    pub maximum_event_age_in_seconds: Option<i64>,
    #[serde(rename = "DestinationConfig", skip_serializing_if = "Option::is_none")]
    pub destination_config: Option<DestinationConfig>,
}

impl Check for UpdateFunctionEventInvokeConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.text(
            "qualifier",
            self.qualifier.as_deref(),
            &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
        );
        found.whole(
            "maximumRetryAttempts",
            self.maximum_retry_attempts,
            &constraints::MAXIMUM_RETRY_ATTEMPTS,
        );
        found.whole(
            "maximumEventAgeInSeconds",
            self.maximum_event_age_in_seconds,
            &constraints::MAXIMUM_EVENT_AGE_IN_SECONDS,
        );
        found.structure("destinationConfig", self.destination_config.as_ref());
    }
}

impl Located for UpdateFunctionEventInvokeConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
