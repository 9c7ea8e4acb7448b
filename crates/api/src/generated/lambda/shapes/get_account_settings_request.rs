// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetAccountSettingsRequest {}

impl Check for GetAccountSettingsRequest {
    fn check(&self, _found: &mut Violations) {}
}

impl Located for GetAccountSettingsRequest {
    fn locate(&mut self, _parts: &Parts<'_>) -> Result<(), Malformed> {
        Ok(())
    }
}
