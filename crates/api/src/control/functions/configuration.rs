//! From a request's members to what is kept of a function, and the rules that no single member's constraint can say.

use std::collections::BTreeMap;

use lambent_domain::configuration::{FunctionConfiguration, LogFormat, LoggingConfig};
use lambent_domain::runtime::Runtime;
use serde::Serialize;

use super::environment;
use super::settings::Settings;
use crate::error::ApiError;
use crate::generated::lambda::shapes;

const TIMEOUT_SECS_MAX: i64 = 900;
const MEGABYTES_MAX: i64 = 10_240;

/// Puts what is set over `configuration`.
pub(super) fn apply(settings: Settings, configuration: &mut FunctionConfiguration) -> Result<(), ApiError> {
    set(&mut configuration.role, settings.role);
    set(&mut configuration.description, settings.description);
    if let Some(runtime) = settings.runtime {
        configuration.runtime = Some(Runtime::new(&runtime));
    }
    if let Some(handler) = settings.handler {
        if handler.contains('\0') {
            return Err(ApiError::invalid_parameter("The handler must not contain a null character."));
        }
        configuration.handler = Some(handler);
    }
    if let Some(secs) = settings.timeout {
        configuration.timeout_secs = bounded("timeout", secs, TIMEOUT_SECS_MAX)?;
    }
    if let Some(megabytes) = settings.memory_size {
        configuration.memory_mb = bounded("memorySize", megabytes, MEGABYTES_MAX)?;
    }
    if let Some(megabytes) = settings.ephemeral_storage.and_then(|storage| storage.size) {
        configuration.ephemeral_storage_mb = bounded("ephemeralStorage.size", megabytes, MEGABYTES_MAX)?;
    }
    if let Some(environment) = settings.environment {
        let variables = environment.variables.map(|variables| variables.0).unwrap_or_default();
        environment::check(&variables)?;
        configuration.environment = variables;
    }
    if let Some(config) = settings.logging_config {
        configuration.logging = logging(config)?;
    }
    set(&mut configuration.tracing_mode, settings.tracing_config.and_then(|tracing| tracing.mode));
    if let Some(config) = settings.dead_letter_config {
        configuration.dead_letter_target = config.target_arn.filter(|arn| !arn.is_empty());
    }
    let kept = &mut configuration.stored_only;
    keep(kept, "VpcConfig", settings.vpc_config, |config| {
        config.subnet_ids.as_ref().is_none_or(Vec::is_empty)
            && config.security_group_ids.as_ref().is_none_or(Vec::is_empty)
    })?;
    keep(kept, "KMSKeyArn", settings.kms_key_arn, String::is_empty)?;
    keep(kept, "FileSystemConfigs", settings.file_system_configs, Vec::is_empty)?;
    keep(kept, "SnapStart", settings.snap_start, |config| {
        config.apply_on.as_deref() != Some("PublishedVersions")
    })
}
fn set(place: &mut String, value: Option<String>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// Keeps a member that has no effect here as JSON; a value that says "none" removes it.
fn keep<T: Serialize>(
    kept: &mut BTreeMap<String, String>,
    member: &str,
    value: Option<T>,
    says_none: impl FnOnce(&T) -> bool,
) -> Result<(), ApiError> {
    match value {
        None => {}
        Some(value) if says_none(&value) => {
            kept.remove(member);
        }
        Some(value) => {
            kept.insert(member.to_owned(), serde_json::to_string(&value).map_err(ApiError::internal)?);
        }
    }
    Ok(())
}

/// The model's bounds are those of AWS's largest machines; an ordinary function's are lower.
fn bounded(member: &str, value: i64, max: i64) -> Result<u32, ApiError> {
    u32::try_from(value).ok().filter(|_| value <= max).ok_or_else(|| {
        ApiError::validation(format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must have \
             value less than or equal to {max}"
        ))
    })
}

fn logging(config: shapes::LoggingConfig) -> Result<LoggingConfig, ApiError> {
    let json = config.log_format.as_deref() == Some("JSON");
    let levels = config.application_log_level.is_some() || config.system_log_level.is_some();
    if levels && !json {
        return Err(ApiError::invalid_parameter(
            "ApplicationLogLevel and SystemLogLevel can only be set if LogFormat is JSON.",
        ));
    }
    let level = |level: Option<String>| json.then(|| level.unwrap_or_else(|| "INFO".to_owned()));
    Ok(LoggingConfig {
        format: if json { LogFormat::Json } else { LogFormat::Text },
        application_level: level(config.application_log_level),
        system_level: level(config.system_log_level),
        group: config.log_group,
    })
}

/// A function from a package needs to say what runs it.
pub(super) fn check_whole(configuration: &FunctionConfiguration) -> Result<(), ApiError> {
    if configuration.runtime.is_none() || configuration.handler.is_none() {
        return Err(ApiError::invalid_parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    }
    Ok(())
}
