// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PublishVersionRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(rename = "CodeSha256", skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<String>,
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "RevisionId", skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<String>,
    #[serde(rename = "PublishTo", skip_serializing_if = "Option::is_none")]
    pub publish_to: Option<String>,
}

impl Check for PublishVersionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.text("publishTo", self.publish_to.as_deref(), &constraints::FUNCTION_VERSION_LATEST_PUBLISHED);
    }
}

impl Located for PublishVersionRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        Ok(())
    }
}
