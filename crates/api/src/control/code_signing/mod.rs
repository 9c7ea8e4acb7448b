//! Code signing configurations: kept and given back, and which functions name them. Signatures are not checked, and
//! `docs/COMPATIBILITY.md` says so.

mod config;
mod function;

pub(crate) use config::{create, delete, get, list, update};
pub(crate) use function::{delete_of_function, get_of_function, list_functions, put_of_function};

use std::sync::Arc;

use lambent_domain::record::Record;

use super::{Call, date};
use crate::error::ApiError;
use crate::generated::lambda::shapes::CodeSigningConfig;

/// The record that an ARN names.
fn find(call: &Call<'_>, arn: &str) -> Option<Arc<Record>> {
    let id = arn.rsplit(':').next().unwrap_or_default();
    let found = call.state.resources.code_signing_configs.find(id);
    found.filter(|record| arn_of(call, &record.id) == arn)
}

/// A configuration that a function is to have. Recorded: its absence has a name of its own there.
pub(super) fn to_be_had(call: &Call<'_>, arn: &str) -> Result<(), ApiError> {
    let missing = || {
        ApiError::code_signing_config_not_found(format!(
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
        ))
    };
    find(call, arn).map(drop).ok_or_else(missing)
}

/// The record that an operation on configurations is about.
fn asked_for(call: &Call<'_>, arn: &str) -> Result<Arc<Record>, ApiError> {
    find(call, arn).ok_or_else(|| missing(arn))
}

/// Recorded: it does not say whose fault it was.
fn missing(arn: &str) -> ApiError {
    ApiError::not_found(format!("The Lambda code signing configuration {arn} can not be found."))
        .without_type()
}

fn arn_of(call: &Call<'_>, id: &str) -> String {
    let identity = &call.state.identity;
    format!("arn:aws:lambda:{}:{}:code-signing-config:{id}", identity.region, identity.account)
}

fn described(call: &Call<'_>, record: &Record) -> Result<CodeSigningConfig, ApiError> {
    let kept: CodeSigningConfig = serde_json::from_str(&record.document).map_err(ApiError::internal)?;
    Ok(CodeSigningConfig {
        code_signing_config_id: Some(record.id.clone()),
        code_signing_config_arn: Some(arn_of(call, &record.id)),
        last_modified: Some(date::text(record.last_modified)?),
        ..kept
    })
}
