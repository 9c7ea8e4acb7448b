// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::{OnFailure, OnSuccess};
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DestinationConfig {
    #[serde(rename = "OnSuccess", skip_serializing_if = "Option::is_none")]
    pub on_success: Option<OnSuccess>,
    #[serde(rename = "OnFailure", skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
}

impl Check for DestinationConfig {
    fn check(&self, found: &mut Violations) {
        found.structure("onSuccess", self.on_success.as_ref());
        found.structure("onFailure", self.on_failure.as_ref());
    }
}
