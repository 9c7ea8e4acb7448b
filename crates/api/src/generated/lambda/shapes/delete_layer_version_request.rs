// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DeleteLayerVersionRequest {
    #[serde(skip)]
    pub layer_name: Option<String>,
    #[serde(skip)]
    pub version_number: Option<i64>,
}

impl Check for DeleteLayerVersionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("layerName", self.layer_name.is_some());
        found.text("layerName", self.layer_name.as_deref(), &constraints::LAYER_NAME_OR_ARN);
        found.required("versionNumber", self.version_number.is_some());
    }
}

impl Located for DeleteLayerVersionRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.layer_name = parts.label(0);
        self.version_number = parts.label_whole(1, "VersionNumber")?;
        Ok(())
    }
}
