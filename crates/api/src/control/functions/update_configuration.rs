//! UpdateFunctionConfiguration: only what is given changes.

use std::sync::Arc;

use http::StatusCode;
use lambent_domain::function::FunctionVersion;
use uuid::Uuid;

use super::configuration::{apply, check_whole};
use super::representation::{self, Progress};
use super::settings::Settings;
use super::{Call, changed_target, expect_revision, layers, unsupported};
use crate::control::change;
use crate::error::ApiError;
use crate::response::{self, Answer};

pub(crate) async fn update(call: &Call<'_>, request: Settings) -> Result<Answer, ApiError> {
    let target = changed_target(call, request.function_name.as_deref())?;
    unsupported::in_settings(&request)?;
    let function = target.function(&call.state.resources)?;
    let found = function.as_seen(&function.latest);
    expect_revision(&found, request.revision_id.as_deref())?;
    // An empty list is one too: it takes all layers away.
    let named = request.layers.as_deref().map(|arns| layers::resolve(call, arns)).transpose()?;
    if let Some(named) = &named {
        layers::check_size(call, &found.code, named).await?;
    }
    let now = call.state.clock.now();
    let (function, ()) = change::function(call.state, &target, |function| {
        expect_revision(&function.as_seen(&function.latest), request.revision_id.as_deref())?;
        let mut next = FunctionVersion::clone(&function.latest);
        if let Some(named) = &named {
            if next.code != found.code {
                return Err(super::update_in_progress(&target));
            }
            next.configuration.layers.clone_from(named);
        }
        apply(request.clone(), &mut next.configuration)?;
        check_whole(&next.configuration)?;
        next.revision_id = Uuid::new_v4();
        next.last_modified = now;
        function.latest = Arc::new(next);
        Ok(())
    })
    .await?;
    let answer = representation::configuration(&function.latest, &target.arn, Progress::Updated)?;
    response::json(StatusCode::OK, &answer)
}
