//! DeleteFunction.

use http::StatusCode;
use lambent_domain::qualifier::Qualifier;
use lambent_store::functions::FunctionStoreError;

use crate::error::ApiError;
use crate::naming::Target;
use crate::response::{self, Answer};
use crate::state::AppState;

/// Removes a function. Events still queued for it are cancelled when their turn comes.
pub(super) async fn delete(state: &AppState, target: Target) -> Result<Answer, ApiError> {
    match &target.arn.qualifier {
        None => {}
        Some(Qualifier::Latest) => {
            return Err(ApiError::invalid_parameter(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Some(_) => {
            // There are no published versions yet, so no qualifier leads anywhere.
            return Err(ApiError::function_not_found(&target.arn));
        }
    }
    state.functions.delete(&target.arn.name).await.map_err(|error| match error {
        FunctionStoreError::NotFound => ApiError::function_not_found(&target.arn),
        FunctionStoreError::Storage(error) => error.into(),
        error @ (FunctionStoreError::AlreadyExists | FunctionStoreError::RevisionMismatch) => {
            ApiError::internal(error)
        }
    })?;
    state.engine.retire(&target.arn.name, None);
    Ok(response::empty(StatusCode::NO_CONTENT))
}
