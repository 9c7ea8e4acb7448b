//! One function's events: which of them are in memory, and what is known of the rest on the disk.
//!
//! Invariants, for events that are neither settled nor leased:
//! 1. those at or before `frontier` are all in `window`; those behind it are only on the disk;
//! 2. `beyond` is the first place behind the frontier that may be occupied; none means nothing is behind it;
//! 3. everything in `window` was due when it came in.
//!
//! So a steady flow goes through `window` without being read back: a new event is behind all others, and while nothing
//! due is left on the disk it moves the frontier along. When the window is full, events stay on the disk until a refill
//! fetches them in order. During a refill new events are kept aside in `arrivals`; else a busy function would never
//! catch up with the disk.

use super::counts::Load;
use super::keys::Place;
use super::record::decode_event;
use crate::StorageError;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::Event;
use lambent_domain::time::Timestamp;
use std::collections::BTreeMap;

/// An event in memory, with its order of acceptance.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) event: Event,
    pub(super) accepted: u64,
    /// Bytes of its record on the disk.
    pub(super) bytes: u64,
}

impl Waiting {
    /// Roughly what it takes in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let response = self.event.last_response.as_ref().map_or(0, Bytes::len);
        256 + self.event.payload.len() + response + self.event.attempts.len() * 256
    }

    /// Whether it has been put back or retried, or was delayed by its sender: only such events wait for their time.
    pub(super) fn returned(&self) -> bool {
        self.event.put_backs > 0 || !self.event.attempts.is_empty() || self.event.not_before.is_some()
    }

    /// An event as it is on the disk.
    pub(super) fn read(function: &FunctionName, record: &[u8]) -> Result<Self, StorageError> {
        let (event, accepted) = decode_event(function, record)?;
        Ok(Self { event, accepted, bytes: u64::try_from(record.len()).unwrap_or(u64::MAX) })
    }

    /// What it counts for.
    pub(super) fn load(&self) -> Load {
        Load { returned: self.returned(), bytes: self.bytes }
    }
}

/// Where an admitted event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admitted {
    /// Into the window: ready.
    Window,
    /// Only on the disk, or aside until the refill is over.
    Disk,
}

/// What a refill has found on the disk.
#[derive(Debug)]
pub(super) struct Scan {
    /// Due events behind the frontier, in order, without gaps.
    pub(super) found: Vec<(Place, Waiting)>,
    /// The first place not fetched, if there is more.
    pub(super) next: Option<Place>,
}

/// One function's window.
#[derive(Debug, Default)]
pub(super) struct Window {
    window: BTreeMap<Place, Waiting>,
    bytes: usize,
    frontier: Option<Place>,
    beyond: Option<Place>,
    refill: Option<Arrivals>,
    /// Places of events that are being removed from the disk, and whether they are: a refill may have read them before.
    withheld: BTreeMap<Place, bool>,
}

/// What came in while a refill reads the disk.
#[derive(Debug, Default)]
struct Arrivals {
    events: BTreeMap<Place, Waiting>,
    bytes: usize,
    /// The first place that was not kept: nothing from here on may enter the window.
    ceiling: Option<Place>,
}

/// How much one function may have in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

impl Window {
    /// A function found on the disk at start, whose first event is at `beyond`.
    pub(super) fn on_disk(beyond: Place) -> Self {
        Self { beyond: Some(beyond), ..Self::default() }
    }

    /// Takes in an event that has just been written. `due` says whether it may run now.
    pub(super) fn admit(&mut self, place: Place, waiting: Waiting, due: bool, room: Room) -> Admitted {
        if self.frontier >= Some(place) {
            // Rule 1 leaves no choice; it happens to returning events only, of which there are as many as leases.
            self.insert(place, waiting);
            return Admitted::Window;
        }
        if let Some(arrivals) = &mut self.refill {
            arrivals.add(place, waiting, due, room);
            return Admitted::Disk;
        }
        let fits = self.window.len() < room.events && self.bytes < room.bytes;
        if due && fits && self.beyond.is_none_or(|beyond| place < beyond) {
            self.frontier = Some(place);
            self.insert(place, waiting);
            return Admitted::Window;
        }
        self.beyond = earlier(self.beyond, Some(place));
        Admitted::Disk
    }

    /// Puts a leased event back where it was; leased events are at or before the frontier.
    pub(super) fn put_back(&mut self, place: Place, waiting: Waiting) {
        debug_assert!(self.frontier >= Some(place), "a leased event was behind the frontier");
        self.insert(place, waiting);
    }

