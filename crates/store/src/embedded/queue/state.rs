//! What the queue knows in memory: windows, leases, and whom to wake when.
//!
//! Everything here happens under one lock and never touches the disk. Time never runs backwards for it: a wall clock
//! that steps back stands still until it has caught up, so that places stay in order. Leases have a clock of their own
//! ([`super::leases`]).

mod over;
#[cfg(test)]
mod tests;

use super::QueueLimits;
use super::counts::{Totals, Unsettled};
use super::keys::Place;
use super::lanes::{Lanes, Next};
use super::leases::{Lease, Leases};
use super::purges::Purges;
use super::window::{Admitted, Room, Scan, Waiting};
use crate::queue::{Backlog, Delivery, QueueStats};
use crate::sabotage::{Sabotage, strikes};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::Priority;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A function with unsettled events, or one that was named and not yet found empty.
#[derive(Debug, Default)]
struct FunctionEvents {
    lanes: Lanes,
    /// In memory, leased, or only on the disk.
    unsettled: u64,
    /// Bytes of their records.
    bytes: u64,
    /// Those that are leased.
    running: u64,
    /// Those that have been put back, retried or delayed, and are only on the disk.
    delayed: u64,
    /// Named by `next_ready`, or about to be, and not found empty since.
    announced: bool,
    /// When `next_ready` looks at it again.
    timer: Option<Timestamp>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct State {
    limits: QueueLimits,
    functions: HashMap<FunctionName, FunctionEvents>,
    leases: Leases,
    announced: VecDeque<FunctionName>,
    timers: BTreeSet<(Timestamp, FunctionName)>,
    latest: Timestamp,
    /// Every write up to this sequence number has been admitted here.
    admitted: u64,
    window_bytes: usize,
    /// Counters; the depths in it are filled in by [`State::stats`].
    counters: QueueStats,
    unsettled: u64,
    delayed: u64,
    /// Purges whose records are not all removed; changed as a whole, so that a reader can keep what it saw.
    purges: Arc<Purges>,
}

/// What a receive has to do.
#[derive(Debug)]
pub(super) enum Received {
    /// Hand these out; none means that nothing is ready.
    Deliveries(Vec<Delivery>),
    /// Read the disk first.
    Refill(RefillPlan),
}

/// What to read.
#[derive(Debug, Clone)]
pub(super) struct RefillPlan {
    pub(super) function: FunctionName,
    pub(super) lane: Priority,
    /// Behind this place.
    pub(super) after: Option<Place>,
    /// Due by this instant.
    pub(super) due_by: Timestamp,
    /// Written with this sequence number or an earlier one: later writes come by [`Written`].
    pub(super) sequence_max: u64,
    pub(super) events_max: usize,
    pub(super) bytes_max: usize,
}

/// Takes in what a batch has written, in the same hold of the lock that makes refills read as far as that batch.
///
/// In two holds an event could be lost from sight: a refill that is planned between them does not look at the event's
/// place yet, finds nothing else, and ends with "nothing is behind the frontier", although the event came in before it.
#[derive(Debug)]
pub(super) struct Written<'a>(&'a mut State);

impl Written<'_> {
    /// A new event.
    pub(super) fn accept(&mut self, place: Place, waiting: Waiting) {
        self.0.accept(place, waiting);
    }

    /// The settlement of this lease: the event runs again at its new place.
    pub(super) fn retry(&mut self, lease: u64, place: Place, waiting: Waiting) {
        self.0.retry(lease, place, waiting);
    }

    /// The settlement of this lease: the event is over.
    pub(super) fn end(&mut self, lease: u64, ended: Ended) {
        self.0.end(lease, ended);
    }

    /// For what takes no new place.
    pub(super) fn state(&mut self) -> &mut State {
        self.0
    }
}

/// How an event ended, for the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Succeeded,
    Failed,
    Cancelled,
}

