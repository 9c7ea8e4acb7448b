//! What is remembered of settled events, and how it is forgotten: the oldest first, by count and by age.

use super::counts::Counts;
use super::keys::{self, Place};
use super::record::malformed;
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

/// The line of outcomes.
#[derive(Debug)]
pub(super) struct Outcomes {
    retention: Retention,
    /// The last place that was forgotten: nothing older is left, only traces of removals that a scan would wade through.
    behind: Option<Place>,
    /// Outcomes written since the last look.
    since_look: usize,
}

impl Outcomes {
    pub(super) fn new(retention: Retention) -> Self {
        Self { retention, behind: None, since_look: 0 }
    }

    /// Whether there is enough to forget to look without waiting for the next tick.
    pub(super) fn is_due(&self, counts: &Counts) -> bool {
        self.since_look >= FORGET_MAX / 2
            || counts.outcomes() > self.retention.outcomes_max.saturating_add(FORGET_MAX as u64)
    }

    /// Replaces the entry of an event by its outcome and puts it in the line of what will be forgotten.
    pub(super) fn file(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        request_id: RequestId,
        settled_at: Timestamp,
        entry: Vec<u8>,
        counts: &mut Counts,
    ) {
        batch.insert(&disk.ids, *request_id.as_bytes(), entry);
        self.line_up(disk, batch, request_id, settled_at, counts);
    }

    /// Puts an outcome in the line of what will be forgotten.
    pub(super) fn line_up(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        request_id: RequestId,
        settled_at: Timestamp,
        counts: &mut Counts,
    ) {
        let line = Place::new(settled_at, counts.next_sequence());
        batch.insert(&disk.settled, line.to_bytes(), *request_id.as_bytes());
        // A clock that stepped back files behind what was forgotten already; the scan has to start there again.
        self.behind = self.behind.filter(|behind| *behind < line);
        self.since_look += 1;
    }

    /// Takes outcomes beyond the retention out of the line; returns which.
    pub(super) fn forget(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        now: Timestamp,
        counts: &mut Counts,
    ) -> Result<Vec<[u8; 16]>, StorageError> {
        self.since_look = 0;
        let mut excess = counts.outcomes().saturating_sub(self.retention.outcomes_max);
        let (mut forgotten, mut last) = (Vec::new(), self.behind);
        let from = self.behind.map_or_else(Vec::new, |behind| behind.to_bytes().to_vec());
        for entry in disk.settled.range(from..).take(FORGET_MAX) {
            let (key, id) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("outcome's place"))?;
            if excess == 0 && now.since(place.due) <= self.retention.age_max {
                break;
            }
            excess = excess.saturating_sub(1);
            forgotten.push(id.as_ref().try_into().map_err(|_| malformed("request id"))?);
            batch.remove(&disk.settled, key);
            last = Some(place);
        }
        // Only now: whatever could not be read stays in line.
        self.behind = last;
        counts.forgotten(u64::try_from(forgotten.len()).unwrap_or(u64::MAX));
        Ok(forgotten)
    }
}
