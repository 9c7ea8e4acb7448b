// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct ListFunctionsByCodeSigningConfigRequest {
    #[serde(skip)]
    pub code_signing_config_arn: Option<String>,
    #[serde(skip)]
    pub marker: Option<String>,
    #[serde(skip)]
    pub max_items: Option<i64>,
}

impl Check for ListFunctionsByCodeSigningConfigRequest {
    fn check(&self, found: &mut Violations) {
        found.required("codeSigningConfigArn", self.code_signing_config_arn.is_some());
        found.text(
            "codeSigningConfigArn",
            self.code_signing_config_arn.as_deref(),
            &constraints::CODE_SIGNING_CONFIG_ARN,
        );
        found.whole("maxItems", self.max_items, &constraints::MAX_LIST_ITEMS);
    }
}

impl Located for ListFunctionsByCodeSigningConfigRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.code_signing_config_arn = parts.label(0);
        self.marker = parts.query("Marker");
        self.max_items = parts.query_whole("MaxItems")?;
        Ok(())
    }
}
