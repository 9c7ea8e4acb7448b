//! What the outbox knows in memory: which records are out, and from where on the disk is to be looked at.
//!
//! Records can be megabytes, so they stay on the disk until somebody takes them. In memory there is one entry for each
//! that is out, and `low`: every record that is not out is at or behind it. Leases are measured as those of events are
//! ([`super::leases`]) and end with this process.

use super::keys::Place;
use super::outgoing::Due;
use crate::outbox::OutboxStats;
use lambent_domain::invocation_record::Purpose;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// The longest lease: an instant can't be later than the clock can count.
const LEASE_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

/// Most records that are remembered as put off, of about 200 bytes each.
const PUT_OFF_MAX: usize = 50_000;

/// A record that is out.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordLease {
    pub(super) place: Place,
    pub(super) due: Due,
    pub(super) request_id: RequestId,
    /// Which of the deliveries in the event's status it is.
    pub(super) delivery: u32,
    pub(super) purpose: Purpose,
    deadline: Instant,
    /// What came of it is on the way to the disk.
    settling: bool,
    /// Nobody has it: it is left alone until the deadline.
    put_off: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct OutboxState {
    bytes_max: u64,
    low: Option<Place>,
    /// Somebody looks at the disk; then the first place that was added meanwhile.
    looking: Option<Option<Place>>,
    leases: HashMap<u64, RecordLease>,
    places: BTreeSet<Place>,
    deadlines: BTreeSet<(Instant, u64)>,
    /// Bytes of the records that are out, but for those that are put off.
    bytes: u64,
    put_off: usize,
    last_number: u64,
    stats: OutboxStats,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Read the disk from this place on, for so many bytes.
    Look { from: Place, bytes_max: u64 },
    /// Nothing before this has passed, unless one is told.
    Sleep(Duration),
}

impl OutboxState {
    pub(super) fn new(bytes_max: usize, stats: OutboxStats) -> Self {
        let first = Place::new(Timestamp::from_millis(0), 0);
        Self {
            bytes_max: u64::try_from(bytes_max).unwrap_or(u64::MAX),
            low: (stats.waiting > 0).then_some(first),
            looking: None,
            leases: HashMap::new(),
            places: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            bytes: 0,
            put_off: 0,
            last_number: 0,
            stats,
        }
    }

    /// Whether the disk is to be looked at now. Whoever is told so has to call [`OutboxState::end_look`].
    pub(super) fn plan(&mut self, now: Timestamp, steady_now: Instant, sleep_max: Duration) -> Plan {
        self.expire(steady_now);
        let deadline = self.deadlines.first().map(|(at, _)| at.saturating_duration_since(steady_now));
        let sleep = deadline.map_or(sleep_max, |deadline| deadline.min(sleep_max));
        let full = self.bytes >= self.bytes_max && !self.leases.is_empty();
        match self.low {
            Some(low) if low.due <= now && self.looking.is_none() && !full => {
                self.looking = Some(None);
                Plan::Look { from: low, bytes_max: self.bytes_max.saturating_sub(self.bytes) }
            }
            Some(low) if low.due > now => Plan::Sleep(sleep.min(low.due.since(now))),
            _ => Plan::Sleep(sleep),
        }
    }

    /// Whether the record at this place is out.
    pub(super) fn is_out(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// A damaged record: it is never handed out in this life of the server, so that it holds up no other.
    pub(super) fn set_aside(&mut self, place: Place) {
        self.places.insert(place);
    }

    pub(super) fn grant(
        &mut self,
        (place, due): (Place, Due),
        (request_id, delivery, purpose): (RequestId, u32, Purpose),
        now: Instant,
        lease: Duration,
    ) -> u64 {
        let deadline = now + lease.min(LEASE_MAX);
        self.last_number += 1;
        let number = self.last_number;
        self.places.insert(place);
        self.deadlines.insert((deadline, number));
        self.bytes += due.bytes;
        let lease = RecordLease {
            place,
            due,
            request_id,
            delivery,
            purpose,
            deadline,
            settling: false,
            put_off: false,
        };
        self.leases.insert(number, lease);
        number
    }

    /// The disk was looked at; `next` is the first place that was seen and left, none if there is nothing more.
    pub(super) fn end_look(&mut self, next: Option<Place>) {
        let added = self.looking.take().flatten();
        self.low = earlier(next, added);
    }

    /// The disk could not be looked at.
    pub(super) fn abandon_look(&mut self) {
        self.looking = None;
    }

    pub(super) fn begin_settle(&mut self, number: u64) -> Option<RecordLease> {
        let lease = self.leases.get_mut(&number).filter(|lease| !lease.settling)?;
        lease.settling = true;
        self.deadlines.remove(&(lease.deadline, number));
        Some(*lease)
    }

    /// Nobody has the record any more, and nobody gets it before `wait` is over.
    pub(super) fn put_off(&mut self, number: u64, now: Instant, wait: Duration) {
        if self.put_off >= PUT_OFF_MAX {
            // Its lease runs out instead, and until then its bytes keep others on the disk.
            return;
        }
        let Some(lease) = self.leases.get_mut(&number).filter(|lease| !lease.settling) else { return };
        self.deadlines.remove(&(lease.deadline, number));
        lease.deadline = now + wait.min(LEASE_MAX);
        self.deadlines.insert((lease.deadline, number));
        if !std::mem::replace(&mut lease.put_off, true) {
            self.put_off += 1;
            self.bytes = self.bytes.saturating_sub(lease.due.bytes);
        }
    }

    pub(super) fn abandon_settle(&mut self, number: u64) {
        if let Some(lease) = self.leases.get_mut(&number) {
            lease.settling = false;
            self.deadlines.insert((lease.deadline, number));
        }
    }

    /// What came of it is on the disk.
    pub(super) fn end(&mut self, number: u64) {
        self.remove(number);
    }

    /// A record is on the disk, to be sent at this place.
    pub(super) fn added(&mut self, place: Place) {
        self.low = earlier(self.low, Some(place));
        if let Some(added) = &mut self.looking {
            *added = earlier(*added, Some(place));
        }
    }

    pub(super) fn set_stats(&mut self, stats: OutboxStats) {
        self.stats = stats;
    }

    pub(super) fn stats(&self) -> OutboxStats {
        self.stats
    }

    fn expire(&mut self, now: Instant) {
        while let Some((_, number)) = self.deadlines.first().filter(|(deadline, _)| *deadline <= now).copied()
        {
            if let Some(lease) = self.remove(number) {
                if !lease.put_off {
                    tracing::warn!(request.id = %lease.request_id, "a record's lease ran out; it is due again");
                }
                self.added(lease.place);
            }
        }
    }

    fn remove(&mut self, number: u64) -> Option<RecordLease> {
        let lease = self.leases.remove(&number)?;
        self.deadlines.remove(&(lease.deadline, number));
        self.places.remove(&lease.place);
        if lease.put_off {
            self.put_off = self.put_off.saturating_sub(1);
        } else {
            self.bytes = self.bytes.saturating_sub(lease.due.bytes);
        }
        Some(lease)
    }
}

fn earlier(a: Option<Place>, b: Option<Place>) -> Option<Place> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
