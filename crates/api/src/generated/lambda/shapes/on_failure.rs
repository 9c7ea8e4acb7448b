// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct OnFailure {
    #[serde(rename = "Destination", skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
}

impl Check for OnFailure {
    fn check(&self, found: &mut Violations) {
        found.text("destination", self.destination.as_deref(), &constraints::DESTINATION_ARN);
    }
}
