// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListLayersRequest {
    #[serde(skip)]
    pub compatible_architecture: Option<String>,
    #[serde(skip)]
    pub compatible_runtime: Option<String>,
    #[serde(skip)]
    pub marker: Option<String>,
    #[serde(skip)]
    pub max_items: Option<i64>,
}

impl Check for ListLayersRequest {
    fn check(&self, found: &mut Violations) {
        found.text(
            "compatibleArchitecture",
            self.compatible_architecture.as_deref(),
            &constraints::ARCHITECTURE,
        );
        found.text("compatibleRuntime", self.compatible_runtime.as_deref(), &constraints::RUNTIME);
        found.whole("maxItems", self.max_items, &constraints::MAX_LAYER_LIST_ITEMS);
    }
}

impl Located for ListLayersRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.compatible_architecture = parts.query("CompatibleArchitecture");
        self.compatible_runtime = parts.query("CompatibleRuntime");
        self.marker = parts.query("Marker");
        self.max_items = parts.query_whole("MaxItems")?;
        Ok(())
    }
}
