// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct TenancyConfig {
    #[serde(rename = "TenantIsolationMode", skip_serializing_if = "Option::is_none")]
    pub tenant_isolation_mode: Option<String>,
}

impl Check for TenancyConfig {
    fn check(&self, found: &mut Violations) {
        found.required("tenantIsolationMode", self.tenant_isolation_mode.is_some());
        found.text(
            "tenantIsolationMode",
            self.tenant_isolation_mode.as_deref(),
            &constraints::TENANT_ISOLATION_MODE,
        );
    }
}
