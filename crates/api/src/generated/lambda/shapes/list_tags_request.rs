// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListTagsRequest {
    #[serde(skip)]
    pub resource: Option<String>,
}

impl Check for ListTagsRequest {
    fn check(&self, found: &mut Violations) {
        found.required("resource", self.resource.is_some());
        found.text("resource", self.resource.as_deref(), &constraints::TAGGABLE_RESOURCE);
    }
}

impl Located for ListTagsRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.resource = parts.label(0);
        Ok(())
    }
}
