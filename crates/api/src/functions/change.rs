//! Changing `$LATEST`: read, change, put back if nobody else has changed it meanwhile.

use std::sync::Arc;

use lambent_domain::function::FunctionVersion;
use lambent_store::functions::FunctionStoreError;
use uuid::Uuid;

use crate::error::ApiError;
use crate::naming::Target;
use crate::state::AppState;

/// How often a change is tried again because another one came first.
const TRIES_MAX: usize = 5;

/// Applies `change` to the function's `$LATEST`.
///
/// With `expected` the change is only made to that very revision. Environments of older revisions are retired.
pub(super) async fn change(
    state: &AppState,
    target: &Target,
    expected: Option<&str>,
    change: impl Fn(&mut FunctionVersion) -> Result<(), ApiError> + Send + Sync,
) -> Result<Arc<FunctionVersion>, ApiError> {
    for _ in 0..TRIES_MAX {
        let current = current(state, target, expected).await?;
        let mut next = FunctionVersion::clone(&current);
        change(&mut next)?;
        next.revision_id = Uuid::new_v4();
        next.last_modified = state.clock.now();
        match state.functions.replace(current.revision_id, next).await {
            Ok(replaced) => {
                state.engine.retire(&target.arn.name, Some(replaced.revision_id));
                return Ok(replaced);
            }
            // Tried again; with an expected revision that ends in the complaint about it.
            Err(FunctionStoreError::RevisionMismatch) => {}
            Err(FunctionStoreError::NotFound) => return Err(ApiError::function_not_found(&target.arn)),
            Err(FunctionStoreError::Storage(error)) => return Err(error.into()),
            Err(error @ FunctionStoreError::AlreadyExists) => return Err(ApiError::internal(error)),
        }
    }
    Err(ApiError::conflict(format!(
        "The operation cannot be performed at this time. An update is in progress for resource: {}",
        target.arn
    )))
}

/// The function's `$LATEST`, provided that its revision is the one the caller has seen.
pub(super) async fn current(
    state: &AppState,
    target: &Target,
    expected: Option<&str>,
) -> Result<Arc<FunctionVersion>, ApiError> {
    let current = target.resolve(&*state.functions).await?;
    let differs = |expected: &str| Uuid::try_parse(expected).ok() != Some(current.revision_id);
    if expected.is_some_and(differs) {
        return Err(ApiError::revision_differs());
    }
    Ok(current)
}
