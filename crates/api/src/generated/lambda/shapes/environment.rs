// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use crate::model::{Check, Sensitive, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Environment {
    #[serde(rename = "Variables", skip_serializing_if = "Option::is_none")]
    pub variables: Option<Sensitive<BTreeMap<String, String>>>,
}

impl Check for Environment {
    fn check(&self, found: &mut Violations) {
        found.map(
            "variables",
            self.variables.as_deref(),
            None,
            (Some(&constraints::ENVIRONMENT_VARIABLE_NAME), None),
            true,
        );
    }
}
