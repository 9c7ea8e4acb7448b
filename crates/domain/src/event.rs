//! An accepted asynchronous request: what stands on disk between the 202 and the last attempt.

use crate::arn::FunctionName;
use crate::attempt::Attempt;
use crate::disposition::FailureCondition;
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
}

impl Event {
    /// How old it is.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.accepted_at)
    }
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
}

/// Station 5, accept: turns a valid request into an event. An absent body is the empty object (§1.2).
#[must_use]
pub fn accept(request: EventRequest, now: Timestamp) -> Event {
    let EventRequest { request_id, function, qualifier, payload, trace, tenant_id } = request;
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
        };
        let now = Timestamp::from_millis(5);
        assert_eq!(&accept(request(Bytes::new()), now).payload[..], b"{}");
        let event = accept(request(Bytes::from_static(b" 1")), now);
        assert_eq!((&event.payload[..], event.accepted_at), (&b" 1"[..], now));
    }
}
