// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Filter {
    #[serde(rename = "Pattern", skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

impl Check for Filter {
    fn check(&self, found: &mut Violations) {
        found.text("pattern", self.pattern.as_deref(), &constraints::PATTERN);
    }
}
