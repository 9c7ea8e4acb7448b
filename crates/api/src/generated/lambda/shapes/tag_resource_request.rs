// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct TagResourceRequest {
    #[serde(skip)]
    pub resource: Option<String>,
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

impl Check for TagResourceRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resource", self.resource.is_some());
        found.text("resource", self.resource.as_deref(), &constraints::TAGGABLE_RESOURCE);
        found.required("tags", self.tags.is_some());
        found.map(
            "tags",
            self.tags.as_ref(),
            None,
            (Some(&constraints::TAG_KEY), Some(&constraints::TAG_VALUE)),
            false,
        );
    }
}

impl Located for TagResourceRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource = parts.label(0);
        Ok(())
    }
}