    /// Takes the first event out.
    pub(super) fn take(&mut self) -> Option<(Place, Waiting)> {
        let (place, waiting) = self.window.pop_first()?;
        self.bytes -= waiting.weight();
        Some((place, waiting))
    }

    /// Sees to it that the event at this place, which is not leased, is never taken out; says whether it was in memory.
    pub(super) fn withhold(&mut self, place: Place) -> bool {
        self.withheld.insert(place, false);
        if let Some(arrivals) = &mut self.refill
            && let Some(waiting) = arrivals.events.remove(&place)
        {
            arrivals.bytes -= waiting.weight();
        }
        let Some(waiting) = self.window.remove(&place) else { return false };
        self.bytes -= waiting.weight();
        true
    }

    /// Everything at or before this place that is not leased is over.
    pub(super) fn clear(&mut self, up_to: Place) {
        self.window.clear();
        self.bytes = 0;
        self.frontier = self.frontier.max(Some(up_to));
        self.beyond = None;
        if let Some(arrivals) = &mut self.refill {
            *arrivals = Arrivals::default();
        }
    }

    /// The withheld event is no longer on the disk.
    pub(super) fn withheld_is_gone(&mut self, place: Place) {
        if self.refill.is_none() {
            self.withheld.remove(&place);
        } else if let Some(gone) = self.withheld.get_mut(&place) {
            *gone = true;
        }
    }

    /// When the next event on the disk is due; none while a refill is looking.
    pub(super) fn disk_due(&self) -> Option<Timestamp> {
        if self.refill.is_some() { None } else { self.beyond.map(|beyond| beyond.due) }
    }

    pub(super) fn has_ready(&self) -> bool {
        !self.window.is_empty()
    }

    /// How many of those that are ready have been put back or retried.
    pub(super) fn returned(&self) -> u64 {
        self.window.values().map(|waiting| u64::from(waiting.returned())).sum()
    }

    pub(super) fn is_refilling(&self) -> bool {
        self.refill.is_some()
    }

    /// Bytes held in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.refill.as_ref().map_or(0, |arrivals| arrivals.bytes)
    }

    /// Begins to read the disk behind the returned place.
    pub(super) fn begin_refill(&mut self) -> Option<Place> {
        self.refill = Some(Arrivals::default());
        self.frontier
    }

    /// Ends a refill; returns how many returned events came into the window. It may have found events that a purge has
    /// ended meanwhile.
    pub(super) fn end_refill(&mut self, scan: Scan, is_over: impl Fn(Place) -> bool) -> u64 {
        let Some(arrivals) = self.refill.take() else { return 0 };
        let ceiling = earlier(scan.next, arrivals.ceiling);
        let mut candidates = arrivals.events;
        candidates.extend(scan.found);
        candidates.retain(|place, _| !self.withheld.contains_key(place) && !is_over(*place));
        self.withheld.retain(|_, gone| !*gone);
        let kept_out = ceiling.map_or_else(BTreeMap::new, |ceiling| candidates.split_off(&ceiling));
        self.beyond = earlier(ceiling, kept_out.first_key_value().map(|(place, _)| *place));
        let mut returned = 0;
        for (place, waiting) in candidates {
            returned += u64::from(waiting.returned());
            self.frontier = self.frontier.max(Some(place));
            self.insert(place, waiting);
        }
        returned
    }

    /// Ends a refill that could not read the disk.
    pub(super) fn abandon_refill(&mut self) {
        self.withheld.retain(|_, gone| !*gone);
        if let Some(arrivals) = self.refill.take() {
            let first = arrivals.events.first_key_value().map(|(place, _)| *place);
            self.beyond = earlier(self.beyond, earlier(first, arrivals.ceiling));
        }
    }

    fn insert(&mut self, place: Place, waiting: Waiting) {
        self.bytes += waiting.weight();
        if let Some(replaced) = self.window.insert(place, waiting) {
            self.bytes -= replaced.weight();
        }
    }
}

impl Arrivals {
    fn add(&mut self, place: Place, waiting: Waiting, due: bool, room: Room) {
        let fits = self.events.len() < room.events && self.bytes < room.bytes;
        if due && fits && self.ceiling.is_none_or(|ceiling| place < ceiling) {
            self.bytes += waiting.weight();
            self.events.insert(place, waiting);
        } else {
            self.ceiling = earlier(self.ceiling, Some(place));
        }
    }
}

fn earlier(a: Option<Place>, b: Option<Place>) -> Option<Place> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
