// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetLayerVersionByArnRequest {
    #[serde(skip)]
    pub arn: Option<String>,
}

impl Check for GetLayerVersionByArnRequest {
    fn check(&self, found: &mut Violations) {
        found.required("arn", self.arn.is_some());
        found.text("arn", self.arn.as_deref(), &constraints::LAYER_VERSION_ARN);
    }
}

impl Located for GetLayerVersionByArnRequest {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed> {
        self.arn = parts.query("Arn");
        Ok(())
    }
}
