//! From a request's members to what is kept of a function, and the rules that no single member's constraint can say.

use lambent_domain::configuration::{FunctionConfiguration, TenantIsolation};
use lambent_domain::runtime::Runtime;

use super::settings::Settings;
use super::{environment, logging, snap_start, stored_only};
use crate::error::ApiError;

const TIMEOUT_SECS_MAX: i64 = 900;
const MEGABYTES_MAX: i64 = 10_240;

/// Puts what is set over `configuration`; layers, which need a look at what is stored, are put by [`super::layers`].
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
        configuration.environment_given = true;
    }
    if let Some(config) = settings.logging_config {
        configuration.logging = logging::merged(&configuration.logging, config)?;
    }
    set(&mut configuration.tracing_mode, settings.tracing_config.and_then(|tracing| tracing.mode));
    if let Some(config) = settings.dead_letter_config {
        configuration.dead_letter_target = config.target_arn.filter(|arn| !arn.is_empty());
        configuration.dead_letter_target.as_deref().map_or(Ok(()), check_dead_letter_target)?;
    }
    let kept = &mut configuration.stored_only;
    stored_only::put(kept, "VpcConfig", settings.vpc_config, |config| {
        config.subnet_ids.as_ref().is_none_or(Vec::is_empty)
            && config.security_group_ids.as_ref().is_none_or(Vec::is_empty)
    })?;
    stored_only::put(kept, "KMSKeyArn", settings.kms_key_arn, String::is_empty)?;
    stored_only::put(kept, "FileSystemConfigs", settings.file_system_configs, Vec::is_empty)?;
    stored_only::put(kept, "RuntimeConfig", settings.runtime_config, |_| false)?;
    stored_only::put(kept, "SnapStart", settings.snap_start, |config| {
        config.apply_on.as_deref() != Some("PublishedVersions")
    })
}

fn set(place: &mut String, value: Option<String>) {
    if let Some(value) = value {
        *place = value;
    }
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

/// A dead letter goes to a standard queue or a standard topic.
fn check_dead_letter_target(arn: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "sqs" | "sns", region, account, name]
            if partition.starts_with("aws")
                && ![*region, *account, *name].contains(&"")
                && !name.ends_with(".fifo") =>
        {
            Ok(())
        }
        _ => Err(ApiError::invalid_parameter(format!(
            "The provided dead letter config TargetArn {arn} is invalid: it must be the ARN of an Amazon SQS standard \
             queue or an Amazon SNS standard topic."
        ))),
    }
}

/// What holds of a configuration as a whole, however it came about.
pub(super) fn check_whole(configuration: &FunctionConfiguration) -> Result<(), ApiError> {
    let (Some(runtime), Some(_)) = (&configuration.runtime, &configuration.handler) else {
        return Err(ApiError::invalid_parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    };
    stored_only::check_file_systems(configuration)?;
    if !configuration.stored_only.contains_key("SnapStart") {
        return Ok(());
    }
    snap_start::check(runtime, configuration)?;
    if configuration.tenant_isolation == TenantIsolation::PerTenant {
        return Err(ApiError::invalid_parameter(
            "SnapStart is not supported for functions with tenant isolation mode PER_TENANT.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_letters_go_to_standard_queues_and_topics() {
        for good in ["arn:aws:sqs:us-east-1:000000000000:q", "arn:aws-cn:sns:cn-north-1:000000000000:topic"] {
            assert!(check_dead_letter_target(good).is_ok(), "{good}");
        }
        for bad in [
            "arn:aws:sqs:us-east-1:000000000000:q.fifo",
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "arn:aws:sqs:us-east-1:000000000000",
            "arn:aws:sqs:us-east-1:000000000000:",
            "arn:aws:sns:us-east-1:000000000000:topic:subscription",
            "arn:aws:sqs::000000000000:q",
        ] {
            assert!(check_dead_letter_target(bad).is_err(), "{bad}");
        }
    }
}
