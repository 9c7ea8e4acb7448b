// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AddLayerVersionPermissionRequest {
    #[serde(skip)]
    pub layer_name: Option<String>,
    #[serde(skip)]
    pub version_number: Option<i64>,
    #[serde(rename = "StatementId", skip_serializing_if = "Option::is_none")]
    pub statement_id: Option<String>,
    #[serde(rename = "Action", skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(rename = "Principal", skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(rename = "OrganizationId", skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    #[serde(skip)]
    pub revision_id: Option<String>,
}

impl Check for AddLayerVersionPermissionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("layerName", self.layer_name.is_some());
        found.text("layerName", self.layer_name.as_deref(), &constraints::LAYER_NAME_OR_ARN);
        found.required("versionNumber", self.version_number.is_some());
        found.required("statementId", self.statement_id.is_some());
        found.text("statementId", self.statement_id.as_deref(), &constraints::STATEMENT_ID);
        found.required("action", self.action.is_some());
        found.text("action", self.action.as_deref(), &constraints::LAYER_PERMISSION_ALLOWED_ACTION);
        found.required("principal", self.principal.is_some());
        found.text("principal", self.principal.as_deref(), &constraints::LAYER_PERMISSION_ALLOWED_PRINCIPAL);
        found.text("organizationId", self.organization_id.as_deref(), &constraints::ORGANIZATION_ID);
    }
}

impl Located for AddLayerVersionPermissionRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.layer_name = parts.label(0);
        self.version_number = parts.label_whole(1, "VersionNumber")?;
        self.revision_id = parts.query("RevisionId");
        Ok(())
    }
}
