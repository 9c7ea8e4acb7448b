//! An accepted asynchronous request: what stands on disk between the 202 and the last attempt.

use crate::arn::FunctionName;
use crate::attempt::Attempt;
use crate::disposition::{FailureCondition, PutBack};
use crate::invocation_record::DeliveryStatus;
use crate::qualifier::Qualifier;
use crate::request_id::RequestId;
use crate::tenant::TenantId;
use crate::time::Timestamp;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One event, from acceptance to its final disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The identifier the caller was given; the same on every attempt.
    pub request_id: RequestId,
    /// The function it is for, by name: the code is the one that is current when the event is dispatched.
    pub function: FunctionName,
    /// The qualifier the caller gave; none for an unqualified call.
    pub qualifier: Option<Qualifier>,
    /// What the function will receive.
    pub payload: Bytes,
    /// X-Ray context to hand to the function, as the header's text.
    pub trace: Option<String>,
    /// The tenant it is run for; only for functions with tenant isolation.
    pub tenant_id: Option<TenantId>,
    /// When it was accepted; its age counts from here.
    pub accepted_at: Timestamp,
    /// The runs so far, oldest first. At most `MaximumRetryAttempts` + 1.
    pub attempts: Vec<Attempt>,
    /// How often it was put back without a run, for throttling or a fault of ours.
    pub put_backs: u32,
    /// Why it was put back, if that is the last thing that happened to it; none after a run.
    pub last_put_back: Option<PutBack>,
    /// Which of its function's events it goes ahead of.
    pub priority: Priority,
    /// Its sender does not want it run before this instant; none for at once.
    pub not_before: Option<Timestamp>,
    /// What the last run answered, all of them failures: the record of a later end without a run still carries it.
    pub last_response: Option<Bytes>,
    /// The failed event that it repeats.
    pub redrive_of: Option<RequestId>,
}

impl Event {
    /// How old it is: a delayed event begins to age when its time has come.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.due_at())
    }

    /// When it was to run for the first time; its age counts from here.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.not_before.map_or(self.accepted_at, |not_before| not_before.max(self.accepted_at))
    }
}

/// Which of a function's ready events go first. Lambent's own: AWS knows no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Priority {
    /// In the order of acceptance.
    #[default]
    Normal,
    /// Ahead of the normal ones, though never so that those starve.
    High,
}

/// What a valid asynchronous request brings.
#[derive(Debug, Clone)]
pub struct EventRequest {
    /// Fresh, and already promised to the caller in `x-amzn-RequestId`.
    pub request_id: RequestId,
    /// The function's name.
    pub function: FunctionName,
    /// The qualifier given by the caller.
    pub qualifier: Option<Qualifier>,
    /// The body, untouched.
    pub payload: Bytes,
    /// X-Ray context; InvokeAsync hands none on (§1.1).
    pub trace: Option<String>,
    /// `X-Amz-Tenant-Id`; only for functions with tenant isolation.
    pub tenant_id: Option<TenantId>,
    /// `X-Lambent-Priority`.
    pub priority: Priority,
    /// `X-Lambent-Not-Before`, or the instant that `X-Lambent-Delay-Seconds` comes to.
    pub not_before: Option<Timestamp>,
}

/// Station 5, accept: turns a valid request into an event. An absent body is the empty object (§1.2).
#[must_use]
pub fn accept(request: EventRequest, now: Timestamp) -> Event {
    let EventRequest { request_id, function, qualifier, payload, trace, tenant_id, priority, not_before } =
        request;
    let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
    Event {
        request_id,
        function,
        qualifier,
        payload,
        trace,
        tenant_id,
        accepted_at: now,
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority,
        not_before: not_before.filter(|not_before| *not_before > now),
        last_response: None,
        redrive_of: None,
    }
}

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventState {
    /// Ready to run.
    Queued,
    /// Waiting for its next attempt.
    Delayed,
    /// Leased to an attempt.
    Running,
    /// Done: the function returned.
    Succeeded,
    /// Given up.
    Failed,
    /// Removed by its owner, or its function was deleted.
    Cancelled,
}

/// What can be told about an event by its request id. Never its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventStatus {
    /// The request id.
    pub request_id: RequestId,
    /// The function's name.
    pub function: FunctionName,
    /// The qualifier the caller gave.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub qualifier: Option<Qualifier>,
    /// Where it is.
    pub state: EventState,
    /// Why it was given up; only when it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub condition: Option<FailureCondition>,
    /// When it was accepted, Unix milliseconds.
    pub accepted_at: Timestamp,
    /// When it was settled, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_at: Option<Timestamp>,
    /// When it will run next, Unix milliseconds; only while it is delayed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_attempt_at: Option<Timestamp>,
    /// The runs so far, oldest first.
    pub attempts: Vec<Attempt>,
    /// Which of its function's events it goes ahead of.
    #[serde(skip_serializing_if = "Priority::is_normal", default)]
    pub priority: Priority,
    /// Bytes of its payload.
    #[serde(default)]
    pub payload_bytes: u64,
    /// Bytes of what the function returned; only when it succeeded and this is remembered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result_bytes: Option<u64>,
    /// Whether what the function returned is kept and can be read.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub result_kept: bool,
    /// Whether it is in the dead-letter list, with its payload, and can be redriven.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub dead_letter: bool,
    /// The failed event that it repeats.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redrive_of: Option<RequestId>,
    /// The event that repeats this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redriven_as: Option<RequestId>,
    /// What is sent to destinations and dead-letter queues because of its end.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub deliveries: Vec<DeliveryStatus>,
}

impl EventState {
    /// Whether it is final.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

impl Priority {
    /// The default, which is not worth telling.
    #[must_use]
    pub fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_body_is_the_empty_object() {
        let request = |payload| EventRequest {
            request_id: RequestId::from_bytes([7; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: None,
            payload,
            trace: None,
            tenant_id: None,
            priority: Priority::Normal,
            not_before: None,
        };
        let now = Timestamp::from_millis(5);
        assert_eq!(&accept(request(Bytes::new()), now).payload[..], b"{}");
        let event = accept(request(Bytes::from_static(b" 1")), now);
        assert_eq!((&event.payload[..], event.accepted_at), (&b" 1"[..], now));
    }
}
