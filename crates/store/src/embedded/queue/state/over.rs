//! Events that end without having been leased: cancelled one by one, or purged.

use super::State;
use crate::embedded::queue::counts::{Load, Unsettled};
use crate::embedded::queue::keys::Place;
use crate::embedded::queue::purges::{self, Purge, Purges};
use crate::embedded::queue::shelf::Fill;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::EventState;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a purge comes to.
#[derive(Debug)]
pub(in crate::embedded::queue) struct Purged {
    /// How many events it ended.
    pub(in crate::embedded::queue) count: u64,
    /// What is left of the function: what runs.
    pub(in crate::embedded::queue) left: Unsettled,
    pub(in crate::embedded::queue) purge: Arc<Purge>,
}

impl State {
    pub(in crate::embedded::queue) fn set_dead_letters(&mut self, fill: Fill) {
        self.counters.dead_letters = fill.count;
        self.counters.dead_letter_bytes = fill.bytes;
    }

    /// Purges whose records are not all removed.
    pub(in crate::embedded::queue) fn purges(&self) -> Arc<Purges> {
        Arc::clone(&self.purges)
    }

    pub(in crate::embedded::queue) fn set_purges(&mut self, purges: Purges) {
        self.purges = Arc::new(purges);
    }

    /// A purge has fewer records left, or none.
    pub(in crate::embedded::queue) fn set_purge(
        &mut self,
        function: &FunctionName,
        purge: Option<Arc<Purge>>,
    ) {
        let purges = Arc::make_mut(&mut self.purges);
        match purge {
            Some(purge) => drop(purges.insert(function.clone(), purge)),
            None => drop(purges.remove(function)),
        }
    }

    /// What is leased of one function or of all: order of acceptance and request id.
    pub(in crate::embedded::queue) fn leased(
        &self,
        function: Option<&FunctionName>,
    ) -> Vec<(u64, RequestId)> {
        let of_function =
            |event: &lambent_domain::event::Event| function.is_none_or(|name| *name == event.function);
        let leases = self.leases.iter().filter(|(_, waiting)| of_function(&waiting.event));
        leases.map(|(_, waiting)| (waiting.accepted, waiting.event.request_id)).collect()
    }

    /// The state of an event that is on the disk at this place.
    pub(in crate::embedded::queue) fn state_of(
        &self,
        function: &FunctionName,
        request_id: RequestId,
        place: Place,
        now: Timestamp,
    ) -> EventState {
        if purges::covers(&self.purges, function, place) {
            EventState::Cancelled
        } else if self.leases.holds(request_id) {
            EventState::Running
        } else if place.due > self.latest.max(now) {
            EventState::Delayed
        } else {
            EventState::Queued
        }
    }

    /// Sees to it that an event is not leased any more; none if it is leased, or says whether it was in memory.
    pub(in crate::embedded::queue) fn withhold(
        &mut self,
        function: &FunctionName,
        place: Place,
        request_id: RequestId,
    ) -> Option<bool> {
        if self.leases.holds(request_id) {
            return None;
        }
        let Some(events) = self.functions.get_mut(function) else { return Some(false) };
        let before = events.lanes.bytes();
        let in_memory = events.lanes.withhold(place);
        self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        Some(in_memory)
    }

    /// The withheld event's outcome is on the disk.
    pub(in crate::embedded::queue) fn cancelled(
        &mut self,
        function: &FunctionName,
        place: Place,
        load: Load,
        delayed: bool,
    ) {
        self.counters.cancelled += 1;
        self.unsettled = self.unsettled.saturating_sub(1);
        self.delayed = self.delayed.saturating_sub(u64::from(delayed));
        if let Some(events) = self.functions.get_mut(function) {
            events.unsettled = events.unsettled.saturating_sub(1);
            events.bytes = events.bytes.saturating_sub(load.bytes);
            events.delayed = events.delayed.saturating_sub(u64::from(delayed));
            events.lanes.withheld_is_gone(place);
        }
        self.announce(function);
    }

    /// Ends all that waits of a function, of which `returned` events have been put back or retried.
    pub(in crate::embedded::queue) fn purge(
        &mut self,
        function: &FunctionName,
        returned: u64,
        up_to: u64,
        at: Timestamp,
    ) -> Option<Purged> {
        let mut left = Unsettled::default();
        let mut spared = BTreeSet::new();
        for (place, waiting) in self.leases.iter().filter(|(_, waiting)| waiting.event.function == *function)
        {
            left.all += 1;
            left.returned += u64::from(waiting.returned());
            left.bytes = left.bytes.saturating_add(waiting.bytes);
            spared.insert(place.sequence);
        }
        let events = self.functions.get_mut(function)?;
        let count = events.unsettled.saturating_sub(left.all);
        if count == 0 {
            return None;
        }
        let on_disk = returned.saturating_sub(left.returned + events.lanes.returned());
        let before = events.lanes.bytes();
        events.lanes.clear(self.latest, up_to);
        self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        events.unsettled = left.all;
        events.bytes = left.bytes;
        events.delayed = events.delayed.saturating_sub(on_disk);
        self.unsettled = self.unsettled.saturating_sub(count);
        self.delayed = self.delayed.saturating_sub(on_disk);
        self.counters.cancelled += count;
        let earlier = self.purges.get(function).map_or(0, |purge| purge.left);
        let purge = Arc::new(Purge { at, up_to, spared, left: earlier + count });
        self.set_purge(function, Some(Arc::clone(&purge)));
        self.announce(function);
        Some(Purged { count, left, purge })
    }
}
