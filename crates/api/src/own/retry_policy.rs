//! A function's own retry policy, in the place of AWS's two retries.

use http::StatusCode;
use lambent_domain::retry_policy::RetryPolicy;

use super::read;
use crate::authorization::Asked;
use crate::authorization::audit::Deed;
use crate::authorization::own::{self, Action};
use crate::control::change;
use crate::error::ApiError;
use crate::naming::Target;
use crate::response::{self, Answer};
use crate::state::AppState;

/// What is asked about a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Get,
    /// As the body says; it takes the place of what was set.
    Put,
    Delete,
}

pub(super) async fn answer(
    asked: &Asked<'_>,
    target: &Target,
    wish: Wish,
    body: &[u8],
) -> Result<Answer, ApiError> {
    let action = match wish {
        Wish::Get => Action::GetRetryPolicy,
        Wish::Put => Action::PutRetryPolicy,
        Wish::Delete => Action::DeleteRetryPolicy,
    };
    let state = asked.state;
    let resource = own::resource(&state.identity, Some(&target.arn.name));
    let deed = Deed { action, resource: &resource.to_string(), event: None };
    asked.authorize(action.name(), resource)?;
    let answered = match wish {
        Wish::Get => get(state, target),
        Wish::Put => {
            let policy = policy(body)?;
            put(state, target, &policy).await
        }
        Wish::Delete => delete(state, target).await,
    };
    deed.record(asked, &answered, None);
    answered
}

/// Judges a body; for fuzzing.
pub(crate) fn judge(body: &[u8]) -> Result<(), ApiError> {
    policy(body).map(drop)
}

/// Reads and judges a policy.
fn policy(body: &[u8]) -> Result<RetryPolicy, ApiError> {
    let policy: RetryPolicy = read(body)?;
    policy
        .check()
        .map_err(|refused| ApiError::invalid_parameter(format!("The retry policy is refused: {refused}.")))?;
    Ok(policy)
}

fn get(state: &AppState, target: &Target) -> Result<Answer, ApiError> {
    let function = target.function(&state.resources)?;
    let policy = function.retry_policy.as_ref().ok_or_else(|| absent(target))?;
    response::json(StatusCode::OK, policy)
}

async fn put(state: &AppState, target: &Target, policy: &RetryPolicy) -> Result<Answer, ApiError> {
    change::function(state, target, |function| {
        function.retry_policy = Some(policy.clone());
        Ok(())
    })
    .await?;
    response::json(StatusCode::OK, policy)
}

async fn delete(state: &AppState, target: &Target) -> Result<Answer, ApiError> {
    change::function(state, target, |function| {
        function.retry_policy.take().map(drop).ok_or_else(|| absent(target))
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

fn absent(target: &Target) -> ApiError {
    ApiError::not_found(format!("The function {} doesn't have a retry policy.", target.arn))
}
