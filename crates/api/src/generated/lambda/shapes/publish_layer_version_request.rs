// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::LayerVersionContentInput;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct PublishLayerVersionRequest {
    #[serde(skip)]
    pub layer_name: Option<String>,
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "Content", skip_serializing_if = "Option::is_none")]
    pub content: Option<LayerVersionContentInput>,
    #[serde(rename = "CompatibleArchitectures", skip_serializing_if = "Option::is_none")]
    pub compatible_architectures: Option<Vec<String>>,
    #[serde(rename = "CompatibleRuntimes", skip_serializing_if = "Option::is_none")]
    pub compatible_runtimes: Option<Vec<String>>,
    #[serde(rename = "LicenseInfo", skip_serializing_if = "Option::is_none")]
    pub license_info: Option<String>,
}

impl Check for PublishLayerVersionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("layerName", self.layer_name.is_some());
        found.text("layerName", self.layer_name.as_deref(), &constraints::LAYER_NAME_OR_ARN);
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.required("content", self.content.is_some());
        found.structure("content", self.content.as_ref());
        found.texts(
            "compatibleArchitectures",
            self.compatible_architectures.as_deref(),
            Some(&constraints::COMPATIBLE_ARCHITECTURES),
            Some(&constraints::ARCHITECTURE),
        );
        found.texts(
            "compatibleRuntimes",
            self.compatible_runtimes.as_deref(),
            Some(&constraints::COMPATIBLE_RUNTIMES),
            Some(&constraints::RUNTIME),
        );
        found.text("licenseInfo", self.license_info.as_deref(), &constraints::LICENSE_INFO);
    }
}

impl Located for PublishLayerVersionRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.layer_name = parts.label(0);
        Ok(())
    }
}
