//! A settlement on its way to the committer, with everything encoded that can fail to be.
//!
//! The caller encodes, for two reasons: the one committer need not do it for all, and what can't be encoded fails alone.
//! Nothing the committer does with a request can fail any more but the disk.

use super::counts::Load;
use super::failures::Mark;
use super::keep::{KeepResults, Results};
use super::keys::Place;
use super::outbox_lines::Line;
use super::outgoing::{EventRest, Outgoing};
use super::record::{Entry, EventRecord};
use super::state::Ended;
use super::status;
use super::window::Waiting;
use crate::StorageError;
use crate::queue::Settlement;
use crate::sabotage::{Sabotage, strikes};
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventState, EventStatus};
use lambent_domain::invocation_record::{DeliveryState, DeliveryStatus, OutgoingRecord};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;

/// A settlement with what is needed to write it.
#[derive(Debug)]
pub(super) struct Settle {
    pub(super) lease: u64,
    /// Where the event is until now.
    pub(super) place: Place,
    /// What it counted for until now.
    pub(super) before: Load,
    pub(super) step: Step,
}

/// Where it goes.
#[derive(Debug)]
pub(super) enum Step {
    /// It waits again.
    Retry { due: Timestamp, waiting: Waiting, record: EventRecord, failure: Option<Mark> },
    /// It is over.
    End { function: FunctionName, ended: Ended, outcome: Outcome },
}

/// What is remembered of an event that is over.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) request_id: RequestId,
    pub(super) accepted: u64,
    pub(super) settled_at: Timestamp,
    /// The encoded [`Entry`].
    pub(super) entry: Vec<u8>,
    /// What the index of failures says of it.
    pub(super) failure: Option<Mark>,
    /// None for most.
    pub(super) extra: Option<Box<Extra>>,
}

/// What else is stored with an outcome, encoded.
pub(super) struct Extra {
    /// What is to be sent: one for each delivery in the status, in that order.
    pub(super) records: Vec<(Line, Vec<u8>)>,
    /// The event as a dead letter.
    pub(super) letter: Option<Vec<u8>>,
    /// What the function returned.
    pub(super) result: Option<Bytes>,
}

impl std::fmt::Debug for Extra {
    /// Never the payloads.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Extra({} records)", self.records.len())
    }
}

/// The longest answer of a failed run that is kept with an event that runs again. Of a longer one the error alone is kept,
/// with a word that it was cut: half an answer is not what the function said. Errors are a few kilobytes.
const LAST_RESPONSE_BYTES_MAX: usize = 256 << 10;
/// The longest error of a destination that is shown.
const ERROR_BYTES_MAX: usize = 1024;

impl Settlement {
    /// The queue's time never goes back. Where the wall clock was set back, a pause that was planned by it would be over
    /// before it has begun, and one event after the other come back at once.
    pub(super) fn in_queue_time(mut self, latest: Timestamp) -> Self {
        if let Disposition::RetryAt(due) = &mut self.disposition {
            *due = due.plus(latest.since(self.decided_at));
        }
        if strikes(Sabotage::ForgetsRecords) {
            self.records.clear();
        }
        self
    }
}

impl Settle {
    /// Works out and encodes what the settlement makes of a leased event.
    pub(super) fn encode(
        lease: u64,
        (place, waiting): (Place, Waiting),
        settlement: Settlement,
        results: Results,
    ) -> Result<Self, StorageError> {
        let before = waiting.load();
        let step = match settlement.disposition {
            Disposition::RetryAt(due) => retry(waiting, settlement, due)?,
            Disposition::Succeeded => end(waiting, settlement, (Ended::Succeeded, None), results)?,
            Disposition::Failed(condition) => {
                end(waiting, settlement, (Ended::Failed, Some(condition)), results)?
            }
            Disposition::Cancelled => end(waiting, settlement, (Ended::Cancelled, None), results)?,
        };
        Ok(Self { lease, place, before, step })
    }

    /// Whether anybody outside is told of it.
    pub(super) fn is_told(&self) -> bool {
        let Step::End { outcome: Outcome { extra: Some(extra), .. }, .. } = &self.step else { return false };
        !extra.records.is_empty()
    }

    /// Bytes of what is stored beside the outcome.
    pub(super) fn extra_bytes(&self) -> usize {
        let Step::End { outcome: Outcome { extra: Some(extra), .. }, .. } = &self.step else { return 0 };
        let records: usize = extra.records.iter().map(|(_, record)| record.len()).sum();
        records + extra.letter.as_ref().map_or(0, Vec::len) + extra.result.as_ref().map_or(0, Bytes::len)
    }
}

