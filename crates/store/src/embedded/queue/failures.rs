//! An index of the events that had a failed run or were given up, in the order of acceptance, so that few failures are
//! found among many events. A plain success is not written here.

use super::keys::{self, number};
use super::record::malformed;
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;

/// What the index says of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Its last run failed; it is to run again, or it was cancelled then.
    Error,
    /// It was given up.
    Failed,
    /// It was given up and is in the dead-letter list.
    DeadLetter,
    /// It is not in the index (any more): it succeeded in the end, or it is forgotten.
    Gone,
}

impl Mark {
    /// What the index has to say of an event that is over; none if it never was in it.
    pub(super) fn of(status: &EventStatus) -> Option<Self> {
        match status.state {
            EventState::Failed if status.dead_letter => Some(Self::DeadLetter),
            EventState::Failed => Some(Self::Failed),
            EventState::Succeeded => (status.attempts.len() > 1).then_some(Self::Gone),
            EventState::Cancelled | EventState::Queued | EventState::Delayed | EventState::Running => {
                (!status.attempts.is_empty()).then_some(Self::Error)
            }
        }
    }
}

/// Reads an entry of the index: whose it is, what it says, and the order of acceptance.
pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(RequestId, Mark, u64), StorageError> {
    let read = || -> Option<(RequestId, Mark, u64)> {
        let (id, byte) = value.split_first_chunk::<16>()?;
        let mark = match byte {
            [0] => Mark::Error,
            [1] => Mark::Failed,
            [2] => Mark::DeadLetter,
            _ => return None,
        };
        Some((RequestId::from_bytes(*id), mark, number(key.last_chunk::<8>()?)?))
    };
    read().ok_or_else(|| malformed("failure in the index"))
}

/// Adds to the batch what the index says of an event from now on.
pub(super) fn write(
    disk: &Disk,
    batch: &mut Batch,
    function: &FunctionName,
    accepted: u64,
    request_id: RequestId,
    mark: Option<Mark>,
) {
    let Some(mark) = mark else { return };
    let key = keys::history(function, accepted);
    let byte = match mark {
        Mark::Error => 0,
        Mark::Failed => 1,
        Mark::DeadLetter => 2,
        Mark::Gone => return batch.remove(&disk.failures, key),
    };
    let mut value = request_id.as_bytes().to_vec();
    value.push(byte);
    batch.insert(&disk.failures, key, value);
}
