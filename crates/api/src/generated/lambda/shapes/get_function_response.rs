// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::{Concurrency, FunctionCodeLocation, FunctionConfiguration, TagsError};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetFunctionResponse {
    #[serde(rename = "Configuration", skip_serializing_if = "Option::is_none")]
    pub configuration: Option<FunctionConfiguration>,
    #[serde(rename = "Code", skip_serializing_if = "Option::is_none")]
    pub code: Option<FunctionCodeLocation>,
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(rename = "TagsError", skip_serializing_if = "Option::is_none")]
    pub tags_error: Option<TagsError>,
    #[serde(rename = "Concurrency", skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
}
