//! `SnapStart`: kept and given back. What AWS would refuse is refused, so that it is noticed here and not there.

use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::runtime::Runtime;

use crate::error::ApiError;

const RUNTIMES: &[&str] = &[
    "dotnet10",
    "dotnet8",
    "java11",
    "java17",
    "java21",
    "java25",
    "python3.12",
    "python3.13",
    "python3.14",
];
const EPHEMERAL_STORAGE_MB_MAX: u32 = 512;

/// Whether a function may have snapshots.
pub(super) fn check(runtime: &Runtime, configuration: &FunctionConfiguration) -> Result<(), ApiError> {
    if !RUNTIMES.contains(&runtime.as_str()) {
        return Err(ApiError::invalid_parameter(format!(
            "{runtime} is not supported for SnapStart enabled functions."
        )));
    }
    if configuration.ephemeral_storage_mb > EPHEMERAL_STORAGE_MB_MAX {
        return Err(ApiError::invalid_parameter(format!(
            "SnapStart is not supported for functions with more than {EPHEMERAL_STORAGE_MB_MAX} MB of ephemeral storage."
        )));
    }
    if configuration.stored_only.contains_key("FileSystemConfigs") {
        return Err(ApiError::invalid_parameter(
            "SnapStart is not supported for functions with file system configurations.",
        ));
    }
    Ok(())
}
