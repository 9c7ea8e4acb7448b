//! An event that waits is ended by its owner.

use super::Round;
use crate::StorageError;
use crate::embedded::disk::Durability;
use crate::embedded::queue::failures::Mark;
use crate::embedded::queue::keys::{self, Place};
use crate::embedded::queue::purges;
use crate::embedded::queue::record::{Entry, malformed};
use crate::embedded::queue::settle::Outcome;
use crate::embedded::queue::state::Ended;
use crate::embedded::queue::status;
use crate::embedded::queue::window::Waiting;
use crate::queue::Cancel;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;

impl Round<'_> {
    pub(super) fn cancel(&mut self, request_id: RequestId, now: Timestamp) -> Result<Cancel, StorageError> {
        let (function, place) = match self.entry(request_id)? {
            None => return Ok(Cancel::Unknown),
            Some(Entry::Settled { status, .. }) => return Ok(Cancel::Settled(status.state)),
            Some(Entry::Unsettled { function, place, .. }) => (function, place),
        };
        if purges::covers(&self.shared.lock().purges(), &function, place) {
            return Ok(Cancel::Settled(EventState::Cancelled));
        }
        let waiting = self.waiting(&function, place)?;
        // From here on nobody can lease it, whether it is in memory or comes in from the disk.
        let withheld = self.shared.lock().withhold(&function, place, request_id);
        let Some(in_memory) = withheld else { return Ok(Cancel::Running) };
        let delayed = waiting.returned() && !in_memory;
        let load = waiting.load();
        self.counts.settled(&function, load, Ended::Cancelled);
        self.end_waiting(place, waiting, now)?;
        self.durability = Durability::Power;
        self.once_written(move |written| written.state().cancelled(&function, place, load, delayed));
        Ok(Cancel::Cancelled)
    }

    fn waiting(&self, function: &FunctionName, place: Place) -> Result<Waiting, StorageError> {
        let record = self.shared.disk.events.get(keys::event(function, place))?;
        Waiting::read(function, &record.ok_or_else(|| malformed("place of an event"))?)
    }

    /// Replaces an event that waits, and is counted as settled, by its outcome.
    pub(super) fn end_waiting(
        &mut self,
        place: Place,
        waiting: Waiting,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let Waiting { event, accepted, .. } = waiting;
        let request_id = event.request_id;
        let status = EventStatus { settled_at: Some(now), ..status::of(event, EventState::Cancelled) };
        let outcome = Outcome {
            request_id,
            accepted,
            settled_at: now,
            entry: Entry::encode_settled(accepted, &status, false)?,
            failure: Mark::of(&status),
            extra: None,
        };
        let (disk, function) = (&self.shared.disk, &status.function);
        self.batch.remove(&disk.events, keys::event(function, place));
        self.kept.file(disk, &mut self.batch, function, outcome, self.counts);
        let entry = Entry::Settled { accepted, status: Box::new(status), held: false };
        self.entries.insert(request_id, Some(entry));
        Ok(())
    }
}