fn retry(mut waiting: Waiting, settlement: Settlement, due: Timestamp) -> Result<Step, StorageError> {
    let event = &mut waiting.event;
    let mut failure = None;
    if let Some(attempt) = settlement.attempt {
        failure = event.attempts.is_empty().then_some(Mark::Error);
        event.last_response = settlement.response.map(|response| kept(response, &attempt));
        event.attempts.push(attempt);
    } else {
        event.put_backs = event.put_backs.saturating_add(1);
    }
    event.last_put_back = settlement.put_back;
    let record = EventRecord::encode(event)?;
    waiting.bytes = record.bytes();
    Ok(Step::Retry { due, waiting, record, failure })
}

/// An answer as it is kept with an event that runs again.
fn kept(response: Bytes, attempt: &Attempt) -> Bytes {
    let bytes = response.len();
    if bytes <= LAST_RESPONSE_BYTES_MAX {
        return response;
    }
    let said = serde_json::json!({
        "errorMessage": attempt.error_message,
        "errorType": attempt.error_type,
        "truncated": format!("The answer of {bytes} bytes was not kept over the retry; this is its error."),
    });
    Bytes::from(said.to_string())
}

fn end(
    waiting: Waiting,
    settlement: Settlement,
    (ended, condition): (Ended, Option<FailureCondition>),
    results: Results,
) -> Result<Step, StorageError> {
    let Settlement { attempt, decided_at, response, records, dead_letter, .. } = settlement;
    let Waiting { mut event, accepted, .. } = waiting;
    let dead_letter = dead_letter && ended == Ended::Failed;
    let result = response.as_ref().filter(|_| ended == Ended::Succeeded && results.keep != KeepResults::Off);
    let result_bytes = result.map(|bytes| status::length(bytes));
    let result = result.filter(|_| results.keep == KeepResults::Payload);
    let result = result.filter(|bytes| status::length(bytes) <= results.bytes_max).cloned();
    let letter =
        if dead_letter { Some(letter(&event, accepted, attempt.is_some(), response)?) } else { None };
    let deliveries = records.iter().map(pending).collect();
    let records = outgoing(&event, accepted, decided_at, records)?;
    let extra = (!records.is_empty() || letter.is_some() || result.is_some())
        .then(|| Box::new(Extra { records, letter, result }));
    event.attempts.extend(attempt);
    let result_kept = extra.as_ref().is_some_and(|extra| extra.result.is_some());
    let function = event.function.clone();
    let status = EventStatus {
        condition,
        settled_at: Some(decided_at),
        result_bytes,
        result_kept,
        dead_letter,
        deliveries,
        ..status::of(event, ended.into())
    };
    let outcome = Outcome {
        request_id: status.request_id,
        accepted,
        settled_at: decided_at,
        entry: Entry::encode_settled(accepted, &status, false)?,
        failure: Mark::of(&status),
        extra,
    };
    Ok(Step::End { function, ended, outcome })
}

/// The event as the dead-letter list keeps it: without its attempts, which stand in its status.
fn letter(event: &Event, accepted: u64, ran: bool, response: Option<Bytes>) -> Result<Vec<u8>, StorageError> {
    let last_response = if ran { response } else { response.or_else(|| event.last_response.clone()) };
    let letter = Event { attempts: Vec::new(), last_response, ..event.clone() };
    Ok(EventRecord::encode(&letter)?.finish(accepted))
}

fn pending(record: &OutgoingRecord) -> DeliveryStatus {
    DeliveryStatus {
        purpose: record.purpose,
        target: record.target.clone(),
        state: DeliveryState::Pending,
        attempts: 0,
        last_error: None,
        last_attempt_at: None,
    }
}

fn outgoing(
    event: &Event,
    accepted: u64,
    stored_at: Timestamp,
    records: Vec<OutgoingRecord>,
) -> Result<Vec<(Line, Vec<u8>)>, StorageError> {
    (0..)
        .zip(records)
        .map(|(delivery, outgoing)| {
            let rest = EventRest {
                accepted,
                accepted_at: event.accepted_at,
                tenant_id: event.tenant_id.clone(),
                priority: event.priority,
            };
            let line = Line::of(&outgoing.target);
            Ok((line, Outgoing { outgoing, stored_at, delivery, rest }.encode()?))
        })
        .collect()
}

/// As much of an error's text as is shown.
pub(super) fn shown(mut error: String) -> String {
    if let Some(end) = (0..=ERROR_BYTES_MAX).rev().find(|end| error.is_char_boundary(*end)) {
        error.truncate(end);
    }
    error
}

impl From<Ended> for EventState {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Succeeded => Self::Succeeded,
            Ended::Failed => Self::Failed,
            Ended::Cancelled => Self::Cancelled,
        }
    }
}