impl State {
    pub(super) fn new(limits: QueueLimits, admitted: u64, totals: Totals) -> Self {
        let Totals { received, succeeded, failed, cancelled } = totals;
        Self {
            limits,
            functions: HashMap::new(),
            leases: Leases::default(),
            announced: VecDeque::new(),
            timers: BTreeSet::new(),
            latest: Timestamp::from_millis(0),
            admitted,
            window_bytes: 0,
            counters: QueueStats { received, succeeded, failed, cancelled, ..QueueStats::default() },
            unsettled: 0,
            delayed: 0,
            purges: Arc::default(),
        }
    }

    /// Takes in a function that has events on the disk at start. It is named at once.
    pub(super) fn recover(&mut self, function: FunctionName, lanes: Lanes, unsettled: Unsettled) {
        let Unsettled { all, returned, bytes } = unsettled;
        let delayed = returned;
        let events = FunctionEvents {
            lanes,
            unsettled: all,
            bytes,
            delayed,
            announced: true,
            ..FunctionEvents::default()
        };
        self.unsettled += all;
        self.delayed += delayed;
        self.functions.insert(function.clone(), events);
        self.announced.push_back(function);
    }

    /// The present instant, never before one seen earlier.
    pub(super) fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.latest = self.latest.max(now);
        self.latest
    }

    /// A batch up to this sequence number is on the disk; what it holds has to be taken in by what is returned.
    pub(super) fn written(&mut self, up_to: u64) -> Written<'_> {
        self.admitted = up_to;
        Written(self)
    }

    /// Takes in a new event that is on the disk.
    fn accept(&mut self, place: Place, waiting: Waiting) {
        self.counters.received += 1;
        self.unsettled += 1;
        let events = match self.functions.get_mut(&waiting.event.function) {
            Some(events) => events,
            None => self.functions.entry(waiting.event.function.clone()).or_default(),
        };
        if events.unsettled == 0 {
            events.lanes.begin_anew();
        }
        events.unsettled += 1;
        events.bytes = events.bytes.saturating_add(waiting.bytes);
        // A sender may have delayed it. Else it is due, even if the clock that `latest` follows is behind.
        let due = waiting.event.not_before.is_none() || place.due <= self.latest;
        self.admit(place, waiting, due);
    }

    /// Takes in an event of a function that is known.
    fn admit(&mut self, place: Place, waiting: Waiting, due: bool) {
        let function = waiting.event.function.clone();
        let spare = self.limits.window_bytes_total.saturating_sub(self.window_bytes);
        let returned = waiting.returned();
        let Some(events) = self.functions.get_mut(&function) else { return };
        let before = events.lanes.bytes();
        let room = Room { events: self.limits.window_events, bytes: self.limits.window_bytes };
        let admitted = events.lanes.admit(place, waiting, due, room, spare);
        self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        let delayed = u64::from(returned && admitted == Admitted::Disk);
        events.delayed += delayed;
        self.delayed += delayed;
        // Under load it is named already, and there is nothing more to look at.
        if !events.announced {
            self.announce(&function);
        }
    }

    /// Names the function if something of it is ready, or sees to it that this is looked at in time.
    fn announce(&mut self, function: &FunctionName) {
        let Some(events) = self.functions.get_mut(function) else { return };
        if events.announced || events.lanes.is_refilling() {
            return;
        }
        let disk_due = events.lanes.disk_due();
        if events.lanes.has_ready() || disk_due.is_some_and(|due| due <= self.latest) {
            events.announced = true;
            if strikes(Sabotage::LosesWakeUp) {
                return;
            }
            self.announced.push_back(function.clone());
        } else if let Some(due) = disk_due
            && events.timer.is_none_or(|timer| due < timer)
        {
            if let Some(timer) = events.timer.replace(due) {
                self.timers.remove(&(timer, function.clone()));
            }
            if !strikes(Sabotage::MissesDelayedEvent) {
                self.timers.insert((due, function.clone()));
            }
        } else if events.unsettled == 0 && events.timer.is_none() {
            self.functions.remove(function);
        }
    }

    /// Lets timers and leases run out, then names the next ready function.
    pub(super) fn next_announced(&mut self, now: Timestamp, steady_now: Instant) -> Option<FunctionName> {
        let now = self.advance(now);
        self.expire_leases(steady_now);
        while let Some((due, function)) = self.timers.first().filter(|(due, _)| *due <= now).cloned() {
            self.timers.remove(&(due, function.clone()));
            if let Some(events) = self.functions.get_mut(&function) {
                events.timer = None;
            }
            self.announce(&function);
        }
        self.announced.pop_front()
    }

    /// After how long [`State::next_announced`] has to be called again at the latest.
    pub(super) fn next_wake(&self, steady_now: Instant) -> Option<Duration> {
        let timer = self.timers.first().map(|(due, _)| due.since(self.latest));
        let deadline =
            self.leases.next_deadline().map(|deadline| deadline.saturating_duration_since(steady_now));
        [timer, deadline].into_iter().flatten().min()
    }

    /// Leases out ready events, or asks for the disk to be read.
    pub(super) fn receive(
        &mut self,
        function: &FunctionName,
        max: usize,
        lease: Duration,
        now: Timestamp,
        steady_now: Instant,
    ) -> Received {
        let now = self.advance(now);
        let now = if strikes(Sabotage::HandsOutEarly) { now.plus(Duration::from_secs(3)) } else { now };
        self.expire_leases(steady_now);
        let Some(events) = self.functions.get_mut(function) else { return Received::Deliveries(Vec::new()) };
        let before = events.lanes.bytes();
        let mut deliveries = Vec::new();
        let mut read = None;
        while deliveries.len() < max {
            match events.lanes.next(now) {
                Next::Take(lane) => {
                    let Some((place, waiting)) = events.lanes.take(lane) else { break };
                    events.running += 1;
                    deliveries.push(self.leases.grant(place, waiting, steady_now, lease));
                }
                Next::Read(lane) => {
                    read = Some(lane);
                    break;
                }
                Next::Nothing => break,
            }
        }
        self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        if !deliveries.is_empty() || max == 0 {
            return Received::Deliveries(deliveries);
        }
        if let Some(lane) = read {
            let spare = self.limits.window_bytes_total.saturating_sub(self.window_bytes);
            return Received::Refill(RefillPlan {
                function: function.clone(),
                lane,
                after: events.lanes.begin_refill(lane),
                due_by: now,
                sequence_max: self.admitted,
                events_max: self.limits.refill_events,
                bytes_max: self.limits.window_bytes.min(spare),
            });
        }
        events.announced = false;
        self.announce(function);
        Received::Deliveries(deliveries)
    }

    /// Takes in what a refill found; `None` if the disk could not be read.
    pub(super) fn end_refill(&mut self, function: &FunctionName, lane: Priority, scan: Option<Scan>) {
        let Some(events) = self.functions.get_mut(function) else { return };
        let before = events.lanes.bytes();
        match scan {
            Some(scan) => {
                let purge = self.purges.get(function);
                let is_over = |place| purge.is_some_and(|purge| purge.covers(place));
                let due = events.lanes.end_refill(lane, scan, is_over);
                events.delayed = events.delayed.saturating_sub(due);
                self.delayed = self.delayed.saturating_sub(due);
            }
            None => events.lanes.abandon_refill(lane),
        }
        self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        self.announce(function);
    }

    /// A receive gives up without having looked at everything: the function has to be named again.
    pub(super) fn found_empty(&mut self, function: &FunctionName) {
        if let Some(events) = self.functions.get_mut(function) {
            events.announced = false;
        }
        self.announce(function);
    }

    /// Begins to settle: the lease, unless it has run out or is being settled already.
    pub(super) fn begin_settle(&mut self, lease: u64) -> Option<(Place, Waiting)> {
        self.leases.begin_settle(lease)
    }

    /// A settlement did not reach the disk: the lease runs on.
    pub(super) fn abandon_settle(&mut self, lease: u64) {
        self.leases.abandon_settle(lease);
    }

    /// The settlement is on the disk: the event is over.
    fn end(&mut self, lease: u64, ended: Ended) {
        let Some(Lease { place, waiting, .. }) = self.leases.remove(lease) else { return };
        let counter = match ended {
            Ended::Succeeded => &mut self.counters.succeeded,
            Ended::Failed => &mut self.counters.failed,
            Ended::Cancelled => &mut self.counters.cancelled,
        };
        *counter += 1 + u64::from(strikes(Sabotage::CountsTwice));
        self.unsettled = self.unsettled.saturating_sub(1);
        if let Some(events) = self.functions.get_mut(&waiting.event.function) {
            events.unsettled = events.unsettled.saturating_sub(1);
            events.running = events.running.saturating_sub(1);
            events.bytes = events.bytes.saturating_sub(waiting.bytes);
        }
        if strikes(Sabotage::SettlesTwice) {
            return self.put_back(place, waiting);
        }
        self.announce(&waiting.event.function);
    }

    /// The settlement is on the disk: the event runs again at its new place.
    fn retry(&mut self, lease: u64, place: Place, waiting: Waiting) {
        if let Some(Lease { waiting: before, .. }) = self.leases.remove(lease) {
            if let Some(events) = self.functions.get_mut(&waiting.event.function) {
                events.running = events.running.saturating_sub(1);
                events.bytes = events.bytes.saturating_sub(before.bytes).saturating_add(waiting.bytes);
            }
            let due = place.due <= self.latest;
            self.admit(place, waiting, due);
        }
    }

    /// Gives a delivery back as it was.
    pub(super) fn release(&mut self, lease: u64) {
        if let Some(Lease { place, waiting, .. }) = self.leases.remove_unless_settling(lease) {
            self.put_back(place, waiting);
        }
    }

    fn expire_leases(&mut self, now: Instant) {
        while let Some(Lease { place, waiting, .. }) = self.leases.expire(now) {
            tracing::warn!(request.id = %waiting.event.request_id, "a lease ran out; the event is ready again");
            self.put_back(place, waiting);
        }
    }

    fn put_back(&mut self, place: Place, waiting: Waiting) {
        let function = waiting.event.function.clone();
        if let Some(events) = self.functions.get_mut(&function) {
            events.running = events.running.saturating_sub(1);
            let before = events.lanes.bytes();
            events.lanes.put_back(place, waiting);
            self.window_bytes = self.window_bytes + events.lanes.bytes() - before;
        }
        self.announce(&function);
    }

    /// Whether the event is leased now.
    pub(super) fn is_leased(&self, request_id: RequestId) -> bool {
        self.leases.holds(request_id)
    }

    /// Bytes of all windows together.
    #[cfg(test)]
    pub(super) fn window_bytes(&self) -> usize {
        self.window_bytes
    }

    pub(super) fn latest(&self) -> Timestamp {
        self.latest
    }

    /// What waits of one function.
    pub(super) fn backlog(&self, function: &FunctionName) -> Backlog {
        self.functions.get(function).map_or_else(Backlog::default, |events| Backlog {
            events: events.unsettled,
            bytes: events.bytes,
            running: events.running,
            delayed: events.delayed.min(events.unsettled.saturating_sub(events.running)),
        })
    }

    /// Whatever becomes of an event changes two of these at once, so they add up at every moment.
    pub(super) fn stats(&self) -> QueueStats {
        let running = self.leases.len();
        let waiting = self.unsettled.saturating_sub(running);
        let delayed = self.delayed.min(waiting);
        QueueStats { running, delayed, ready: waiting - delayed, ..self.counters }
    }
}
