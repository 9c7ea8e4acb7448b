// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AliasRoutingConfiguration {
    #[serde(rename = "AdditionalVersionWeights", skip_serializing_if = "Option::is_none")]
    pub additional_version_weights: Option<BTreeMap<String, f64>>,
}

impl Check for AliasRoutingConfiguration {
    fn check(&self, found: &mut Violations) {
        found.reals(
            "additionalVersionWeights",
            self.additional_version_weights.as_ref(),
            None,
            (Some(&constraints::ADDITIONAL_VERSION), Some(&constraints::WEIGHT)),
        );
    }
}
