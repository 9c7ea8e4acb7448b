//! Reading: what is known of an event by its request id, and the refilling of windows.

use super::Shared;
use super::keys::{self, Place};
use super::listing::Sight;
use super::purges;
use super::record::{Entry, decode_event, malformed};
use super::shelf;
use super::state::RefillPlan;
use super::status;
use super::window::{Scan, Waiting};
use crate::StorageError;
use crate::embedded::disk::View;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, EventState, EventStatus};
use lambent_domain::request_id::RequestId;

impl Shared {
    pub(super) fn status(&self, request_id: RequestId) -> Result<Option<EventStatus>, StorageError> {
        let sight = self.sight();
        let entry = self.entry_in(&sight.view, request_id)?;
        entry.map(|entry| self.status_of_entry(&sight, request_id, entry)).transpose()
    }

    pub(super) fn entry_in(&self, view: &View, request_id: RequestId) -> Result<Option<Entry>, StorageError> {
        let record = view.get(&self.disk.ids, request_id.as_bytes())?;
        record.as_deref().map(Entry::decode).transpose()
    }

    /// The state of an event that is on the disk at this place.
    pub(super) fn state_in(
        &self,
        sight: &Sight,
        request_id: RequestId,
        function: &FunctionName,
        place: Place,
    ) -> EventState {
        if purges::covers(&sight.purges, function, place) {
            return EventState::Cancelled;
        }
        match (self.lock().is_leased(request_id), place.due > sight.now) {
            (true, _) => EventState::Running,
            (false, true) => EventState::Delayed,
            (false, false) => EventState::Queued,
        }
    }

    pub(super) fn status_of_entry(
        &self,
        sight: &Sight,
        request_id: RequestId,
        entry: Entry,
    ) -> Result<EventStatus, StorageError> {
        let (function, place) = match entry {
            Entry::Settled { status, .. } => return Ok(*status),
            Entry::Unsettled { function, place, .. } => (function, place),
        };
        let (event, _) = self.event_in(sight, &function, place)?;
        let state = self.state_in(sight, request_id, &function, place);
        let purged = sight.purges.get(&function).filter(|_| state == EventState::Cancelled);
        Ok(EventStatus {
            settled_at: purged.map(|purge| purge.at),
            next_attempt_at: (state == EventState::Delayed).then_some(place.due),
            ..status::of(event, state)
        })
    }

    fn event_in(
        &self,
        sight: &Sight,
        function: &FunctionName,
        place: Place,
    ) -> Result<(Event, u64), StorageError> {
        let record = sight.view.get(&self.disk.events, keys::event(function, place))?;
        decode_event(function, &record.ok_or_else(|| malformed("place of an event"))?)
    }

    pub(super) fn payload(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        let sight = self.sight();
        match self.entry_in(&sight.view, request_id)? {
            Some(Entry::Unsettled { function, place, .. })
                if !purges::covers(&sight.purges, &function, place) =>
            {
                Ok(Some(self.event_in(&sight, &function, place)?.0.payload))
            }
            Some(Entry::Settled { status, .. }) if status.dead_letter => {
                let kept = sight.view.get(&self.disk.letters, request_id.as_bytes())?;
                let Some(kept) = kept else { return Ok(None) };
                let (_, record) = shelf::split(&kept)?;
                Ok(Some(decode_event(&status.function, record)?.0.payload))
            }
            Some(_) | None => Ok(None),
        }
    }

    pub(super) fn result(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        let kept = self.disk.results.get(request_id.as_bytes())?;
        kept.map(|kept| Ok(Bytes::copy_from_slice(shelf::split(&kept)?.1))).transpose()
    }

    /// Reads what a refill asks for and takes it in.
    pub(super) fn refill(&self, plan: &RefillPlan) -> Result<(), StorageError> {
        let scan = self.scan(plan);
        let (scan, result) = match scan {
            Ok(scan) => (Some(scan), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.lock().end_refill(&plan.function, plan.lane, scan);
        self.wake.notify_one();
        result
    }

    fn scan(&self, plan: &RefillPlan) -> Result<Scan, StorageError> {
        let purges = self.lock().purges();
        let mut found: Vec<(Place, Waiting)> = Vec::new();
        let mut bytes = 0;
        for entry in self.disk.events.range(keys::lane_behind(&plan.function, plan.lane, plan.after)) {
            let (key, record) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("event's key"))?;
            if place.sequence > plan.sequence_max || purges::covers(&purges, &plan.function, place) {
                continue;
            }
            // At least one event is taken however little room there is, or a full server would stand still.
            let full = found.len() >= plan.events_max || (bytes >= plan.bytes_max && !found.is_empty());
            if full || place.due > plan.due_by {
                return Ok(Scan { found, next: Some(place) });
            }
            let waiting = Waiting::read(&plan.function, &record)?;
            bytes += waiting.weight();
            found.push((place, waiting));
        }
        Ok(Scan { found, next: None })
    }
}
