// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AddPermissionRequest {
    #[serde(skip)]
    pub function_name: Option<String>,
    #[serde(rename = "StatementId", skip_serializing_if = "Option::is_none")]
    pub statement_id: Option<String>,
    #[serde(rename = "Action", skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(rename = "Principal", skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(rename = "SourceArn", skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    #[serde(rename = "FunctionUrlAuthType", skip_serializing_if = "Option::is_none")]
    pub function_url_auth_type: Option<String>,
    #[serde(rename = "InvokedViaFunctionUrl", skip_serializing_if = "Option::is_none")]
    pub invoked_via_function_url: Option<bool>,
    #[serde(rename = "SourceAccount", skip_serializing_if = "Option::is_none")]
    pub source_account: Option<String>,
    #[serde(rename = "EventSourceToken", skip_serializing_if = "Option::is_none")]
    pub event_source_token: Option<String>,
    #[serde(skip)]
    pub qualifier: Option<String>,
    #[serde(rename = "RevisionId", skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<String>,
    #[serde(rename = "PrincipalOrgID", skip_serializing_if = "Option::is_none")]
    pub principal_org_id: Option<String>,
}

impl Check for AddPermissionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::NAMESPACED_FUNCTION_NAME);
        found.required("statementId", self.statement_id.is_some());
        found.text("statementId", self.statement_id.as_deref(), &constraints::STATEMENT_ID);
        found.required("action", self.action.is_some());
        found.text("action", self.action.as_deref(), &constraints::ACTION);
        found.required("principal", self.principal.is_some());
        found.text("principal", self.principal.as_deref(), &constraints::PRINCIPAL);
        found.text("sourceArn", self.source_arn.as_deref(), &constraints::ARN);
        found.text(
            "functionUrlAuthType",
            self.function_url_auth_type.as_deref(),
            &constraints::FUNCTION_URL_AUTH_TYPE,
        );
        found.text("sourceAccount", self.source_account.as_deref(), &constraints::SOURCE_OWNER);
        found.text("eventSourceToken", self.event_source_token.as_deref(), &constraints::EVENT_SOURCE_TOKEN);
        found.text(
            "qualifier",
            self.qualifier.as_deref(),
            &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
        );
        found.text("principalOrgID", self.principal_org_id.as_deref(), &constraints::PRINCIPAL_ORG_ID);
    }
}

impl Located for AddPermissionRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.function_name = parts.label(0);
        self.qualifier = parts.query("Qualifier");
        Ok(())
    }
}
