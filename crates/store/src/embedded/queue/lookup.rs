//! Reading: what is known of events, by request id and by function, and the refilling of windows.

use super::Shared;
use super::keys;
use super::record::{Entry, decode_event, malformed};
use super::state::RefillPlan;
use super::window::{Scan, Waiting};
use crate::StorageError;
use crate::embedded::disk::View;
use crate::queue::{EventPage, Position};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;

impl Shared {
    pub(super) fn status(&self, request_id: RequestId) -> Result<Option<EventStatus>, StorageError> {
        self.status_in(&self.disk.snapshot(), request_id)
    }

    pub(super) fn list(
        &self,
        function: &FunctionName,
        before: Option<Position>,
        limit: usize,
    ) -> Result<EventPage, StorageError> {
        let view = self.disk.snapshot();
        let before = before.map(|Position(accepted)| accepted);
        let (mut events, mut last) = (Vec::new(), None);
        for entry in view.range(&self.disk.history, keys::history_before(function, before)).rev() {
            if events.len() >= limit {
                return Ok(EventPage { events, next: last });
            }
            let (key, id) = entry?;
            let id: [u8; 16] = id.as_ref().try_into().map_err(|_| malformed("request id"))?;
            events.extend(self.status_in(&view, RequestId::from_bytes(id))?);
            last = key.last_chunk::<8>().map(|accepted| Position(u64::from_be_bytes(*accepted)));
        }
        Ok(EventPage { events, next: None })
    }

    fn entry_in(&self, view: &View, request_id: RequestId) -> Result<Option<Entry>, StorageError> {
        let record = view.get(&self.disk.ids, request_id.as_bytes())?;
        record.as_deref().map(Entry::decode).transpose()
    }

    fn status_in(&self, view: &View, request_id: RequestId) -> Result<Option<EventStatus>, StorageError> {
        let (function, place) = match self.entry_in(view, request_id)? {
            None => return Ok(None),
            Some(Entry::Settled { status, .. }) => return Ok(Some(*status)),
            Some(Entry::Unsettled { function, place, .. }) => (function, place),
        };
        let record = view.get(&self.disk.events, keys::event(&function, place))?;
        let record = record.ok_or_else(|| malformed("place of an event"))?;
        let (event, _) = decode_event(&function, &record)?;
        let (leased, now) = {
            let state = self.lock();
            (state.is_leased(request_id), state.latest().max(self.clock.now()))
        };
        let state = match (leased, place.due > now) {
            (true, _) => EventState::Running,
            (false, true) => EventState::Delayed,
            (false, false) => EventState::Queued,
        };
        Ok(Some(EventStatus {
            request_id,
            function,
            qualifier: event.qualifier,
            state,
            condition: None,
            accepted_at: event.accepted_at,
            settled_at: None,
            next_attempt_at: (state == EventState::Delayed).then_some(place.due),
            attempts: event.attempts,
            priority: event.priority,
            payload_bytes: u64::try_from(event.payload.len()).unwrap_or(u64::MAX),
            result_bytes: None,
            result_kept: false,
            dead_letter: false,
            redrive_of: event.redrive_of,
            redriven_as: None,
            deliveries: Vec::new(),
        }))
    }

    /// Reads what a refill asks for and takes it in.
    pub(super) fn refill(&self, plan: &RefillPlan) -> Result<(), StorageError> {
        let scan = self.scan(plan);
        let (scan, result) = match scan {
            Ok(scan) => (Some(scan), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.lock().end_refill(&plan.function, scan);
        self.wake.notify_one();
        result
    }

    fn scan(&self, plan: &RefillPlan) -> Result<Scan, StorageError> {
        let mut found: Vec<(keys::Place, Waiting)> = Vec::new();
        let mut bytes = 0;
        for entry in self.disk.events.range(keys::events_behind(&plan.function, plan.after)) {
            let (key, record) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("event's key"))?;
            if place.sequence > plan.sequence_max {
                continue;
            }
            // At least one event is taken however little room there is, or a full server would stand still.
            let full = found.len() >= plan.events_max || (bytes >= plan.bytes_max && !found.is_empty());
            if full || place.due > plan.due_by {
                return Ok(Scan { found, next: Some(place) });
            }
            let (event, accepted) = decode_event(&plan.function, &record)?;
            let waiting = Waiting { event, accepted };
            bytes += waiting.weight();
            found.push((place, waiting));
        }
        Ok(Scan { found, next: None })
    }
}
