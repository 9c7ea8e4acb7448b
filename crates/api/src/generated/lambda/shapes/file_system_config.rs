// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use super::S3FilesConfig;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct FileSystemConfig {
    #[serde(rename = "Arn", skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(rename = "LocalMountPath", skip_serializing_if = "Option::is_none")]
    pub local_mount_path: Option<String>,
    #[serde(rename = "S3FilesConfig", skip_serializing_if = "Option::is_none")]
    pub s3_files_config: Option<S3FilesConfig>,
}

impl Check for FileSystemConfig {
    fn check(&self, found: &mut Violations) {
        found.required("arn", self.arn.is_some());
        found.text("arn", self.arn.as_deref(), &constraints::FILE_SYSTEM_ARN);
        found.required("localMountPath", self.local_mount_path.is_some());
        found.text("localMountPath", self.local_mount_path.as_deref(), &constraints::LOCAL_MOUNT_PATH);
        found.structure("s3FilesConfig", self.s3_files_config.as_ref());
    }
}
