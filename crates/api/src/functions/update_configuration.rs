//! UpdateFunctionConfiguration: only what is given changes.

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::function::FunctionVersion;

use super::change::change;
use super::configuration::{apply, check_whole};
use super::settings::Settings;
use super::{changed_target, checked, read_body, representation, unsupported};
use crate::error::ApiError;
use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) async fn update(state: &AppState, name: String, body: Bytes) -> Result<Answer, ApiError> {
    let mut request: Settings = read_body(&body)?;
    request.function_name = Some(name);
    checked(&request)?;
    let target = changed_target(&state.identity, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::in_settings(&request)?;
    let changed = change(state, &target, request.revision_id.as_deref(), |version: &mut FunctionVersion| {
        apply(request.clone(), &mut version.configuration)?;
        check_whole(&version.configuration)
    })
    .await?;
    response::json(StatusCode::OK, &representation::configuration(&changed, &target.arn)?)
}
