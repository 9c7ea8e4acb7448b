//! What is written for an event: its record while it is unsettled, its entry by request id, its outcome.
//!
//! Every value begins with a byte that names its form. Lengths are checked on reading: a damaged record is an error,
//! never a panic.

use super::keys::{Place, number};
use crate::StorageError;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::PutBack;
use lambent_domain::event::{Event, EventStatus, Priority};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::tenant::TenantId;
use lambent_domain::time::Timestamp;

/// An event without a tenant: the first version of Lambent had no others.
const EVENT_FORM: u8 = 1;
/// An event with a tenant, which stands behind the attempts.
const TENANT_EVENT_FORM: u8 = 2;
/// An event with anything else out of the ordinary: all of that stands behind the attempts.
const FULL_EVENT_FORM: u8 = 3;
/// Where an event's put-backs are counted, in bits; they are counted no further.
const PUT_BACKS_BITS: u32 = 30;
const PUT_BACKS_MAX: u32 = (1 << PUT_BACKS_BITS) - 1;
const UNSETTLED_FORM: u8 = 1;
const SETTLED_FORM: u8 = 2;
/// An outcome beyond its retention.
const HELD_FORM: u8 = 3;

/// An event's record with a gap for the order of acceptance, which is known only when it is written.
pub(super) struct EventRecord(Vec<u8>);

impl std::fmt::Debug for EventRecord {
    /// Never the payload.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "EventRecord({} bytes)", self.0.len())
    }
}

impl EventRecord {
    /// Form, gap, fixed fields, then length-prefixed texts, then the payload to the end.
    pub(super) fn encode(event: &Event) -> Result<Self, StorageError> {
        let attempts = if event.attempts.is_empty() { Vec::new() } else { json(&event.attempts)? };
        let qualifier = event.qualifier.as_ref().map(ToString::to_string);
        let mut record = Vec::with_capacity(64 + attempts.len() + event.payload.len());
        let form = form_of(event);
        record.push(form);
        record.extend_from_slice(&[0; 8]);
        record.extend_from_slice(event.request_id.as_bytes());
        record.extend_from_slice(&event.accepted_at.as_millis().to_be_bytes());
        record.extend_from_slice(&put_backs_word(event.put_backs, event.last_put_back).to_be_bytes());
        push_optional(&mut record, qualifier.as_deref().map(str::as_bytes))?;
        push_optional(&mut record, event.trace.as_deref().map(str::as_bytes))?;
        push_optional(&mut record, (!attempts.is_empty()).then_some(&attempts))?;
        if form != EVENT_FORM {
            push_optional(&mut record, event.tenant_id.as_ref().map(TenantId::as_str))?;
        }
        if form == FULL_EVENT_FORM {
            record.push(u8::from(event.priority == Priority::High));
            let not_before = event.not_before.map(|instant| instant.as_millis().to_be_bytes());
            push_optional(&mut record, not_before)?;
            push_optional(&mut record, event.redrive_of.as_ref().map(RequestId::as_bytes))?;
            push_optional(&mut record, event.last_response.as_ref())?;
        }
        record.extend_from_slice(&event.payload);
        Ok(Self(record))
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// Fills the gap.
    pub(super) fn finish(mut self, accepted: u64) -> Vec<u8> {
        if let Some(gap) = self.0.get_mut(1..9) {
            gap.copy_from_slice(&accepted.to_be_bytes());
        }
        self.0
    }
}

fn form_of(event: &Event) -> u8 {
    let Event { tenant_id, priority, not_before, last_response, redrive_of, .. } = event;
    let full =
        !priority.is_normal() || not_before.is_some() || last_response.is_some() || redrive_of.is_some();
    match (full, tenant_id) {
        (true, _) => FULL_EVENT_FORM,
        (false, Some(_)) => TENANT_EVENT_FORM,
        (false, None) => EVENT_FORM,
    }
}

/// The count of put-backs, and in the two highest bits why the last was one: the first forms had none of that there.
fn put_backs_word(count: u32, last: Option<PutBack>) -> u32 {
    let last = match last {
        None => 0,
        Some(PutBack::Throttled) => 1,
        Some(PutBack::SystemError) => 2,
    };
    count.min(PUT_BACKS_MAX) | last << PUT_BACKS_BITS
}

fn put_backs_of(word: u32) -> (u32, Option<PutBack>) {
    let last = match word >> PUT_BACKS_BITS {
        1 => Some(PutBack::Throttled),
        2 => Some(PutBack::SystemError),
        _ => None,
    };
    (word & PUT_BACKS_MAX, last)
}

/// Reads an event back, with the order of its acceptance.
pub(super) fn decode_event(function: &FunctionName, record: &[u8]) -> Result<(Event, u64), StorageError> {
    let mut rest = Reader(record);
    let read = |rest: &mut Reader<'_>| -> Option<(Event, u64)> {
        let [form] = rest.take()?;
        matches!(form, EVENT_FORM | TENANT_EVENT_FORM | FULL_EVENT_FORM).then_some(())?;
        let accepted = u64::from_be_bytes(rest.take()?);
        let request_id = RequestId::from_bytes(rest.take()?);
        let accepted_at = Timestamp::from_millis(u64::from_be_bytes(rest.take()?));
        let (put_backs, last_put_back) = put_backs_of(u32::from_be_bytes(rest.take()?));
        let qualifier = rest.optional()?.map(std::str::from_utf8).transpose().ok()?.map(Qualifier::from);
        let trace = rest.optional()?.map(std::str::from_utf8).transpose().ok()?.map(str::to_owned);
        let attempts = match rest.optional()? {
            Some(attempts) => serde_json::from_slice::<Vec<Attempt>>(attempts).ok()?,
            None => Vec::new(),
        };
        let tenant_id = match form {
            TENANT_EVENT_FORM => Some(tenant(rest.optional()??)?),
            FULL_EVENT_FORM => match rest.optional()? {
                Some(text) => Some(tenant(text)?),
                None => None,
            },
            _ => None,
        };
        let (priority, not_before, redrive_of, last_response) =
            if form == FULL_EVENT_FORM { extras(&mut *rest)? } else { Extras::default() };
        let payload = Bytes::copy_from_slice(rest.0);
        let function = function.clone();
        let event = Event {
            request_id,
            function,
            qualifier,
            payload,
            trace,
            tenant_id,
            accepted_at,
            attempts,
            put_backs,
            last_put_back,
            priority,
            not_before,
            last_response,
            redrive_of,
        };
        Some((event, accepted))
    };
    read(&mut rest).ok_or_else(|| malformed("event"))
}

