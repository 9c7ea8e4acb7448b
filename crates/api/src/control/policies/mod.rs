//! Resource policies: of functions, versions and aliases by statement or as a whole, and of layer versions.

mod function;
mod layer;
mod whole;

pub(crate) use function::{add_permission, get_policy, remove_permission};
pub(crate) use layer::{add_layer_permission, get_layer_policy, remove_layer_permission};
pub(crate) use whole::{delete_resource_policy, get_resource_policy, put_resource_policy};

use lambent_domain::policy::permission::PermissionError;
use lambent_domain::policy::{Policy, ResourcePolicy};
use uuid::Uuid;

use super::{Call, layers};
use crate::error::ApiError;

/// The policy after a change, with a revision of its own.
fn revised(policy: Policy) -> ResourcePolicy {
    ResourcePolicy { policy, revision_id: Uuid::new_v4() }
}

/// A change may be made to one revision only; what is not there has none that fits.
fn expect_revision(present: Option<Uuid>, expected: Option<&str>, read_by: &str) -> Result<(), ApiError> {
    let Some(expected) = expected else { return Ok(()) };
    if present.is_some() && Uuid::try_parse(expected).ok() == present {
        return Ok(());
    }
    Err(ApiError::precondition_failed(format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {read_by} API to retrieve the latest \
         Revision Id"
    )))
}

/// The revision of a policy as such.
fn revision(present: Option<&ResourcePolicy>) -> Option<Uuid> {
    present.map(|present| present.revision_id)
}

fn refused(error: PermissionError) -> ApiError {
    let message = error.to_string();
    match error {
        PermissionError::Principal | PermissionError::Malformed(_) => ApiError::invalid_parameter(message),
        PermissionError::Exists { .. } => ApiError::conflict(message),
        PermissionError::NotFound { .. } | PermissionError::NoPolicy => ApiError::not_found(message),
        PermissionError::TooLong { .. } => ApiError::policy_too_long(message),
    }
}
