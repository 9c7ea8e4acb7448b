// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct SelfManagedEventSource {
    #[serde(rename = "Endpoints", skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<BTreeMap<String, Vec<String>>>,
}

impl Check for SelfManagedEventSource {
    fn check(&self, found: &mut Violations) {
        found.keys(
            "endpoints",
            self.endpoints.as_ref(),
            Some(&constraints::ENDPOINTS),
            Some(&constraints::END_POINT_TYPE),
        );
    }
}
