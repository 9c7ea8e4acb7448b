//! A record that waits to be sent, as it is written: whole, so that nothing else need be kept for it.
//!
//! Like every stored value it begins with its form. It is written once, however often it is tried; what changes with
//! every try stands in the order of what is due ([`Due`]).

use super::record::{EventRecord, Reader, json, malformed, push_optional};
use crate::StorageError;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, Priority};
use lambent_domain::invocation_record::{InvocationRecord, OutgoingRecord, Purpose, RecordedResponse};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::request_id::RequestId;
use lambent_domain::tenant::TenantId;
use lambent_domain::time::Timestamp;

const FORM: u8 = 1;

/// What is written of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) outgoing: OutgoingRecord,
    /// When it was stored.
    pub(super) stored_at: Timestamp,
    /// Which of the deliveries in its event's status it is.
    pub(super) delivery: u32,
    /// What the record does not say of the event, and a dead letter has to.
    pub(super) rest: EventRest,
}

/// See [`Outgoing::rest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventRest {
    pub(super) accepted: u64,
    pub(super) accepted_at: Timestamp,
    pub(super) tenant_id: Option<TenantId>,
    pub(super) priority: Priority,
}

impl Outgoing {
    pub(super) fn encode(&self) -> Result<Vec<u8>, StorageError> {
        let OutgoingRecord { purpose, target, record } = &self.outgoing;
        let response_bytes = record.response.as_ref().map_or(0, |response| response.payload.len());
        let mut out = Vec::with_capacity(256 + record.request_payload.len() + response_bytes);
        out.push(FORM);
        out.extend_from_slice(&self.stored_at.as_millis().to_be_bytes());
        out.extend_from_slice(&self.delivery.to_be_bytes());
        out.extend_from_slice(&self.rest.accepted.to_be_bytes());
        out.extend_from_slice(&self.rest.accepted_at.as_millis().to_be_bytes());
        out.push(u8::from(self.rest.priority == Priority::High));
        out.push(match purpose {
            Purpose::OnSuccess => 0,
            Purpose::OnFailure => 1,
            Purpose::DeadLetterQueue => 2,
        });
        out.extend_from_slice(record.request_id.as_bytes());
        out.extend_from_slice(&record.invoke_count.to_be_bytes());
        out.extend_from_slice(&record.status.to_be_bytes());
        out.extend_from_slice(&record.settled_at.as_millis().to_be_bytes());
        push_optional(&mut out, self.rest.tenant_id.as_ref().map(TenantId::as_str))?;
        push_optional(&mut out, Some(target))?;
        push_optional(&mut out, Some(record.function.as_str()))?;
        push_optional(&mut out, record.qualifier.as_ref().map(ToString::to_string))?;
        push_optional(&mut out, record.failure.as_ref().map(json).transpose()?)?;
        push_optional(&mut out, record.error_message.as_ref())?;
        push_optional(&mut out, record.trace.as_ref())?;
        if let Some(RecordedResponse { payload, executed_version, is_error }) = &record.response {
            out.push(1 + u8::from(*is_error));
            push_optional(&mut out, Some(executed_version.to_string()))?;
            push_optional(&mut out, Some(payload))?;
        } else {
            out.push(0);
        }
        out.extend_from_slice(&record.request_payload);
        Ok(out)
    }

    pub(super) fn decode(stored: &[u8]) -> Result<Self, StorageError> {
        read(&mut Reader(stored)).ok_or_else(|| malformed("record for a destination"))
    }

    /// The event that the record is about, as the dead-letter list keeps it.
    pub(super) fn into_letter(self) -> Result<Vec<u8>, StorageError> {
        let InvocationRecord { request_id, function, qualifier, request_payload, response, trace, .. } =
            self.outgoing.record;
        let EventRest { accepted, accepted_at, tenant_id, priority } = self.rest;
        let event = Event {
            request_id,
            function,
            qualifier,
            payload: request_payload,
            trace,
            tenant_id,
            accepted_at,
            // They stand in its status.
            attempts: Vec::new(),
            put_backs: 0,
            last_put_back: None,
            priority,
            not_before: None,
            last_response: response.map(|response| response.payload),
            redrive_of: None,
        };
        Ok(EventRecord::encode(&event)?.finish(accepted))
    }
}

