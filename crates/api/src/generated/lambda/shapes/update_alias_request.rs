// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::AliasRoutingConfiguration;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct UpdateAliasRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(skip)]
    pub name: Option<String>,
    #[serde(rename = "FunctionVersion", skip_serializing_if = "Option::is_none")]
    pub function_version: Option<String>,
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "RoutingConfig", skip_serializing_if = "Option::is_none")]
    pub routing_config: Option<AliasRoutingConfiguration>,
    #[serde(rename = "RevisionId", skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<String>,
}

impl Check for UpdateAliasRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.required("name", self.name.is_some());
        found.text("name", self.name.as_deref(), &constraints::ALIAS);
        found.text(
            "functionVersion",
            self.function_version.as_deref(),
            &constraints::VERSION_WITH_LATEST_PUBLISHED,
        );
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.structure("routingConfig", self.routing_config.as_ref());
    }
}

impl Located for UpdateAliasRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.name = parts.label(1);
        Ok(())
    }
}
