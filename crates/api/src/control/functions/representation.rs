//! A function as AWS describes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambent_domain::arn::FunctionArn;
use lambent_domain::configuration::{FunctionConfiguration, LogFormat};
use lambent_domain::function::FunctionVersion;
use serde::de::DeserializeOwned;

use crate::control::date;
use crate::error::ApiError;
use crate::generated::lambda::shapes;
use crate::model::Sensitive;

/// The description of a version, under the ARN by which it was asked for.
pub(super) fn configuration(
    version: &FunctionVersion,
    arn: &FunctionArn,
) -> Result<shapes::FunctionConfiguration, ApiError> {
    let kept = &version.configuration;
    let text = |text: &str| Some(text.to_owned());
    let vpc: Option<shapes::VpcConfig> = stored(kept, "VpcConfig")?;
    let snap_start: Option<shapes::SnapStart> = stored(kept, "SnapStart")?;
    Ok(shapes::FunctionConfiguration {
        function_name: text(kept.name.as_str()),
        function_arn: Some(arn.to_string()),
        runtime: kept.runtime.as_ref().map(|runtime| runtime.as_str().to_owned()),
        role: text(&kept.role),
        handler: kept.handler.clone(),
        code_size: i64::try_from(version.code.zip_bytes).ok(),
        description: text(&kept.description),
        timeout: Some(i64::from(kept.timeout_secs)),
        memory_size: Some(i64::from(kept.memory_mb)),
        last_modified: Some(date::text(version.last_modified)?),
        code_sha256: Some(STANDARD.encode(version.code.sha256.as_bytes())),
        version: Some(version.version.to_string()),
        vpc_config: vpc.map(|vpc| shapes::VpcConfigResponse {
            subnet_ids: vpc.subnet_ids,
            security_group_ids: vpc.security_group_ids,
            vpc_id: text(""),
            ipv6_allowed_for_dual_stack: vpc.ipv6_allowed_for_dual_stack.or(Some(false)),
        }),
        dead_letter_config: kept
            .dead_letter_target
            .as_ref()
            .map(|arn| shapes::DeadLetterConfig { target_arn: text(arn) }),
        environment: (!kept.environment.is_empty()).then(|| shapes::EnvironmentResponse {
            variables: Some(Sensitive(kept.environment.clone())),
            error: None,
        }),
        kms_key_arn: stored(kept, "KMSKeyArn")?,
        tracing_config: Some(shapes::TracingConfigResponse { mode: text(&kept.tracing_mode) }),
        revision_id: Some(version.revision_id.to_string()),
        // A function is in the store only once its code is in place, and changes are made in one step: AWS's states
        // for what is under way have nothing to describe here.
        state: text("Active"),
        last_update_status: text("Successful"),
        file_system_configs: stored(kept, "FileSystemConfigs")?,
        package_type: text("Zip"),
        architectures: Some(vec![kept.architecture.clone()]),
        ephemeral_storage: Some(shapes::EphemeralStorage {
            size: Some(i64::from(kept.ephemeral_storage_mb)),
        }),
        snap_start: Some(shapes::SnapStartResponse {
            apply_on: snap_start.and_then(|snap_start| snap_start.apply_on).or_else(|| text("None")),
            optimization_status: text("Off"),
        }),
        logging_config: Some(logging(kept)),
        ..shapes::FunctionConfiguration::default()
    })
}

/// A member that is only kept, as it was given.
pub(super) fn stored<T: DeserializeOwned>(
    kept: &FunctionConfiguration,
    member: &str,
) -> Result<Option<T>, ApiError> {
    kept.stored_only
        .get(member)
        .map(|json| serde_json::from_str(json))
        .transpose()
        .map_err(ApiError::internal)
}

fn logging(kept: &FunctionConfiguration) -> shapes::LoggingConfig {
    let format = match kept.logging.format {
        LogFormat::Text => "Text",
        LogFormat::Json => "JSON",
    };
    shapes::LoggingConfig {
        log_format: Some(format.to_owned()),
        application_log_level: kept.logging.application_level.clone(),
        system_log_level: kept.logging.system_level.clone(),
        log_group: Some(kept.log_group()),
    }
}
