//! UpdateFunctionCode.

use std::sync::Arc;

use http::StatusCode;
use lambent_domain::function::FunctionVersion;
use uuid::Uuid;

use super::{Call, changed_target, code, expect_revision, representation, unsupported};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{FunctionCode, UpdateFunctionCodeRequest};
use crate::response::{self, Answer};

pub(crate) async fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let request: UpdateFunctionCodeRequest = call.request_with_code().await?;
    let target = changed_target(call, request.function_name.as_deref())?;
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
    // Before the package is unpacked, which takes longer than to say no.
    let (_, found) = target.resolve(&call.state.resources)?;
    expect_revision(&found, expected)?;
    let stored = code::put(&call.state.code, zip).await?;
    let architecture = request.architectures.and_then(|list| list.into_iter().next());
    let now = call.state.clock.now();
    let changed = |latest: &FunctionVersion| {
        let mut next = FunctionVersion::clone(latest);
        next.code = stored.package.clone();
        if let Some(architecture) = &architecture {
            next.configuration.architecture.clone_from(architecture);
        }
        next
    };
    let described = if request.dry_run == Some(true) {
        Arc::new(changed(&found))
    } else {
        let (function, ()) = change::function(call.state, &target, |function| {
            expect_revision(&function.as_seen(&function.latest), expected)?;
            let next = FunctionVersion {
                revision_id: Uuid::new_v4(),
                last_modified: now,
                ..changed(&function.latest)
            };
            function.latest = Arc::new(next);
            Ok(())
        })
        .await?;
        Arc::clone(&function.latest)
    };
    response::json(StatusCode::OK, &representation::configuration(&described, &target.arn)?)
}
