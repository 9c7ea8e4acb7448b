//! DeleteFunctionUrlConfig. The same URL never comes back.

use http::StatusCode;
use lambent_domain::function::Scope;

use super::{Call, change, found, no_url};
use crate::error::ApiError;
use crate::generated::lambda::shapes::DeleteFunctionUrlConfigRequest;
use crate::response::{self, Answer};

pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteFunctionUrlConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    found(call, &target)?;
    let scope = Scope(target.arn.qualifier.clone());
    change::function(call.state, &target, |function| {
        function.urls.remove(&scope).map(drop).ok_or_else(no_url)
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}