fn read(rest: &mut Reader<'_>) -> Option<Outgoing> {
    let [form] = rest.take()?;
    (form == FORM).then_some(())?;
    let stored_at = timestamp(rest)?;
    let delivery = u32::from_be_bytes(rest.take()?);
    let accepted = u64::from_be_bytes(rest.take()?);
    let accepted_at = timestamp(rest)?;
    let priority = match rest.take()? {
        [0] => Priority::Normal,
        [1] => Priority::High,
        _ => return None,
    };
    let purpose = match rest.take()? {
        [0] => Purpose::OnSuccess,
        [1] => Purpose::OnFailure,
        [2] => Purpose::DeadLetterQueue,
        _ => return None,
    };
    let request_id = RequestId::from_bytes(rest.take()?);
    let invoke_count = u32::from_be_bytes(rest.take()?);
    let status = u16::from_be_bytes(rest.take()?);
    let settled_at = timestamp(rest)?;
    let tenant_id = text(rest)?.map(|text| TenantId::parse(&text).ok_or(())).transpose().ok()?;
    let target = text(rest)??;
    let function = FunctionName::new(&text(rest)??).ok()?;
    let qualifier = text(rest)?.map(Qualifier::from);
    let failure = rest.optional()?.map(serde_json::from_slice).transpose().ok()?;
    let error_message = text(rest)?;
    let trace = text(rest)?;
    let response = response(rest)?;
    let request_payload = Bytes::copy_from_slice(rest.0);
    let record = InvocationRecord {
        request_id,
        function,
        qualifier,
        failure,
        invoke_count,
        request_payload,
        response,
        status,
        error_message,
        trace,
        settled_at,
    };
    let rest = EventRest { accepted, accepted_at, tenant_id, priority };
    Some(Outgoing { outgoing: OutgoingRecord { purpose, target, record }, stored_at, delivery, rest })
}

fn timestamp(rest: &mut Reader<'_>) -> Option<Timestamp> {
    Some(Timestamp::from_millis(u64::from_be_bytes(rest.take()?)))
}

#[expect(clippy::option_option, reason = "outer: readable at all; inner: the field is there")]
fn text(rest: &mut Reader<'_>) -> Option<Option<String>> {
    rest.optional()?.map(|bytes| std::str::from_utf8(bytes).map(str::to_owned)).transpose().ok()
}

#[expect(clippy::option_option, reason = "outer: readable at all; inner: there was a run")]
fn response(rest: &mut Reader<'_>) -> Option<Option<RecordedResponse>> {
    let is_error = match rest.take()? {
        [0] => return Some(None),
        [1] => false,
        [2] => true,
        _ => return None,
    };
    let executed_version = Version::try_from(text(rest)??).ok()?;
    let payload = Bytes::copy_from_slice(rest.optional()??);
    Some(Some(RecordedResponse { payload, executed_version, is_error }))
}

/// What stands in the order of what is due, beside the place: which record it is, and how often it was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// Key of the record.
    pub(super) number: u64,
    pub(super) attempts: u32,
    /// Bytes of the record.
    pub(super) bytes: u64,
}

impl Due {
    pub(super) fn to_bytes(self) -> [u8; 20] {
        let mut out = [0; 20];
        let (number, rest) = out.split_at_mut(8);
        let (attempts, bytes) = rest.split_at_mut(4);
        number.copy_from_slice(&self.number.to_be_bytes());
        attempts.copy_from_slice(&self.attempts.to_be_bytes());
        bytes.copy_from_slice(&self.bytes.to_be_bytes());
        out
    }

