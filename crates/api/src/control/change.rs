//! Changing what is stored: read, change by pure code, put back if nobody else has changed it meanwhile.

use std::sync::Arc;

use lambent_domain::arn::FunctionName;
use lambent_domain::function::Function;
use lambent_store::resources::{ChangeError, Resource, ResourceStore};

use crate::error::ApiError;
use crate::naming::Target;
use crate::state::AppState;

/// How often a change is tried again because another one came first.
const TRIES_MAX: usize = 16;

/// Applies `change` to a function and lets the engine follow. Says what the function is now, and what `change` has said.
///
/// It may be called more than once: on each try it is given the function as it then is, so it decides everything from
/// what it is given.
pub(crate) async fn function<R>(
    state: &AppState,
    target: &Target,
    change: impl Fn(&mut Function) -> Result<R, ApiError> + Send + Sync,
) -> Result<(Arc<Function>, R), ApiError> {
    let missing = || ApiError::function_not_found(&target.unqualified());
    let key = target.arn.name.as_str();
    let (function, said) = resource(&*state.resources.functions, key, missing, change).await?;
    follow(state, &function.name);
    state.engine.function_changed(&function.name);
    Ok((function, said))
}

/// Lets what is known of a function beside the store follow its change or its end.
pub(crate) fn follow(state: &AppState, name: &FunctionName) {
    state.urls.follow(name, || state.resources.functions.find(name.as_str()));
}

/// Applies `change` to a resource.
pub(crate) async fn resource<T: Resource, R>(
    store: &dyn ResourceStore<T>,
    key: &str,
    missing: impl Fn() -> ApiError + Send + Sync,
    change: impl Fn(&mut T) -> Result<R, ApiError> + Send + Sync,
) -> Result<(Arc<T>, R), ApiError> {
    for _ in 0..TRIES_MAX {
        let present = store.find(key).ok_or_else(&missing)?;
        let mut next = T::clone(&present);
        let said = change(&mut next)?;
        match store.replace(next).await {
            Ok(replaced) => return Ok((replaced, said)),
            // With a precondition of the caller's, the next try ends in the complaint about it.
            Err(ChangeError::Conflict) => {}
            Err(ChangeError::NotFound) => return Err(missing()),
            Err(ChangeError::Storage(error)) => return Err(error.into()),
            Err(error @ ChangeError::AlreadyExists) => return Err(ApiError::internal(error)),
        }
    }
    Err(ApiError::conflict(format!(
        "The operation cannot be performed at this time. An update is in progress for resource: {key}"
    )))
}
