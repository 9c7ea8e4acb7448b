// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListEventSourceMappingsRequest {
    #[serde(skip)]
    pub event_source_arn: Option<String>,
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub marker: Option<String>,
    #[serde(skip)]
    pub max_items: Option<i64>,
}

impl Check for ListEventSourceMappingsRequest {
    fn check(&self, found: &mut Violations) {
        found.text("eventSourceArn", self.event_source_arn.as_deref(), &constraints::ARN);
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.whole("maxItems", self.max_items, &constraints::MAX_LIST_ITEMS);
    }
}

impl Located for ListEventSourceMappingsRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.event_source_arn = parts.query("EventSourceArn");
        self.function_name = parts.query("FunctionName");
        self.marker = parts.query("Marker");
        self.max_items = parts.query_whole("MaxItems")?;
        Ok(())
    }
}
