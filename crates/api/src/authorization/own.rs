//! What a request to Lambent's own API needs to be allowed. Health and the first page need nothing; a code download
//! carries its own secret.

use lambent_domain::arn::{FunctionArn, FunctionName};

use super::Subject;
use crate::naming::Identity;

/// The actions that AWS has no name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    ListEvents,
    GetEvent,
    GetEventPayload,
    GetEventResult,
    CancelEvent,
    RedriveEvent,
    PurgeEvents,
    PauseEvents,
    ResumeEvents,
    GetRetryPolicy,
    PutRetryPolicy,
    DeleteRetryPolicy,
    GetMetrics,
}

impl Action {
    pub const ALL: [Self; 13] = [
        Self::ListEvents,
        Self::GetEvent,
        Self::GetEventPayload,
        Self::GetEventResult,
        Self::CancelEvent,
        Self::RedriveEvent,
        Self::PurgeEvents,
        Self::PauseEvents,
        Self::ResumeEvents,
        Self::GetRetryPolicy,
        Self::PutRetryPolicy,
        Self::DeleteRetryPolicy,
        Self::GetMetrics,
    ];

    /// As in a policy's `Action`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ListEvents => "lambent:ListEvents",
            Self::GetEvent => "lambent:GetEvent",
            Self::GetEventPayload => "lambent:GetEventPayload",
            Self::GetEventResult => "lambent:GetEventResult",
            Self::CancelEvent => "lambent:CancelEvent",
            Self::RedriveEvent => "lambent:RedriveEvent",
            Self::PurgeEvents => "lambent:PurgeEvents",
            Self::PauseEvents => "lambent:PauseEvents",
            Self::ResumeEvents => "lambent:ResumeEvents",
            Self::GetRetryPolicy => "lambent:GetRetryPolicy",
            Self::PutRetryPolicy => "lambent:PutRetryPolicy",
            Self::DeleteRetryPolicy => "lambent:DeleteRetryPolicy",
            Self::GetMetrics => "lambent:GetMetrics",
        }
    }
}

/// The function whose events are asked for, or `*` for those of any.
pub fn resource(identity: &Identity, function: Option<&FunctionName>) -> Subject {
    let Some(name) = function else { return Subject::Anything };
    let (region, account) = (identity.region.clone(), identity.account.clone());
    Subject::Function(FunctionArn { region, account, name: name.clone(), qualifier: None })
}
