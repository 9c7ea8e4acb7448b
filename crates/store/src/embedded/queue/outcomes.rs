//! What is remembered of settled events, and how it is forgotten: the oldest first, by count and by age.

use super::counts::Counts;
use super::keys::{self, Place};
use super::record::{Entry, malformed};
use super::settle::Outcome;
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::time::Duration;

/// How long outcomes are remembered: until one of the two bounds is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// At most so many outcomes, 250,000 by default (about 100 bytes each on the disk).
    pub outcomes_max: u64,
    /// At most so long after settling, seven days by default.
    pub age_max: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { outcomes_max: 250_000, age_max: Duration::from_secs(7 * 24 * 3600) }
    }
}

/// Most outcomes forgotten in one go, so that enqueues need not wait long behind it.
const FORGET_MAX: usize = 128;

/// Writes outcomes and forgets them.
#[derive(Debug)]
pub(super) struct Purge {
    retention: Retention,
    /// The last place that was forgotten: nothing older is left, only traces of removals that a scan would wade through.
    behind: Option<Place>,
    /// Outcomes written since the last look.
    since_look: usize,
}

impl Purge {
    pub(super) fn new(retention: Retention) -> Self {
        Self { retention, behind: None, since_look: 0 }
    }

    /// Whether enough has been settled to look without waiting for the next tick.
    pub(super) fn is_due(&self) -> bool {
        self.since_look >= FORGET_MAX / 2
    }

    /// Replaces the entry of an event by its outcome and puts it in the line of what will be forgotten.
    pub(super) fn file_outcome(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        outcome: Outcome,
        counts: &mut Counts,
    ) {
        let request_id = *outcome.request_id.as_bytes();
        let line = Place { due: outcome.settled_at, sequence: counts.next_sequence() };
        batch.insert(&disk.settled, line.to_bytes(), request_id);
        batch.insert(&disk.ids, request_id, outcome.entry);
        // A clock that stepped back files behind what was forgotten already; the scan has to start there again.
        self.behind = self.behind.filter(|behind| *behind < line);
        self.since_look += 1;
    }

    /// Adds the removal of outcomes beyond the retention to the batch; returns how many.
    pub(super) fn forget(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        now: Timestamp,
        counts: &mut Counts,
    ) -> Result<u64, StorageError> {
        self.since_look = 0;
        let mut excess = counts.outcomes().saturating_sub(self.retention.outcomes_max);
        let (mut forgotten, mut last) = (0, self.behind);
        let from = self.behind.map_or_else(Vec::new, |behind| behind.to_bytes().to_vec());
        for entry in disk.settled.range(from..).take(FORGET_MAX) {
            let (key, id) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("outcome's place"))?;
            if excess == 0 && now.since(place.due) <= self.retention.age_max {
                break;
            }
            excess = excess.saturating_sub(1);
            forgotten += 1;
            batch.remove(&disk.settled, key);
            forget_id(disk, batch, &id)?;
            last = Some(place);
        }
        // Only now: whatever could not be read stays in line.
        self.behind = last;
        counts.forgotten(forgotten);
        Ok(forgotten)
    }
}

fn forget_id(disk: &Disk, batch: &mut Batch, id: &[u8]) -> Result<(), StorageError> {
    let Some(record) = disk.ids.get(id)? else { return Ok(()) };
    // A request id may have been used again for an event that is not over.
    if let Entry::Settled { accepted, status } = Entry::decode(&record)? {
        batch.remove(&disk.history, keys::history(&status.function, accepted));
        batch.remove(&disk.ids, RequestId::as_bytes(&status.request_id).as_slice());
    }
    Ok(())
}
