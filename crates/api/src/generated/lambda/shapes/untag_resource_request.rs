// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct UntagResourceRequest {
    #[serde(skip)]
    pub resource: Option<String>,
    #[serde(skip)]
    pub tag_keys: Option<Vec<String>>,
}

impl Check for UntagResourceRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resource", self.resource.is_some());
        found.text("resource", self.resource.as_deref(), &constraints::TAGGABLE_RESOURCE);
        found.required("tagKeys", self.tag_keys.is_some());
        found.texts("tagKeys", self.tag_keys.as_deref(), None, Some(&constraints::TAG_KEY));
    }
}

impl Located for UntagResourceRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource = parts.label(0);
        self.tag_keys = parts.query_all("tagKeys");
        Ok(())
    }
}
