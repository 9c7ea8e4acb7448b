//! Members that have no effect on one's own machine: kept as JSON, and given back as they were.

use std::collections::BTreeMap;

use lambent_domain::configuration::FunctionConfiguration;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::generated::lambda::shapes::FileSystemConfig;

/// Keeps a member; a value that says "none" removes it, and no value leaves what was there.
pub(super) fn put<T: Serialize>(
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

/// A member as it was given.
pub(super) fn get<T: DeserializeOwned>(
    kept: &FunctionConfiguration,
    member: &str,
) -> Result<Option<T>, ApiError> {
    let json = kept.stored_only.get(member);
    json.map(|json| serde_json::from_str(json)).transpose().map_err(ApiError::internal)
}

/// A file system is reached through a VPC.
pub(super) fn check_file_systems(configuration: &FunctionConfiguration) -> Result<(), ApiError> {
    let configs: Option<Vec<FileSystemConfig>> = get(configuration, "FileSystemConfigs")?;
    let arn = configs.unwrap_or_default().into_iter().find_map(|config| config.arn);
    match arn {
        Some(arn) if !configuration.stored_only.contains_key("VpcConfig") => {
            Err(ApiError::invalid_parameter(format!(
                "Function must be configured to execute in a VPC to reference access point {arn}."
            )))
        }
        _ => Ok(()),
    }
}
