//! A function as AWS describes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambent_domain::arn::FunctionArn;
use lambent_domain::configuration::{FunctionConfiguration, LogFormat, TenantIsolation};
use lambent_domain::function::{CodeSha256, FunctionVersion};
use sha2::{Digest as _, Sha256};

use super::stored_only;
use crate::control::date;
use crate::error::ApiError;
use crate::generated::lambda::shapes;
use crate::model::Sensitive;

const CREATING_REASON: &str = "The function is being created.";
const CREATING: &str = "Creating";

/// What AWS says of a change in the answer to it. Here a change is made in one step: everything is done by the time that
/// it is asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) enum Progress {
    /// `Active`, `Successful`.
    Done,
    /// `Pending`, because it has only just been created.
    Created,
    /// `Active`, and an update `InProgress`.
    Updated,
}

/// The description of a version, under the ARN by which it was asked for.
pub(in crate::control) fn configuration(
    version: &FunctionVersion,
    arn: &FunctionArn,
    progress: Progress,
) -> Result<shapes::FunctionConfiguration, ApiError> {
    let mut described = listed(version, arn)?;
    described.runtime_version_config =
        version.configuration.runtime.as_ref().map(|runtime| shapes::RuntimeVersionConfig {
            runtime_version_arn: Some(format!(
                "arn:aws:lambda:{}::runtime:{}",
                arn.region,
                identifier_of(runtime.as_str())
            )),
            error: None,
        });
    let text = |text: &str| Some(text.to_owned());
    described.state = text(if progress == Progress::Created { "Pending" } else { "Active" });
    match progress {
        Progress::Done => described.last_update_status = text("Successful"),
        Progress::Created => {
            described.state_reason = text(CREATING_REASON);
            described.state_reason_code = text(CREATING);
        }
        Progress::Updated => {
            described.last_update_status = text("InProgress");
            described.last_update_status_reason = text(CREATING_REASON);
            described.last_update_status_reason_code = text(CREATING);
        }
    }
    Ok(described)
}

/// The description as lists have it: without states, and without the runtime's version (R `test_version_lifecycle`).
pub(in crate::control) fn listed(
    version: &FunctionVersion,
    arn: &FunctionArn,
) -> Result<shapes::FunctionConfiguration, ApiError> {
    let kept = &version.configuration;
    let text = |text: &str| Some(text.to_owned());
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
        code_sha256: Some(base64_of(version.code.sha256)),
        version: Some(version.version.to_string()),
        vpc_config: vpc_config(kept)?,
        dead_letter_config: kept
            .dead_letter_target
            .as_ref()
            .map(|arn| shapes::DeadLetterConfig { target_arn: text(arn) }),
        environment: (kept.environment_given || !kept.environment.is_empty()).then(|| {
            shapes::EnvironmentResponse { variables: Some(Sensitive(kept.environment.clone())), error: None }
        }),
        kms_key_arn: stored_only::get(kept, "KMSKeyArn")?,
        tracing_config: Some(shapes::TracingConfigResponse { mode: text(&kept.tracing_mode) }),
        revision_id: Some(version.revision_id.to_string()),
        layers: layers(kept),
        file_system_configs: stored_only::get(kept, "FileSystemConfigs")?,
        package_type: text("Zip"),
        architectures: Some(vec![kept.architecture.clone()]),
        ephemeral_storage: Some(shapes::EphemeralStorage {
            size: Some(i64::from(kept.ephemeral_storage_mb)),
        }),
        snap_start: Some(snap_start(kept)?),
        logging_config: Some(logging(kept)),
        tenancy_config: (kept.tenant_isolation == TenantIsolation::PerTenant)
            .then(|| shapes::TenancyConfig { tenant_isolation_mode: text("PER_TENANT") }),
        runtime_config: stored_only::get(kept, "RuntimeConfig")?,
        ..shapes::FunctionConfiguration::default()
    })
}

/// A digest as AWS shows it.
pub(in crate::control) fn base64_of(sha256: CodeSha256) -> String {
    STANDARD.encode(sha256.as_bytes())
}

/// AWS names a runtime's version by a digest. Here the runtime is the host's, so it has the one version that there is.
fn identifier_of(runtime: &str) -> String {
    CodeSha256::new(Sha256::digest(runtime).into()).to_hex()
}

fn vpc_config(kept: &FunctionConfiguration) -> Result<Option<shapes::VpcConfigResponse>, ApiError> {
    let vpc: Option<shapes::VpcConfig> = stored_only::get(kept, "VpcConfig")?;
    Ok(vpc.map(|vpc| shapes::VpcConfigResponse {
        subnet_ids: vpc.subnet_ids,
        security_group_ids: vpc.security_group_ids,
        vpc_id: Some(String::new()),
        ipv6_allowed_for_dual_stack: vpc.ipv6_allowed_for_dual_stack.or(Some(false)),
    }))
}

/// No snapshot is ever made, so it is never `On`.
fn snap_start(kept: &FunctionConfiguration) -> Result<shapes::SnapStartResponse, ApiError> {
    let config: Option<shapes::SnapStart> = stored_only::get(kept, "SnapStart")?;
    Ok(shapes::SnapStartResponse {
        apply_on: config.and_then(|config| config.apply_on).or_else(|| Some("None".to_owned())),
        optimization_status: Some("Off".to_owned()),
    })
}

/// None at all without layers.
fn layers(kept: &FunctionConfiguration) -> Option<Vec<shapes::Layer>> {
    let layers = kept.layers.iter().map(|layer| shapes::Layer {
        arn: Some(layer.arn.clone()),
        code_size: i64::try_from(layer.code.zip_bytes).ok(),
        ..shapes::Layer::default()
    });
    (!kept.layers.is_empty()).then(|| layers.collect())
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
