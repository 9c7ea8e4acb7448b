// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AllowedPublishers {
    #[serde(rename = "SigningProfileVersionArns", skip_serializing_if = "Option::is_none")]
    pub signing_profile_version_arns: Option<Vec<String>>,
}

impl Check for AllowedPublishers {
    fn check(&self, found: &mut Violations) {
        found.required("signingProfileVersionArns", self.signing_profile_version_arns.is_some());
        found.texts(
            "signingProfileVersionArns",
            self.signing_profile_version_arns.as_deref(),
            Some(&constraints::SIGNING_PROFILE_VERSION_ARNS),
            Some(&constraints::ARN),
        );
    }
}
