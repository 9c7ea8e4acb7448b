//! UpdateFunctionCode.

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::function::FunctionVersion;

use super::change::{change, current};
use super::{blocking, changed_target, checked, code, read_body, representation, unsupported};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{FunctionCode, UpdateFunctionCodeRequest};
use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) async fn update(state: &AppState, name: String, body: Bytes) -> Result<Answer, ApiError> {
    let request = blocking(move || {
        let mut request: UpdateFunctionCodeRequest = read_body(&body)?;
        request.function_name = Some(name);
        checked(&request)?;
        Ok(request)
    })
    .await?;
    let target = changed_target(&state.identity, request.function_name.as_deref().unwrap_or_default())?;
    unsupported::publishing(request.publish, request.publish_to.as_deref())?;
    let zip = code::zip_of(FunctionCode {
        zip_file: request.zip_file,
        s3_bucket: request.s3_bucket,
        s3_key: request.s3_key,
        s3_object_version: request.s3_object_version,
        s3_object_storage_mode: request.s3_object_storage_mode,
        image_uri: request.image_uri,
        source_kms_key_arn: request.source_kms_key_arn,
    })?;
    let expected = request.revision_id.as_deref();
    let found = current(state, &target, expected).await?;
    let stored = code::put(&state.code, zip).await?;
    let architecture = request.architectures.and_then(|list| list.into_iter().next());
    let apply = |version: &mut FunctionVersion| {
        version.code = stored.package.clone();
        if let Some(architecture) = &architecture {
            version.configuration.architecture.clone_from(architecture);
        }
        Ok(())
    };
    let changed = if request.dry_run == Some(true) {
        let mut tried = FunctionVersion::clone(&found);
        apply(&mut tried)?;
        tried.into()
    } else {
        change(state, &target, expected, apply).await?
    };
    response::json(StatusCode::OK, &representation::configuration(&changed, &target.arn)?)
}