fn tenant(text: &[u8]) -> Option<TenantId> {
    TenantId::parse(std::str::from_utf8(text).ok()?)
}

type Extras = (Priority, Option<Timestamp>, Option<RequestId>, Option<Bytes>);

/// What the full form has behind the tenant.
fn extras(rest: &mut Reader<'_>) -> Option<Extras> {
    let priority = match rest.take()? {
        [0] => Priority::Normal,
        [1] => Priority::High,
        _ => return None,
    };
    let not_before = match rest.optional()? {
        Some(millis) => Some(Timestamp::from_millis(number(millis)?)),
        None => None,
    };
    let redrive_of = match rest.optional()? {
        Some(id) => Some(RequestId::from_bytes(id.try_into().ok()?)),
        None => None,
    };
    let last_response = rest.optional()?.map(Bytes::copy_from_slice);
    Some((priority, not_before, redrive_of, last_response))
}

/// What is filed under a request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// The event waits or runs.
    Unsettled { function: FunctionName, accepted: u64, place: Place },
    /// It is over. Whether its retention is too, and it is held for the sake of what else is kept of it.
    Settled { accepted: u64, status: Box<EventStatus>, held: bool },
}

impl Entry {
    pub(super) fn accepted(&self) -> u64 {
        match self {
            Self::Unsettled { accepted, .. } | Self::Settled { accepted, .. } => *accepted,
        }
    }

    pub(super) fn encode_unsettled(function: &FunctionName, accepted: u64, place: Place) -> Vec<u8> {
        let mut record = Vec::with_capacity(25 + function.as_str().len());
        record.push(UNSETTLED_FORM);
        record.extend_from_slice(&accepted.to_be_bytes());
        record.extend_from_slice(&place.to_bytes());
        record.extend_from_slice(function.as_str().as_bytes());
        record
    }

