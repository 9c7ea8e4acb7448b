//! What is told about an event that is over: one record, and whom it goes to (facts: async-invocation §6, §7).

mod dead_letter;
mod json;
mod told;

pub use dead_letter::DeadLetterAttributes;
pub use json::RECURSION_CONDITION;
pub use told::{Told, records_of};

use crate::arn::FunctionName;
use crate::disposition::FailureCondition;
use crate::qualifier::{Qualifier, Version};
use crate::request_id::RequestId;
use crate::time::Timestamp;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// All that any destination may want to know of an event's end. Payloads are the bytes as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvocationRecord {
    /// The one the caller was given.
    pub request_id: RequestId,
    /// The function's name.
    pub function: FunctionName,
    /// The qualifier the caller gave; the record shows `$LATEST` for none.
    pub qualifier: Option<Qualifier>,
    /// Why it was given up; none when it succeeded.
    pub failure: Option<FailureCondition>,
    /// How often the function ran; 0 if it never did.
    pub invoke_count: u32,
    /// The event.
    pub request_payload: Bytes,
    /// What the last run answered; none if there was no run.
    pub response: Option<RecordedResponse>,
    /// HTTP status of the last attempt, the dead-letter queue's `ErrorCode`: 200 where the function ran, else what a
    /// synchronous caller would have been given.
    pub status: u16,
    /// First 1 KB of the last error's message; the dead-letter queue's `ErrorMessage`.
    pub error_message: Option<String>,
    /// X-Ray context; SQS's `AWSTraceHeader`.
    pub trace: Option<String>,
    /// When the event was settled.
    pub settled_at: Timestamp,
}

/// The last run's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedResponse {
    /// What the runtime posted, error object included.
    pub payload: Bytes,
    /// The version that ran.
    pub executed_version: Version,
    /// Whether it is a function error.
    pub is_error: bool,
}

/// One message that is still to be sent: a record and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Why it is sent.
    pub purpose: Purpose,
    /// ARN of the destination, or of the queue or topic.
    pub target: String,
    /// What is told.
    pub record: InvocationRecord,
}

/// Why a record is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// The function's `OnSuccess` destination.
    OnSuccess,
    /// The function's `OnFailure` destination.
    OnFailure,
    /// The function's dead-letter queue or topic.
    DeadLetterQueue,
}

/// How far the sending of a record is, as the events API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// Why it is sent.
    pub purpose: Purpose,
    /// Where to.
    pub target: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// What the last try failed with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_error: Option<String>,
    /// When it was tried last, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_attempt_at: Option<Timestamp>,
}

/// Whether a record has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// Not yet; it is tried again.
    Pending,
    /// Yes.
    Delivered,
    /// It never will: given up.
    Failed,
}
