// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListFunctionsRequest {
    #[serde(skip)]
    pub master_region: Option<String>,
    #[serde(skip)]
    pub function_version: Option<String>,
    #[serde(skip)]
    pub marker: Option<String>,
    #[serde(skip)]
    pub max_items: Option<i64>,
}

impl Check for ListFunctionsRequest {
    fn check(&self, found: &mut Violations) {
        found.text("masterRegion", self.master_region.as_deref(), &constraints::MASTER_REGION);
        found.text("functionVersion", self.function_version.as_deref(), &constraints::FUNCTION_VERSION);
        found.whole("maxItems", self.max_items, &constraints::MAX_LIST_ITEMS);
    }
}

impl Located for ListFunctionsRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.master_region = parts.query("MasterRegion");
        self.function_version = parts.query("FunctionVersion");
        self.marker = parts.query("Marker");
        self.max_items = parts.query_whole("MaxItems")?;
        Ok(())
    }
}
