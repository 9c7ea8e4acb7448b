// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::EnvironmentError;
use crate::model::Sensitive;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct EnvironmentResponse {
    #[serde(rename = "Variables", skip_serializing_if = "Option::is_none")]
    pub variables: Option<Sensitive<BTreeMap<String, String>>>,
    #[serde(rename = "Error", skip_serializing_if = "Option::is_none")]
    pub error: Option<EnvironmentError>,
}
