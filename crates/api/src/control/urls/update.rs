//! UpdateFunctionUrlConfig: only what is given changes; `Cors` is replaced as a whole.

use http::StatusCode;

use super::{Call, auth_type, change, cors, function, invoke_mode, no_url, representation, scope};
use crate::error::ApiError;
use crate::generated::lambda::shapes::UpdateFunctionUrlConfigRequest;
use crate::response::{self, Answer};

pub(crate) async fn update(
    call: &Call<'_>,
    request: UpdateFunctionUrlConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    function(call, &target)?;
    let now = call.state.clock.now();
    let (_, url) = change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        let url = function.urls.get_mut(&scope).ok_or_else(no_url)?;
        if let Some(auth_type) = auth_type(request.auth_type.as_deref()) {
            url.auth_type = auth_type;
        }
        if let Some(mode) = invoke_mode(request.invoke_mode.as_deref()) {
            url.invoke_mode = mode;
        }
        if let Some(said) = &request.cors {
            url.cors = cors(said);
        }
        url.last_modified = now;
        Ok(url.clone())
    })
    .await?;
    response::json(StatusCode::OK, &representation::of(call, &target.arn, &url)?)
}
