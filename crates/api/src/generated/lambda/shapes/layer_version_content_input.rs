// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Blob, Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct LayerVersionContentInput {
    #[serde(rename = "S3Bucket", skip_serializing_if = "Option::is_none")]
    pub s3_bucket: Option<String>,
    #[serde(rename = "S3Key", skip_serializing_if = "Option::is_none")]
    pub s3_key: Option<String>,
    #[serde(rename = "S3ObjectVersion", skip_serializing_if = "Option::is_none")]
    pub s3_object_version: Option<String>,
    #[serde(rename = "S3ObjectStorageMode", skip_serializing_if = "Option::is_none")]
    pub s3_object_storage_mode: Option<String>,
    #[serde(rename = "ZipFile", skip_serializing_if = "Option::is_none")]
    pub zip_file: Option<Blob>,
}

impl Check for LayerVersionContentInput {
    fn check(&self, found: &mut Violations) {
        found.text("s3Bucket", self.s3_bucket.as_deref(), &constraints::S3_BUCKET);
        found.text("s3Key", self.s3_key.as_deref(), &constraints::S3_KEY);
        found.text("s3ObjectVersion", self.s3_object_version.as_deref(), &constraints::S3_OBJECT_VERSION);
        found.text(
            "s3ObjectStorageMode",
            self.s3_object_storage_mode.as_deref(),
            &constraints::S3_OBJECT_STORAGE_MODE,
        );
    }
}
