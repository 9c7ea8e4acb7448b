// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct S3FilesConfig {
    #[serde(rename = "DirectS3Read", skip_serializing_if = "Option::is_none")]
    pub direct_s3_read: Option<String>,
}

impl Check for S3FilesConfig {
    fn check(&self, found: &mut Violations) {
        found.text("directS3Read", self.direct_s3_read.as_deref(), &constraints::DIRECT_S3_READ);
    }
}
