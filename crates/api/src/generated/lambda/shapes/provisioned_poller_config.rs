// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ProvisionedPollerConfig {
    #[serde(rename = "MinimumPollers", skip_serializing_if = "Option::is_none")]
    pub minimum_pollers: Option<i64>,
    #[serde(rename = "MaximumPollers", skip_serializing_if = "Option::is_none")]
    pub maximum_pollers: Option<i64>,
    #[serde(rename = "PollerGroupName", skip_serializing_if = "Option::is_none")]
    pub poller_group_name: Option<String>,
}

impl Check for ProvisionedPollerConfig {
    fn check(&self, found: &mut Violations) {
        found.whole("minimumPollers", self.minimum_pollers, &constraints::MINIMUM_NUMBER_OF_POLLERS);
        found.whole("maximumPollers", self.maximum_pollers, &constraints::MAXIMUM_NUMBER_OF_POLLERS);
        found.text(
            "pollerGroupName",
            self.poller_group_name.as_deref(),
            &constraints::PROVISIONED_POLLER_GROUP_NAME,
        );
    }
}
