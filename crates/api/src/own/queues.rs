//! What waits of one function: how much, and ending, pausing and resuming it as a whole.

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use serde::{Deserialize, Serialize};

use super::read;
use crate::authorization::Asked;
use crate::authorization::audit::Deed;
use crate::authorization::own::{self, Action};
use crate::control::change;
use crate::error::ApiError;
use crate::naming::Target;
use crate::response::{self, Answer};
use crate::state::AppState;

/// What is asked about a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Summary,
    /// As the body says.
    Purge,
    Pause,
    Resume,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    function: &'a FunctionName,
    paused: bool,
    queued: u64,
    delayed: u64,
    running: u64,
    bytes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Purge {
    what: What,
}

/// What a purge ends.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum What {
    Waiting,
    DeadLetters,
}

/// A body that says nothing, and may as well be absent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Serialize)]
struct Purged {
    purged: u64,
}

#[derive(Serialize)]
struct Paused {
    paused: bool,
}

pub(super) async fn answer(
    asked: &Asked<'_>,
    target: &Target,
    wish: Wish,
    body: &[u8],
) -> Result<Answer, ApiError> {
    let action = match wish {
        Wish::Summary => Action::ListEvents,
        Wish::Purge => Action::PurgeEvents,
        Wish::Pause => Action::PauseEvents,
        Wish::Resume => Action::ResumeEvents,
    };
    let (state, name) = (asked.state, &target.arn.name);
    let resource = own::resource(&state.identity, Some(name));
    let deed = Deed { action, resource: &resource.to_string(), event: None };
    asked.authorize(action.name(), resource)?;
    match wish {
        Wish::Summary => summary(state, target),
        Wish::Purge => {
            let Purge { what } = read(body)?;
            let purged = purge(state, target, what).await;
            deed.record(asked, &purged, Some(purged.as_ref().copied().unwrap_or_default()));
            response::json(StatusCode::OK, &Purged { purged: purged? })
        }
        Wish::Pause | Wish::Resume => {
            if !body.is_empty() {
                read::<Nothing>(body)?;
            }
            let paused = wish == Wish::Pause;
            let changed = set_paused(state, target, paused).await;
            deed.record(asked, &changed, None);
            changed.and_then(|()| response::json(StatusCode::OK, &Paused { paused }))
        }
    }
}

fn summary(state: &AppState, target: &Target) -> Result<Answer, ApiError> {
    let name = &target.arn.name;
    let function = target.function(&state.resources)?;
    let backlog = state.queue.backlog(name);
    let summary = Summary {
        function: name,
        paused: function.queue_paused,
        queued: backlog.events.saturating_sub(backlog.running).saturating_sub(backlog.delayed),
        delayed: backlog.delayed,
        running: backlog.running,
        bytes: backlog.bytes,
    };
    response::json(StatusCode::OK, &summary)
}

/// What a function leaves behind when it is deleted can be purged too.
async fn purge(state: &AppState, target: &Target, what: What) -> Result<u64, ApiError> {
    let name = &target.arn.name;
    let purged = match what {
        What::Waiting => state.queue.purge(name, state.clock.now()).await?,
        What::DeadLetters => state.queue.purge_dead_letters(name).await?,
    };
    if purged == 0 {
        target.function(&state.resources)?;
    }
    Ok(purged)
}

/// A function is changed even if it is as is wanted already: whoever changes it back at the same time comes first or last.
async fn set_paused(state: &AppState, target: &Target, paused: bool) -> Result<(), ApiError> {
    let changed = change::function(state, target, |function| {
        function.queue_paused = paused;
        Ok(())
    });
    changed.await.map(drop)
}