    pub(super) fn from_bytes(stored: &[u8]) -> Result<Self, StorageError> {
        let read = || -> Option<Self> {
            let mut rest = Reader(stored);
            let number = u64::from_be_bytes(rest.take()?);
            let attempts = u32::from_be_bytes(rest.take()?);
            let bytes = u64::from_be_bytes(rest.take()?);
            rest.0.is_empty().then_some(Self { number, attempts, bytes })
        };
        read().ok_or_else(|| malformed("due time of a record"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::decode_event;
    use super::*;
    use lambent_domain::disposition::FailureCondition;
    use proptest::option::of;
    use proptest::prelude::*;

    prop_compose! {
        fn response_()(payload: Vec<u8>, version in 0_u64..3, is_error: bool) -> RecordedResponse {
            let executed_version = match version {
                0 => Version::Latest,
                number => Version::try_from(number.to_string()).unwrap(),
            };
            RecordedResponse { payload: payload.into(), executed_version, is_error }
        }
    }

    prop_compose! {
        fn record_()(
            id: [u8; 16], qualifier in of("[a-z0-9]{1,5}"), failed: bool, invoke_count: u32, payload: Vec<u8>,
            response in of(response_()), status: u16, error_message: Option<String>, trace: Option<String>, at: u64,
        ) -> InvocationRecord {
            InvocationRecord {
                request_id: RequestId::from_bytes(id),
                function: FunctionName::new("a-b").unwrap(),
                qualifier: qualifier.map(Qualifier::from),
                failure: failed.then_some(FailureCondition::EventAgeExceeded),
                invoke_count,
                request_payload: payload.into(),
                response,
                status,
                error_message,
                trace,
                settled_at: Timestamp::from_millis(at),
            }
        }
    }

    prop_compose! {
        fn outgoing_()(
            record in record_(), purpose in 0_usize..3, target: String, stored_at: u64, delivery: u32,
            accepted: u64, accepted_at: u64, tenant in of("[a-z]{1,9}"), high: bool,
        ) -> Outgoing {
            let purpose = [Purpose::OnSuccess, Purpose::OnFailure, Purpose::DeadLetterQueue][purpose];
            Outgoing {
                outgoing: OutgoingRecord { purpose, target, record },
                stored_at: Timestamp::from_millis(stored_at),
                delivery,
                rest: EventRest {
                    accepted,
                    accepted_at: Timestamp::from_millis(accepted_at),
                    tenant_id: tenant.map(|text| TenantId::parse(&text).unwrap()),
                    priority: if high { Priority::High } else { Priority::Normal },
                },
            }
        }
    }

    proptest! {
        #[test]
        fn a_record_reads_back_as_written(record in outgoing_()) {
            prop_assert_eq!(Outgoing::decode(&record.encode().unwrap()).unwrap(), record);
        }

        #[test]
        fn a_cut_or_noisy_record_is_an_error_or_another_record(record in outgoing_(), cut: usize, noise: Vec<u8>) {
            let stored = record.encode().unwrap();
            let fixed = stored.len() - record.outgoing.record.request_payload.len();
            prop_assert!(Outgoing::decode(&stored[..cut % fixed]).is_err());
            let _ = Outgoing::decode(&noise);
            let _ = Due::from_bytes(&noise);
        }

        #[test]
        fn a_letter_made_of_a_record_has_the_event(record in outgoing_()) {
            let (event, accepted) =
                decode_event(&record.outgoing.record.function, &record.clone().into_letter().unwrap()).unwrap();
            let told = &record.outgoing.record;
            prop_assert_eq!(accepted, record.rest.accepted);
            prop_assert_eq!((event.request_id, event.payload), (told.request_id, told.request_payload.clone()));
            prop_assert_eq!((event.tenant_id, event.priority), (record.rest.tenant_id, record.rest.priority));
            prop_assert_eq!((event.qualifier, event.trace), (told.qualifier.clone(), told.trace.clone()));
        }

        #[test]
        fn a_due_time_reads_back_as_written(number: u64, attempts: u32, bytes: u64) {
            let due = Due { number, attempts, bytes };
            prop_assert_eq!(Due::from_bytes(&due.to_bytes()).unwrap(), due);
            prop_assert!(Due::from_bytes(&due.to_bytes()[1..]).is_err());
        }
    }
}
