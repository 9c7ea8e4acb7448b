// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::Filter;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct FilterCriteria {
    #[serde(rename = "Filters", skip_serializing_if = "Option::is_none")]
    pub filters: Option<Vec<Filter>>,
}

impl Check for FilterCriteria {
    fn check(&self, found: &mut Violations) {
        found.structures("filters", self.filters.as_deref(), None);
    }
}
