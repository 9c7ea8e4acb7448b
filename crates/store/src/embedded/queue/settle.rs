//! A settlement on its way to the committer, with everything encoded that can fail to be.
//!
//! The caller encodes, for two reasons: the one committer need not do it for all, and what can't be encoded fails alone.
//! Nothing the committer does with a request can fail any more but the disk.

use super::keys::Place;
use super::record::{Entry, EventRecord};
use super::state::Ended;
use super::window::Waiting;
use crate::StorageError;
use crate::queue::Settlement;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::{Disposition, FailureCondition, PutBack};
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;

/// A settlement with what is needed to write it.
#[derive(Debug)]
pub(super) struct Settle {
    pub(super) lease: u64,
    /// Where the event is until now.
    pub(super) place: Place,
    /// Whether it had been put back or retried before.
    pub(super) was_returned: bool,
    pub(super) step: Step,
}

/// Where it goes.
#[derive(Debug)]
pub(super) enum Step {
    /// It waits again.
    Retry { due: Timestamp, waiting: Waiting, record: EventRecord },
    /// It is over.
    End { function: FunctionName, ended: Ended, outcome: Outcome },
}

/// What is remembered of an event that is over.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) request_id: RequestId,
    pub(super) settled_at: Timestamp,
    /// The encoded [`Entry`].
    pub(super) entry: Vec<u8>,
}

impl Settle {
    /// Works out and encodes what the settlement makes of a leased event.
    pub(super) fn encode(
        lease: u64,
        (place, waiting): (Place, Waiting),
        settlement: Settlement,
    ) -> Result<Self, StorageError> {
        let was_returned = waiting.returned();
        let Settlement { disposition, attempt, put_back, decided_at, .. } = settlement;
        let step = match disposition {
            Disposition::RetryAt(due) => retry(waiting, attempt, put_back, due)?,
            Disposition::Succeeded => end(waiting, attempt, decided_at, Ended::Succeeded, None)?,
            Disposition::Failed(condition) => {
                end(waiting, attempt, decided_at, Ended::Failed, Some(condition))?
            }
            Disposition::Cancelled => end(waiting, attempt, decided_at, Ended::Cancelled, None)?,
        };
        Ok(Self { lease, place, was_returned, step })
    }
}

fn retry(
    mut waiting: Waiting,
    attempt: Option<Attempt>,
    put_back: Option<PutBack>,
    due: Timestamp,
) -> Result<Step, StorageError> {
    let event = &mut waiting.event;
    event.put_backs = event.put_backs.saturating_add(u32::from(attempt.is_none()));
    event.attempts.extend(attempt);
    event.last_put_back = put_back;
    let record = EventRecord::encode(event)?;
    Ok(Step::Retry { due, waiting, record })
}

fn end(
    waiting: Waiting,
    attempt: Option<Attempt>,
    settled_at: Timestamp,
    ended: Ended,
    condition: Option<FailureCondition>,
) -> Result<Step, StorageError> {
    let Waiting { mut event, accepted } = waiting;
    event.attempts.extend(attempt);
    let function = event.function.clone();
    let status = EventStatus {
        request_id: event.request_id,
        function: event.function,
        qualifier: event.qualifier,
        state: ended.into(),
        condition,
        accepted_at: event.accepted_at,
        settled_at: Some(settled_at),
        next_attempt_at: None,
        attempts: event.attempts,
        priority: event.priority,
        payload_bytes: u64::try_from(event.payload.len()).unwrap_or(u64::MAX),
        result_bytes: None,
        result_kept: false,
        dead_letter: false,
        redrive_of: event.redrive_of,
        redriven_as: None,
        deliveries: Vec::new(),
    };
    let entry = Entry::encode_settled(accepted, &status)?;
    Ok(Step::End { function, ended, outcome: Outcome { request_id: status.request_id, settled_at, entry } })
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
