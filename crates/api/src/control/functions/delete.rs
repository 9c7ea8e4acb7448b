//! DeleteFunction: a whole function, or one of its versions.

use http::StatusCode;
use lambent_domain::qualifier::Qualifier;
use lambent_store::resources::ChangeError;

use super::Call;
use crate::error::ApiError;
use crate::generated::lambda::shapes::DeleteFunctionRequest;
use crate::response::{self, Answer};

/// Removes a function. Events still queued for it are cancelled when their turn comes.
pub(crate) async fn delete(call: &Call<'_>, request: DeleteFunctionRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    match &target.arn.qualifier {
        None => {}
        Some(Qualifier::Latest) => {
            return Err(ApiError::invalid_parameter(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Some(_) => return Err(ApiError::function_not_found(&target.arn)),
    }
    let name = &target.arn.name;
    call.state.resources.functions.delete(name.as_str(), None).await.map_err(|error| match error {
        ChangeError::NotFound => ApiError::function_not_found(&target.arn),
        ChangeError::Storage(error) => error.into(),
        error @ (ChangeError::AlreadyExists | ChangeError::Conflict) => ApiError::internal(error),
    })?;
    call.state.engine.function_changed(name);
    Ok(response::empty(StatusCode::NO_CONTENT))
}