    pub(super) fn encode_settled(
        accepted: u64,
        status: &EventStatus,
        held: bool,
    ) -> Result<Vec<u8>, StorageError> {
        let mut record = vec![if held { HELD_FORM } else { SETTLED_FORM }];
        record.extend_from_slice(&accepted.to_be_bytes());
        record.extend_from_slice(&json(status)?);
        Ok(record)
    }

    pub(super) fn decode(record: &[u8]) -> Result<Self, StorageError> {
        let read = || -> Option<Self> {
            let (form, rest) = record.split_first()?;
            let (accepted, rest) = rest.split_at_checked(8)?;
            let accepted = number(accepted)?;
            match *form {
                UNSETTLED_FORM => {
                    let (place, name) = rest.split_at_checked(16)?;
                    let function = FunctionName::new(std::str::from_utf8(name).ok()?).ok()?;
                    Some(Self::Unsettled { function, accepted, place: Place::from_bytes(place)? })
                }
                SETTLED_FORM | HELD_FORM => {
                    let status = serde_json::from_slice(rest).ok()?;
                    Some(Self::Settled { accepted, status, held: *form == HELD_FORM })
                }
                _ => None,
            }
        };
        read().ok_or_else(|| malformed("entry by request id"))
    }
}

/// The error for a value that is not what we wrote.
pub(super) fn malformed(what: &str) -> StorageError {
    StorageError::Failed(format!("a stored {what} is malformed").into())
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, StorageError> {
    serde_json::to_vec(value)
        .map_err(|error| StorageError::Failed(format!("encode a record: {error}").into()))
}

/// Length plus one, or zero for nothing, then the bytes.
pub(super) fn push_optional(
    record: &mut Vec<u8>,
    bytes: Option<impl AsRef<[u8]>>,
) -> Result<(), StorageError> {
    let length = match &bytes {
        None => 0,
        Some(bytes) => u32::try_from(bytes.as_ref().len() + 1)
            .map_err(|_| StorageError::Failed("a field of an event is too long".into()))?,
    };
    record.extend_from_slice(&length.to_be_bytes());
    if let Some(bytes) = bytes {
        record.extend_from_slice(bytes.as_ref());
    }
    Ok(())
}

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    #[expect(clippy::option_option, reason = "outer: readable at all; inner: the field is there")]
    pub(super) fn optional(&mut self) -> Option<Option<&'a [u8]>> {
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).ok()?;
        let Some(length) = length.checked_sub(1) else { return Some(None) };
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Some(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_domain::attempt::{AttemptOutcome, LogPointer};
    use lambent_domain::disposition::FailureCondition;
    use lambent_domain::event::EventState;
    use lambent_domain::qualifier::Version;
    use proptest::prelude::*;

    fn attempt(number: u32) -> Attempt {
        Attempt {
            number,
            started_at: Timestamp::from_millis(7),
            duration_ms: 9,
            executed_version: Version::Latest,
            outcome: AttemptOutcome::Timeout,
            error_type: Some("Sandbox.Timedout".to_owned()),
            error_message: None,
            log: LogPointer { group: "g".to_owned(), stream: "s".to_owned(), ..LogPointer::default() },
        }
    }

    prop_compose! {
        fn event()(
            id: [u8; 16], payload: Vec<u8>, trace: Option<String>, qualifier in "[a-z0-9]{1,5}",
            tenant in "[a-zA-Z0-9._:/=+@ -]{1,256}", qualified: bool, isolated: bool, at: u64, runs in 0_u32..4,
            put_backs in 0..=PUT_BACKS_MAX, throttled: Option<bool>, high: bool, not_before: Option<u64>, redrive_of: Option<[u8; 16]>,
            last_response: Option<Vec<u8>>,
        ) -> Event {
            Event {
                request_id: RequestId::from_bytes(id),
                function: FunctionName::new("f").unwrap(),
                qualifier: qualified.then(|| Qualifier::from(qualifier.as_str())),
                payload: payload.into(),
                trace,
                tenant_id: isolated.then(|| TenantId::parse(&tenant).unwrap()),
                accepted_at: Timestamp::from_millis(at),
                attempts: (1..=runs).map(attempt).collect(),
                put_backs,
                last_put_back: throttled.map(|throttled| if throttled { PutBack::Throttled } else { PutBack::SystemError }),
                priority: if high { Priority::High } else { Priority::Normal },
                not_before: not_before.map(Timestamp::from_millis),
                last_response: last_response.map(Bytes::from),
                redrive_of: redrive_of.map(RequestId::from_bytes),
            }
        }
    }

    proptest! {
        #[test]
        fn an_event_reads_back_as_written(event in event(), accepted: u64) {
            let record = EventRecord::encode(&event).unwrap().finish(accepted);
            prop_assert_eq!(decode_event(&event.function, &record).unwrap(), (event, accepted));
        }

        #[test]
        fn damaged_records_are_errors(event in event(), cut in 0_usize..60, noise: Vec<u8>) {
            let record = EventRecord::encode(&event).unwrap().finish(1);
            let head = &record[..cut.min(record.len())];
            if head.len() < 49 {
                prop_assert!(decode_event(&event.function, head).is_err());
            }
            let _ = decode_event(&event.function, &noise);
            let _ = Entry::decode(&noise);
        }

        #[test]
        fn an_entry_reads_back_as_written(accepted: u64, due: u64, sequence: u64) {
            let place = Place::new(Timestamp::from_millis(due), sequence);
            let function = FunctionName::new("a-b").unwrap();
            let record = Entry::encode_unsettled(&function, accepted, place);
            prop_assert_eq!(Entry::decode(&record).unwrap(), Entry::Unsettled { function, accepted, place });
        }
    }

    /// Written by hand, as the version without tenants wrote it.
    #[test]
    fn an_event_of_the_first_form_is_read() {
        let mut record = vec![1];
        record.extend_from_slice(&9_u64.to_be_bytes());
        record.extend_from_slice(&[7; 16]);
        record.extend_from_slice(&1_000_u64.to_be_bytes());
        record.extend_from_slice(&3_u32.to_be_bytes());
        record.extend_from_slice(&[0, 0, 0, 5]);
        record.extend_from_slice(b"prod");
        record.extend_from_slice(&[0; 8]);
        record.extend_from_slice(b"{}");
        let event = Event {
            request_id: RequestId::from_bytes([7; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: Some(Qualifier::from("prod")),
            payload: Bytes::from_static(b"{}"),
            trace: None,
            tenant_id: None,
            accepted_at: Timestamp::from_millis(1_000),
            attempts: Vec::new(),
            put_backs: 3,
            last_put_back: None,
            priority: Priority::Normal,
            not_before: None,
            last_response: None,
            redrive_of: None,
        };
        assert_eq!(decode_event(&event.function, &record).unwrap(), (event.clone(), 9));
        assert_eq!(EventRecord::encode(&event).unwrap().finish(9), record, "still written so");
    }

    #[test]
    fn a_tenant_that_could_not_have_been_accepted_is_damage() {
        let mut record = vec![2];
        record.extend_from_slice(&[0; 36]);
        record.extend_from_slice(&[0; 12]);
        record.extend_from_slice(&[0, 0, 0, 3]);
        record.extend_from_slice(b"\n\n");
        assert!(decode_event(&FunctionName::new("f").unwrap(), &record).is_err());
    }

    #[test]
    fn an_outcome_reads_back_as_written() {
        let status = EventStatus {
            request_id: RequestId::from_bytes([3; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: None,
            state: EventState::Failed,
            condition: Some(FailureCondition::RetriesExhausted),
            accepted_at: Timestamp::from_millis(1),
            settled_at: Some(Timestamp::from_millis(2)),
            next_attempt_at: None,
            attempts: vec![attempt(1), attempt(2)],
            priority: Priority::High,
            payload_bytes: 2,
            result_bytes: None,
            result_kept: false,
            dead_letter: true,
            redrive_of: Some(RequestId::from_bytes([4; 16])),
            redriven_as: None,
            deliveries: Vec::new(),
        };
        for held in [false, true] {
            let record = Entry::encode_settled(5, &status, held).unwrap();
            let entry = Entry::Settled { accepted: 5, status: Box::new(status.clone()), held };
            assert_eq!(Entry::decode(&record).unwrap(), entry);
        }
    }
}
