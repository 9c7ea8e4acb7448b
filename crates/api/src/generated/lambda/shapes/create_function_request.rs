// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use std::collections::BTreeMap;

use super::super::constraints;
use super::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment,
    EphemeralStorage, FileSystemConfig, FunctionCode, FunctionRuntimeConfig, ImageConfig, LoggingConfig,
    SnapStart, TenancyConfig, TracingConfig, VpcConfig,
};
use crate::model::{Check, Located, Malformed, Parts, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CreateFunctionRequest {
    #[serde(rename = "FunctionName", skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    #[serde(rename = "Runtime", skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    #[serde(rename = "Role", skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(rename = "Handler", skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    #[serde(rename = "Code", skip_serializing_if = "Option::is_none")]
    pub code: Option<FunctionCode>,
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "Timeout", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    #[serde(rename = "MemorySize", skip_serializing_if = "Option::is_none")]
    pub memory_size: Option<i64>,
    #[serde(rename = "Publish", skip_serializing_if = "Option::is_none")]
    pub publish: Option<bool>,
    #[serde(rename = "PublishTo", skip_serializing_if = "Option::is_none")]
    pub publish_to: Option<String>,
    #[serde(rename = "VpcConfig", skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<VpcConfig>,
    #[serde(rename = "PackageType", skip_serializing_if = "Option::is_none")]
    pub package_type: Option<String>,
    #[serde(rename = "DeadLetterConfig", skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
    #[serde(rename = "Environment", skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    #[serde(rename = "TracingConfig", skip_serializing_if = "Option::is_none")]
    pub tracing_config: Option<TracingConfig>,
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(rename = "Layers", skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    #[serde(rename = "FileSystemConfigs", skip_serializing_if = "Option::is_none")]
    pub file_system_configs: Option<Vec<FileSystemConfig>>,
    #[serde(rename = "CodeSigningConfigArn", skip_serializing_if = "Option::is_none")]
    pub code_signing_config_arn: Option<String>,
    #[serde(rename = "ImageConfig", skip_serializing_if = "Option::is_none")]
    pub image_config: Option<ImageConfig>,
    #[serde(rename = "Architectures", skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<String>>,
    #[serde(rename = "EphemeralStorage", skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<EphemeralStorage>,
    #[serde(rename = "SnapStart", skip_serializing_if = "Option::is_none")]
    pub snap_start: Option<SnapStart>,
    #[serde(rename = "LoggingConfig", skip_serializing_if = "Option::is_none")]
    pub logging_config: Option<LoggingConfig>,
    #[serde(rename = "TenancyConfig", skip_serializing_if = "Option::is_none")]
    pub tenancy_config: Option<TenancyConfig>,
    #[serde(rename = "CapacityProviderConfig", skip_serializing_if = "Option::is_none")]
    pub capacity_provider_config: Option<CapacityProviderConfig>,
    #[serde(rename = "DurableConfig", skip_serializing_if = "Option::is_none")]
    pub durable_config: Option<DurableConfig>,
    #[serde(rename = "RuntimeConfig", skip_serializing_if = "Option::is_none")]
    pub runtime_config: Option<FunctionRuntimeConfig>,
    #[serde(rename = "AcceleratorConfig", skip_serializing_if = "Option::is_none")]
    pub accelerator_config: Option<AcceleratorConfig>,
}

impl Check for CreateFunctionRequest {
    fn check(&self, found: &mut Violations) {
        found.required("functionName", self.function_name.is_some());
        found.text("functionName", self.function_name.as_deref(), &constraints::FUNCTION_NAME);
        found.text("runtime", self.runtime.as_deref(), &constraints::RUNTIME);
        found.required("role", self.role.is_some());
        found.text("role", self.role.as_deref(), &constraints::ROLE_ARN);
        found.text("handler", self.handler.as_deref(), &constraints::HANDLER);
        found.required("code", self.code.is_some());
        found.structure("code", self.code.as_ref());
        found.text("description", self.description.as_deref(), &constraints::DESCRIPTION);
        found.whole("timeout", self.timeout, &constraints::TIMEOUT);
        found.whole("memorySize", self.memory_size, &constraints::MEMORY_SIZE);
        found.text("publishTo", self.publish_to.as_deref(), &constraints::FUNCTION_VERSION_LATEST_PUBLISHED);
        found.structure("vpcConfig", self.vpc_config.as_ref());
        found.text("packageType", self.package_type.as_deref(), &constraints::PACKAGE_TYPE);
        found.structure("deadLetterConfig", self.dead_letter_config.as_ref());
        found.structure("environment", self.environment.as_ref());
        found.text("kMSKeyArn", self.kms_key_arn.as_deref(), &constraints::KMS_KEY_ARN);
        found.structure("tracingConfig", self.tracing_config.as_ref());
        found.map(
            "tags",
            self.tags.as_ref(),
            None,
            (Some(&constraints::TAG_KEY), Some(&constraints::TAG_VALUE)),
            false,
        );
        found.texts("layers", self.layers.as_deref(), None, Some(&constraints::LAYER_VERSION_ARN));
        found.structures(
            "fileSystemConfigs",
            self.file_system_configs.as_deref(),
            Some(&constraints::FILE_SYSTEM_CONFIG_LIST),
        );
        found.text(
            "codeSigningConfigArn",
            self.code_signing_config_arn.as_deref(),
            &constraints::CODE_SIGNING_CONFIG_ARN,
        );
        found.structure("imageConfig", self.image_config.as_ref());
        found.texts(
            "architectures",
            self.architectures.as_deref(),
            Some(&constraints::ARCHITECTURES_LIST),
            Some(&constraints::ARCHITECTURE),
        );
        found.structure("ephemeralStorage", self.ephemeral_storage.as_ref());
        found.structure("snapStart", self.snap_start.as_ref());
        found.structure("loggingConfig", self.logging_config.as_ref());
        found.structure("tenancyConfig", self.tenancy_config.as_ref());
        found.structure("capacityProviderConfig", self.capacity_provider_config.as_ref());
        found.structure("durableConfig", self.durable_config.as_ref());
        found.structure("runtimeConfig", self.runtime_config.as_ref());
        found.structure("acceleratorConfig", self.accelerator_config.as_ref());
    }
}

impl Located for CreateFunctionRequest {
    fn locate(&mut self, _parts: &Parts<'_>) -> Result<(), Malformed> {
        Ok(())
    }
}
