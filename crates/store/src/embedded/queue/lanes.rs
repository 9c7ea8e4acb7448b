//! One function's events of either priority, and which of them goes next.
//!
//! Each priority has a lane of its own, on the disk ([`super::keys`]) and in memory ([`super::window`]), in which events
//! are in order. So a high event goes ahead of a million normal ones without any of those being looked at. The second
//! lane is there only for functions that were sent a high event.

use super::keys::Place;
use super::window::{Admitted, Room, Scan, Waiting, Window};
use lambent_domain::event::Priority;
use lambent_domain::time::Timestamp;

/// So many high events go in a row while normal ones are ready; then one of those does, so that they do not starve.
pub(super) const HIGH_RUN_MAX: u8 = 4;

/// Where the first ready event of a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    InMemory,
    OnDisk,
    Nowhere,
}

/// What to do for the next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Take it from this lane's window.
    Take(Priority),
    /// Read this lane from the disk first.
    Read(Priority),
    /// Nothing is ready.
    Nothing,
}

/// Whose turn it is after `high_run` high events in a row. An event on the disk has its turn as one in memory has it: it
/// is read first.
fn decide(high: Ready, normal: Ready, high_run: u8) -> Next {
    let high_first = [(Priority::High, high), (Priority::Normal, normal)];
    let normal_first = [(Priority::Normal, normal), (Priority::High, high)];
    let order = if high_run < HIGH_RUN_MAX { high_first } else { normal_first };
    for (lane, ready) in order {
        match ready {
            Ready::InMemory => return Next::Take(lane),
            Ready::OnDisk => return Next::Read(lane),
            Ready::Nowhere => {}
        }
    }
    Next::Nothing
}

/// Both lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    normal: Window,
    high: Option<Box<Window>>,
    /// How many high events were taken since the last normal one, up to the most there may be. A restart begins anew.
    high_run: u8,
}

impl Lanes {
    /// A function found on the disk at start, with the first event of each lane.
    pub(super) fn on_disk(normal: Option<Place>, high: Option<Place>) -> Self {
        Self {
            normal: normal.map_or_else(Window::default, Window::on_disk),
            high: high.map(|first| Box::new(Window::on_disk(first))),
            high_run: 0,
        }
    }

    fn lane(&mut self, lane: Priority) -> &mut Window {
        match lane {
            Priority::Normal => &mut self.normal,
            Priority::High => self.high.get_or_insert_default(),
        }
    }

    fn both(&self) -> impl Iterator<Item = &Window> {
        std::iter::once(&self.normal).chain(self.high.as_deref())
    }

    /// Nothing is left of the function: turns begin anew, as after a restart.
    pub(super) fn begin_anew(&mut self) {
        self.high_run = 0;
    }

    /// See [`Window::admit`]; `spare` is what all functions together may still have in memory.
    pub(super) fn admit(
        &mut self,
        place: Place,
        waiting: Waiting,
        due: bool,
        room: Room,
        spare: usize,
    ) -> Admitted {
        let lane = self.lane(place.lane);
        let bytes = room.bytes.min(lane.bytes().saturating_add(spare));
        lane.admit(place, waiting, due, Room { bytes, ..room })
    }

    pub(super) fn put_back(&mut self, place: Place, waiting: Waiting) {
        self.lane(place.lane).put_back(place, waiting);
    }

    /// What to do for the next event.
    pub(super) fn next(&self, now: Timestamp) -> Next {
        let Some(high) = &self.high else {
            return decide(Ready::Nowhere, ready(&self.normal, now), 0);
        };
        decide(ready(high, now), ready(&self.normal, now), self.high_run)
    }

    /// Takes the first event of the lane out, and counts its turn.
    pub(super) fn take(&mut self, lane: Priority) -> Option<(Place, Waiting)> {
        self.high_run = match lane {
            Priority::Normal => 0,
            Priority::High => self.high_run.saturating_add(1).min(HIGH_RUN_MAX),
        };
        self.lane(lane).take()
    }

    pub(super) fn withhold(&mut self, place: Place) -> bool {
        self.lane(place.lane).withhold(place)
    }

    pub(super) fn withheld_is_gone(&mut self, place: Place) {
        self.lane(place.lane).withheld_is_gone(place);
    }

    /// Everything due and written up to then that is not leased is over.
    pub(super) fn clear(&mut self, due: Timestamp, sequence: u64) {
        self.normal.clear(Place::new(due, sequence));
        if let Some(high) = &mut self.high {
            high.clear(Place::in_lane(Priority::High, due, sequence));
        }
    }

    /// When the next event on the disk is due, as far as no refill is looking.
    pub(super) fn disk_due(&self) -> Option<Timestamp> {
        self.both().filter_map(Window::disk_due).min()
    }

    pub(super) fn has_ready(&self) -> bool {
        self.both().any(Window::has_ready)
    }

    pub(super) fn returned(&self) -> u64 {
        self.both().map(Window::returned).sum()
    }

    pub(super) fn is_refilling(&self) -> bool {
        self.both().any(Window::is_refilling)
    }

    pub(super) fn bytes(&self) -> usize {
        self.both().map(Window::bytes).sum()
    }

    pub(super) fn begin_refill(&mut self, lane: Priority) -> Option<Place> {
        self.lane(lane).begin_refill()
    }

    pub(super) fn end_refill(&mut self, lane: Priority, scan: Scan, is_over: impl Fn(Place) -> bool) -> u64 {
        self.lane(lane).end_refill(scan, is_over)
    }

    pub(super) fn abandon_refill(&mut self, lane: Priority) {
        self.lane(lane).abandon_refill();
    }
}

fn ready(lane: &Window, now: Timestamp) -> Ready {
    if lane.has_ready() {
        Ready::InMemory
    } else if lane.disk_due().is_some_and(|due| due <= now) {
        Ready::OnDisk
    } else {
        Ready::Nowhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::{High, Normal};
    use Ready::{InMemory, Nowhere, OnDisk};

    #[test]
    fn high_goes_first_and_normal_does_not_starve() {
        for (high, normal, high_run, next) in [
            (Nowhere, Nowhere, 0, Next::Nothing),
            (InMemory, InMemory, 0, Next::Take(High)),
            (InMemory, InMemory, HIGH_RUN_MAX - 1, Next::Take(High)),
            (InMemory, InMemory, HIGH_RUN_MAX, Next::Take(Normal)),
            (InMemory, Nowhere, HIGH_RUN_MAX, Next::Take(High)),
            (Nowhere, InMemory, 0, Next::Take(Normal)),
            // Being on the disk changes nobody's turn.
            (OnDisk, InMemory, 0, Next::Read(High)),
            (InMemory, OnDisk, HIGH_RUN_MAX, Next::Read(Normal)),
            (InMemory, OnDisk, 0, Next::Take(High)),
            (OnDisk, InMemory, HIGH_RUN_MAX, Next::Take(Normal)),
            (OnDisk, Nowhere, HIGH_RUN_MAX, Next::Read(High)),
        ] {
            assert_eq!(decide(high, normal, high_run), next, "{high:?}, {normal:?} after {high_run}");
        }
    }
}
