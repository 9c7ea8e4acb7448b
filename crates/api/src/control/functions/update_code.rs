//! UpdateFunctionCode.

use std::sync::Arc;

use http::StatusCode;
use lambent_domain::function::{CodePackage, FunctionVersion};
use lambent_domain::time::Timestamp;
use uuid::Uuid;

use super::representation::{self, Progress};
use super::{Call, changed_target, code, expect_revision, layers, publication, unsupported};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{FunctionCode, UpdateFunctionCodeRequest};
use crate::response::{self, Answer};

/// What is different in the new `$LATEST`.
#[derive(Debug)]
struct Change {
    code: CodePackage,
    architecture: Option<String>,
    source_key: Option<String>,
    at: Timestamp,
}

impl Change {
    fn of(&self, latest: &FunctionVersion) -> Result<FunctionVersion, ApiError> {
        let mut next = FunctionVersion {
            code: self.code.clone(),
            revision_id: Uuid::new_v4(),
            last_modified: self.at,
            ..latest.clone()
        };
        if let Some(architecture) = &self.architecture {
            next.configuration.architecture.clone_from(architecture);
        }
        super::keep_source_key(&mut next.configuration, self.source_key.clone())?;
        Ok(next)
    }
}

pub(crate) async fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let request: UpdateFunctionCodeRequest = call.request_with_code().await?;
    let target = changed_target(call, request.function_name.as_deref())?;
    unsupported::publishing_to(request.publish_to.as_deref())?;
    if request.image_uri.is_some() {
        return Err(ApiError::invalid_parameter(
            "Please don't provide ImageUri when updating a function with packageType Zip.",
        ));
    }
    let source = code::source_of(FunctionCode {
        zip_file: request.zip_file,
        s3_bucket: request.s3_bucket,
        s3_key: request.s3_key,
        s3_object_version: request.s3_object_version,
        s3_object_storage_mode: request.s3_object_storage_mode,
        image_uri: None,
        source_kms_key_arn: None,
    })?;
    let expected = request.revision_id.as_deref();
    // Before the package is unpacked, which takes longer than to say no.
    let function = target.function(&call.state.resources)?;
    let found = function.as_seen(&function.latest);
    expect_revision(&found, expected)?;
    let stored = code::put(call.state, source).await?;
    layers::check_size(call, &stored.package, &found.configuration.layers).await?;
    let change = Change {
        code: stored.package.clone(),
        architecture: request.architectures.and_then(|list| list.into_iter().next()),
        source_key: request.source_kms_key_arn,
        at: call.state.clock.now(),
    };
    if request.dry_run == Some(true) {
        let would_be = FunctionVersion {
            revision_id: found.revision_id,
            last_modified: found.last_modified,
            ..change.of(&found)?
        };
        let answer = representation::configuration(&would_be, &target.arn, Progress::Done)?;
        return response::json(StatusCode::OK, &answer);
    }
    let publish = request.publish == Some(true);
    let (function, published) = change::function(call.state, &target, |function| {
        expect_revision(&function.as_seen(&function.latest), expected)?;
        if function.latest.configuration.layers != found.configuration.layers {
            return Err(super::update_in_progress(&target));
        }
        function.latest = Arc::new(change.of(&function.latest)?);
        Ok(publish.then(|| function.publish(&publication(None))))
    })
    .await?;
    super::tell_of_architecture(&function.latest.configuration);
    let answer = match published {
        Some((version, new)) => {
            let progress = if new { Progress::Created } else { Progress::Done };
            representation::configuration(&version, &super::arn_of(call, &version), progress)?
        }
        None => representation::configuration(&function.latest, &target.arn, Progress::Updated)?,
    };
    response::json(StatusCode::OK, &answer)
}
