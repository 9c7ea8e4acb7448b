//! The variables a function finds (facts: execution-environment §5).

use crate::credentials::FunctionCredentials;
use crate::logs::lines::InitializationType;
use lambent_domain::configuration::LogFormat;
use lambent_domain::function::FunctionVersion;
use std::collections::BTreeMap;
use std::ffi::OsString;

/// What the variables depend on besides the function.
pub(super) struct Surroundings<'a> {
    pub(super) region: &'a str,
    pub(super) log_stream: &'a str,
    pub(super) initialization: InitializationType,
    /// Host and port of the Runtime API, as the function reaches it.
    pub(super) runtime_api: String,
    /// Host and port of the private Lambent API.
    pub(super) lambent_api: Option<String>,
    /// What the function signs its calls with; none where there is nothing to call.
    pub(super) credentials: Option<&'a FunctionCredentials>,
    /// The runtime's own variables and those that name its places, such as `PYTHONPATH` and `LAMBDA_TASK_ROOT`.
    pub(super) of_runtime: &'a [(String, String)],
    /// The descriptor for framed log records, if the runtime writes them.
    pub(super) telemetry_fd: Option<i32>,
}

/// The whole environment. The owner's variables may replace the runtime's, never the reserved ones.
pub(super) fn variables(version: &FunctionVersion, around: &Surroundings<'_>) -> Vec<(OsString, OsString)> {
    let configuration = &version.configuration;
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    all.insert("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned());
    all.extend(around.of_runtime.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let Some(api) = &around.lambent_api {
        // An unchanged SDK in the function finds Lambent instead of AWS.
        all.insert("AWS_ENDPOINT_URL_LAMBDA", format!("http://{api}"));
    }
    all.extend(configuration.environment.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let reserved = [
        ("_HANDLER", configuration.handler.clone().unwrap_or_default()),
        ("AWS_REGION", around.region.to_owned()),
        ("AWS_DEFAULT_REGION", around.region.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", configuration.name.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", version.version.to_string()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", configuration.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", around.initialization.word().to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", configuration.log_group()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", around.log_stream.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", around.runtime_api.clone()),
        ("AWS_LAMBDA_LOG_FORMAT", log_format(configuration.logging.format).to_owned()),
    ];
    all.extend(reserved);
    // Reserved also where there are none: the owner's own would be taken for the role's.
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        all.remove(name);
    }
    if let Some(credentials) = around.credentials {
        all.insert("AWS_ACCESS_KEY_ID", credentials.access_key_id.clone());
        all.insert("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone());
        all.insert("AWS_SESSION_TOKEN", credentials.session_token.clone());
    }
    if let Some(level) = &configuration.logging.application_level {
        all.insert("AWS_LAMBDA_LOG_LEVEL", level.clone());
    }
    // These two the owner cannot set either, though the runtime does.
    for (name, value) in around.of_runtime {
        if matches!(name.as_str(), "LAMBDA_TASK_ROOT" | "LAMBDA_RUNTIME_DIR" | "AWS_EXECUTION_ENV") {
            all.insert(name, value.clone());
        }
    }
    if let Some(fd) = around.telemetry_fd {
        all.insert("_LAMBDA_TELEMETRY_LOG_FD", fd.to_string());
    }
    all.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn log_format(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Text => "TEXT",
        LogFormat::Json => "JSON",
    }
}
