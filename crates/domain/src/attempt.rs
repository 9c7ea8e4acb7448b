//! What is remembered of one run of an event.

use crate::outcome::Outcome;
use crate::qualifier::Version;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One run, as the events API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// When the function was given the event, Unix milliseconds.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The version that ran.
    pub executed_version: Version,
    /// `succeeded`, or the kind of failure.
    pub outcome: AttemptOutcome,
    /// The error's type, for logs and people; none when it succeeded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error_type: Option<String>,
    /// First 1 KB of the error's message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error_message: Option<String>,
    /// Where its lines are.
    pub log: LogPointer,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttemptOutcome {
    /// The function returned.
    Succeeded,
    /// It raised, exited, was killed, ran out of memory or answered too much.
    FunctionError,
    /// It ran out of time.
    Timeout,
}

impl From<&Outcome> for AttemptOutcome {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Returned { .. } => Self::Succeeded,
            Outcome::Failed(failure) if failure.is_timeout() => Self::Timeout,
            Outcome::Failed(_) => Self::FunctionError,
        }
    }
}

/// A place in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogPointer {
    /// The log group.
    pub group: String,
    /// The stream in it: one per execution environment.
    pub stream: String,
    /// The execution environment that it ran in; of runs that were stored by earlier versions it is not known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<String>,
    /// Where its lines begin in the stream: the timestamp of START, Unix milliseconds. It is the `startTime` with which
    /// GetLogEvents and FilterLogEvents find them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_of_earlier_versions_are_read_and_new_ones_say_more() {
        let old = r#"{"group":"g","stream":"s"}"#;
        let pointer: LogPointer = serde_json::from_str(old).unwrap();
        assert_eq!((pointer.environment.as_ref(), pointer.position), (None, None));
        assert_eq!(serde_json::to_string(&pointer).unwrap(), old);
        let new = r#"{"group":"g","stream":"s","environment":"e","position":7}"#;
        let pointer: LogPointer = serde_json::from_str(new).unwrap();
        assert_eq!(pointer.position, Some(Timestamp::from_millis(7)));
        assert_eq!(serde_json::to_string(&pointer).unwrap(), new);
    }
}
