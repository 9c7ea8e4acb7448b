//! Whether a function may call itself in a circle.

use http::StatusCode;
use lambent_domain::function::RecursiveLoop;

use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    GetFunctionRecursionConfigRequest, GetFunctionRecursionConfigResponse, PutFunctionRecursionConfigRequest,
    PutFunctionRecursionConfigResponse,
};
use crate::response::{self, Answer};

pub(crate) fn get(call: &Call<'_>, request: &GetFunctionRecursionConfigRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let recursive_loop = Some(text(target.function(&call.state.resources)?.recursive_loop));
    response::json(StatusCode::OK, &GetFunctionRecursionConfigResponse { recursive_loop })
}

pub(crate) async fn put(
    call: &Call<'_>,
    request: PutFunctionRecursionConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    // The service model has no third value.
    let wanted = match request.recursive_loop.as_deref() {
        Some("Allow") => RecursiveLoop::Allow,
        _ => RecursiveLoop::Terminate,
    };
    change::function(call.state, &target, |function| {
        function.recursive_loop = wanted;
        Ok(())
    })
    .await?;
    let recursive_loop = Some(text(wanted));
    response::json(StatusCode::OK, &PutFunctionRecursionConfigResponse { recursive_loop })
}

fn text(recursive_loop: RecursiveLoop) -> String {
    match recursive_loop {
        RecursiveLoop::Terminate => "Terminate".to_owned(),
        RecursiveLoop::Allow => "Allow".to_owned(),
    }
}
