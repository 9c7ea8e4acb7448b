//! An event of the dead-letter list is accepted again, or leaves the list.

use super::Round;
use crate::StorageError;
use crate::embedded::disk::Durability;
use crate::embedded::queue::committer::write_event;
use crate::embedded::queue::failures::{self, Mark};
use crate::embedded::queue::kept;
use crate::embedded::queue::keys;
use crate::embedded::queue::record::{Entry, EventRecord, decode_event};
use crate::embedded::queue::shelf;
use crate::queue::{EnqueueError, Redrive};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, EventStatus};
use lambent_domain::lineage::chain_ended;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;

/// Most dead letters removed in one go, and most bytes of them read, so that enqueues need not wait long behind it.
const REMOVE_MAX: usize = 128;
const REMOVE_BYTES_MAX: usize = 8 << 20;

/// What one go has removed.
#[derive(Debug, Clone, Copy)]
pub(in crate::embedded::queue) struct Removed {
    pub(in crate::embedded::queue) letters: u64,
    /// Where to go on; none when nothing is left.
    pub(in crate::embedded::queue) next: Option<u64>,
}

impl Round<'_> {
    pub(super) fn redrive(
        &mut self,
        request_id: RequestId,
        again: RequestId,
        now: Timestamp,
    ) -> Result<Redrive, EnqueueError> {
        let (accepted, mut status, held) = match self.entry(request_id)? {
            None => return Ok(Redrive::Unknown),
            Some(Entry::Unsettled { function, place, .. }) => {
                let state =
                    self.shared.lock().state_of(&function, request_id, place, self.shared.clock.now());
                return Ok(Redrive::NotKept(state));
            }
            Some(Entry::Settled { accepted, status, held }) => (accepted, status, held),
        };
        if let Some(already) = status.redriven_as {
            return Ok(Redrive::Already(already));
        }
        let Some(event) = self.dead_letter(&status)? else { return Ok(Redrive::NotKept(status.state)) };
        let event = Event {
            request_id: again,
            trace: event.trace.as_deref().and_then(chain_ended),
            accepted_at: now,
            attempts: Vec::new(),
            put_backs: 0,
            last_put_back: None,
            not_before: None,
            last_response: None,
            redrive_of: Some(request_id),
            ..event
        };
        let record = EventRecord::encode(&event)?;
        self.gate.admit(self.counts.of(&event.function), record.bytes())?;
        let disk = &self.shared.disk;
        self.kept.letters.take(disk, &mut self.batch, *request_id.as_bytes())?;
        status.redriven_as = Some(again);
        status.dead_letter = false;
        let mark = Mark::of(&status);
        failures::write(disk, &mut self.batch, &status.function, accepted, request_id, mark);
        if held {
            // It was held for the list's sake; what became of it is remembered for another retention.
            self.kept.outcomes.line_up(disk, &mut self.batch, request_id, now, self.counts);
        }
        let entry = kept::rewrite(disk, &mut self.batch, accepted, status, false)?;
        self.entries.insert(request_id, entry);
        let (place, waiting) = write_event(self.shared, &mut self.batch, self.counts, event, record);
        self.durability = Durability::Power;
        self.once_written(move |written| written.accept(place, waiting));
        Ok(Redrive::Redriven)
    }

    /// The event as the list keeps it, if it is there.
    fn dead_letter(&self, status: &EventStatus) -> Result<Option<Event>, StorageError> {
        if !status.dead_letter {
            return Ok(None);
        }
        let Some(kept) = self.shared.disk.letters.get(status.request_id.as_bytes())? else { return Ok(None) };
        let (_, record) = shelf::split(&kept)?;
        Ok(Some(decode_event(&status.function, record)?.0))
    }

    /// Removes dead letters of a function, in the order of acceptance, from the first behind `after`.
    pub(super) fn remove_letters(
        &mut self,
        function: &FunctionName,
        after: Option<u64>,
    ) -> Result<Removed, StorageError> {
        let mut removed = Removed { letters: 0, next: None };
        let (mut looked, mut bytes) = (0, 0);
        let disk = &self.shared.disk;
        for found in disk.failures.range(keys::history_behind(function, after)) {
            let (key, value) = found?;
            if looked >= REMOVE_MAX * 8 || removed.letters >= REMOVE_MAX as u64 || bytes >= REMOVE_BYTES_MAX {
                return Ok(removed);
            }
            looked += 1;
            let (request_id, mark, accepted) = failures::read(&key, &value)?;
            removed.next = Some(accepted);
            if mark != Mark::DeadLetter {
                continue;
            }
            let letter = self.kept.letters.take(disk, &mut self.batch, *request_id.as_bytes())?;
            bytes += letter.map_or(0, |letter| letter.len());
            if let Some(entry) = self.entry(request_id)?
                && matches!(&entry, Entry::Settled { status, .. } if status.dead_letter)
            {
                removed.letters += 1;
                let entry = self.kept.close_letter(disk, &mut self.batch, entry)?;
                self.entries.insert(request_id, entry);
            }
        }
        removed.next = None;
        Ok(removed)
    }
}
