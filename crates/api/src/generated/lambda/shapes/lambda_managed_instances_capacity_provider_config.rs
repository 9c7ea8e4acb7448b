// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct LambdaManagedInstancesCapacityProviderConfig {
    #[serde(rename = "CapacityProviderArn", skip_serializing_if = "Option::is_none")]
    pub capacity_provider_arn: Option<String>,
    #[serde(rename = "PerExecutionEnvironmentMaxConcurrency", skip_serializing_if = "Option::is_none")]
    pub per_execution_environment_max_concurrency: Option<i64>,
    #[serde(rename = "ExecutionEnvironmentMemoryGiBPerVCpu", skip_serializing_if = "Option::is_none")]
    pub execution_environment_memory_gi_b_per_v_cpu: Option<f64>,
}

impl Check for LambdaManagedInstancesCapacityProviderConfig {
    fn check(&self, found: &mut Violations) {
        found.required("capacityProviderArn", self.capacity_provider_arn.is_some());
        found.text(
            "capacityProviderArn",
            self.capacity_provider_arn.as_deref(),
            &constraints::CAPACITY_PROVIDER_ARN,
        );
        found.whole(
            "perExecutionEnvironmentMaxConcurrency",
            self.per_execution_environment_max_concurrency,
            &constraints::PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY,
        );
        found.real(
            "executionEnvironmentMemoryGiBPerVCpu",
            self.execution_environment_memory_gi_b_per_v_cpu,
            &constraints::EXECUTION_ENVIRONMENT_MEMORY_GI_B_PER_V_CPU,
        );
    }
}
