//! PublishVersion.

use http::StatusCode;

use super::{Call, functions};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::PublishVersionRequest;
use crate::response::{self, Answer};
use functions::representation::{self, Progress};

/// A version of what `$LATEST` is, provided that it is what the caller thinks; the last version if it says the same.
pub(crate) async fn publish(call: &Call<'_>, request: PublishVersionRequest) -> Result<Answer, ApiError> {
    let target = functions::changed_target(call, request.function_name.as_deref())?;
    functions::unsupported::publishing_to(request.publish_to.as_deref())?;
    let publication = functions::publication(request.description);
    let (_, (version, _)) = change::function(call.state, &target, |function| {
        functions::expect_revision(&function.as_seen(&function.latest), request.revision_id.as_deref())?;
        let present = representation::base64_of(function.latest.code.sha256);
        match request.code_sha256.as_deref() {
            // An empty one is none: tools send it so.
            None | Some("") => {}
            Some(expected) if expected == present => {}
            Some(expected) => {
                return Err(ApiError::invalid_parameter(format!(
                    "CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({present}). Please try \
                     again with the CodeSHA256 in $LATEST."
                )));
            }
        }
        Ok(function.publish(&publication))
    })
    .await?;
    // It was whole before it had a number (R `test_version_lifecycle`).
    let answer = representation::configuration(&version, &functions::arn_of(call, &version), Progress::Done)?;
    response::json(StatusCode::CREATED, &answer)
}
