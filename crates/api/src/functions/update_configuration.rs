//! UpdateFunctionConfiguration: only what is given changes.

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::function::FunctionVersion;

use super::change::change;
use super::configuration::{Settings, check_whole};
use super::{changed_target, checked, read_body, representation, unsupported};
use crate::error::ApiError;
use crate::generated::lambda::shapes::UpdateFunctionConfigurationRequest;
use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) async fn update(state: &AppState, name: String, body: Bytes) -> Result<Answer, ApiError> {
    let mut request: UpdateFunctionConfigurationRequest = read_body(&body)?;
    request.function_name = Some(name);
    checked(&request)?;
    let target = changed_target(&state.identity, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::in_update(&request)?;
    let changed = change(state, &target, request.revision_id.as_deref(), |version: &mut FunctionVersion| {
        settings(request.clone()).apply(&mut version.configuration)?;
        check_whole(&version.configuration)
    })
    .await?;
    response::json(StatusCode::OK, &representation::configuration(&changed, &target.arn)?)
}

fn settings(request: UpdateFunctionConfigurationRequest) -> Settings {
    Settings {
        role: request.role,
        runtime: request.runtime,
        handler: request.handler,
        description: request.description,
        timeout: request.timeout,
        memory_size: request.memory_size,
        ephemeral_storage: request.ephemeral_storage,
        environment: request.environment,
        logging_config: request.logging_config,
        tracing_config: request.tracing_config,
        dead_letter_config: request.dead_letter_config,
        vpc_config: request.vpc_config,
        kms_key_arn: request.kms_key_arn,
        file_system_configs: request.file_system_configs,
        snap_start: request.snap_start,
    }
}
