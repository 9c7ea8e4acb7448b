//! How far the engine has come with keeping environments ready.

use lambent_domain::arn::FunctionName;
use lambent_domain::qualifier::Qualifier;
use lambent_engine::{Engine, ProvisionedState};

/// A config's state in the words of the service model.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) status: &'static str,
    pub(super) reason: Option<String>,
    pub(super) allocated: i64,
    pub(super) available: i64,
}

/// What is there of what was asked for. A config that the engine has not taken up yet has nothing.
pub(super) fn of(engine: &Engine, function: &FunctionName, qualifier: &Qualifier) -> Status {
    let Some(found) = engine.provisioned(function, qualifier) else {
        return Status { status: "IN_PROGRESS", reason: None, allocated: 0, available: 0 };
    };
    let (status, reason) = match found.state {
        ProvisionedState::InProgress => ("IN_PROGRESS", None),
        ProvisionedState::Ready => ("READY", None),
        ProvisionedState::Failed { reason } => ("FAILED", Some(reason.to_owned())),
    };
    Status { status, reason, allocated: i64::from(found.allocated), available: i64::from(found.available) }
}
