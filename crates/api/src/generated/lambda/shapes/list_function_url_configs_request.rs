// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListFunctionUrlConfigsRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub marker: Option<String>,
    #[serde(skip)]
    pub max_items: Option<i64>,
}

impl Check for ListFunctionUrlConfigsRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_URL_FUNCTION_NAME);
        found.whole("maxItems", self.max_items, &constraints::MAX_ITEMS);
    }
}

impl Located for ListFunctionUrlConfigsRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.marker = parts.query("Marker");
        self.max_items = parts.query_whole("MaxItems")?;
        Ok(())
    }
}
