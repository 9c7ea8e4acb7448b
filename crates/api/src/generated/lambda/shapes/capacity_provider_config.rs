// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::LambdaManagedInstancesCapacityProviderConfig;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CapacityProviderConfig {
    #[serde(
        rename = "LambdaManagedInstancesCapacityProviderConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub lambda_managed_instances_capacity_provider_config:
        Option<LambdaManagedInstancesCapacityProviderConfig>,
}

impl Check for CapacityProviderConfig {
    fn check(&self, found: &mut Violations) {
        found.required(
            "lambdaManagedInstancesCapacityProviderConfig",
            self.lambda_managed_instances_capacity_provider_config.is_some(),
        );
        found.structure(
            "lambdaManagedInstancesCapacityProviderConfig",
            self.lambda_managed_instances_capacity_provider_config.as_ref(),
        );
    }
}
