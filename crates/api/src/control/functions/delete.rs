//! DeleteFunction: a whole function, or one of its versions.

use http::StatusCode;
use lambent_domain::function::NamedByAliases;
use lambent_domain::qualifier::Qualifier;
use lambent_store::resources::ChangeError;

use super::Call;
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::DeleteFunctionRequest;
use crate::naming::Target;
use crate::response::{self, Answer};

/// Removes a function or a version. Events still queued for it are cancelled when their turn comes.
pub(crate) async fn delete(call: &Call<'_>, request: DeleteFunctionRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    match target.arn.qualifier {
        None => delete_function(call, &target).await?,
        Some(Qualifier::Version(number)) => delete_version(call, &target, number).await?,
        Some(Qualifier::Latest) => {
            return Err(ApiError::invalid_parameter(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Some(Qualifier::LatestPublished | Qualifier::Alias(_)) => {
            return Err(ApiError::invalid_parameter(
                "Only a function or one of its numbered versions can be deleted by DeleteFunction. Aliases are deleted \
                 by DeleteAlias.",
            ));
        }
    }
    Ok(response::empty(StatusCode::NO_CONTENT))
}

async fn delete_function(call: &Call<'_>, target: &Target) -> Result<(), ApiError> {
    let name = &target.arn.name;
    call.state.resources.functions.delete(name.as_str(), None).await.map_err(|error| match error {
        ChangeError::NotFound => ApiError::function_not_found(&target.arn),
        ChangeError::Storage(error) => error.into(),
        error @ (ChangeError::AlreadyExists | ChangeError::Conflict) => ApiError::internal(error),
    })?;
    change::follow(call.state, name);
    call.state.engine.function_changed(name);
    Ok(())
}

/// A version that is not there is as good as deleted (R `test_delete_on_nonexisting_version`).
async fn delete_version(call: &Call<'_>, target: &Target, number: u64) -> Result<(), ApiError> {
    if !target.function(&call.state.resources)?.published.contains_key(&number) {
        return Ok(());
    }
    let removed = change::function(call.state, target, |function| {
        function.remove_version(number).map_err(|NamedByAliases(aliases)| {
            ApiError::conflict(format!(
                "Unable to delete version because the following aliases reference it: [{}]",
                aliases.join(", ")
            ))
        })
    });
    removed.await.map(drop)
}
