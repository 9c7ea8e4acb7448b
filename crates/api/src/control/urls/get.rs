//! GetFunctionUrlConfig.

use http::StatusCode;

use super::{Call, found, representation};
use crate::error::ApiError;
use crate::generated::lambda::shapes::GetFunctionUrlConfigRequest;
use crate::response::{self, Answer};

pub(crate) fn get(call: &Call<'_>, request: GetFunctionUrlConfigRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let url = found(call, &target)?;
    response::json(StatusCode::OK, &representation::of(call, &target.arn, &url)?)
}
