//! Environment variables: what AWS lets a function's owner set.

use std::collections::BTreeMap;

use crate::error::ApiError;

/// In the variables' JSON text.
const BYTES_MAX: usize = 4_096;

/// Names the platform sets itself.
const RESERVED: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

const REFUSED: &str = "Lambda was unable to configure your environment variables because the environment variables you \
                       have provided";

/// Refuses reserved names, values no process can have, and too much of everything. Values never stand in the answer.
pub(super) fn check(variables: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let reserved: Vec<&str> =
        variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return Err(ApiError::invalid_parameter(format!(
            "{REFUSED} contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    let measured = serde_json::to_vec(variables).map_err(ApiError::internal)?.len();
    if measured > BYTES_MAX {
        return Err(ApiError::invalid_parameter(format!(
            "{REFUSED} exceeded the 4KB limit. Measured size: {measured} bytes"
        )));
    }
    if variables.values().any(|value| value.contains('\0')) {
        return Err(ApiError::invalid_parameter(format!(
            "{REFUSED} contains a value with a null character."
        )));
    }
    Ok(())
}
