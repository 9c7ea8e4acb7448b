//! Deliveries that are out. They live in memory only: after a restart every unsettled event is ready again.
//!
//! A lease is measured by the monotonic clock, which no time server sets and which stands still while the host sleeps,
//! as the run it covers does. By the wall clock, a laptop that wakes up would run everything a second time.

use super::keys::Place;
use super::window::Waiting;
use crate::queue::Delivery;
use lambent_domain::request_id::RequestId;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// The longest lease, far beyond any run: an instant can't be later than the clock can count.
const LEASE_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

/// A delivery that is out.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) place: Place,
    /// What was delivered, to put it back if the lease runs out. The payload's bytes are shared with the delivery.
    pub(super) waiting: Waiting,
    deadline: Instant,
    /// Its settlement is on the way to the disk: it can neither run out nor be settled again.
    settling: bool,
}

/// All of them. A lease's number is never used twice, so a delivery whose lease has run out can do no harm.
#[derive(Debug, Default)]
pub(super) struct Leases {
    by_number: HashMap<u64, Lease>,
    by_request_id: HashMap<RequestId, u64>,
    deadlines: BTreeSet<(Instant, u64)>,
    last_number: u64,
}

impl Leases {
    pub(super) fn grant(
        &mut self,
        place: Place,
        waiting: Waiting,
        now: Instant,
        lease: Duration,
    ) -> Delivery {
        let deadline = now + lease.min(LEASE_MAX);
        self.last_number += 1;
        let number = self.last_number;
        let event = waiting.event.clone();
        self.by_request_id.insert(event.request_id, number);
        self.deadlines.insert((deadline, number));
        self.by_number.insert(number, Lease { place, waiting, deadline, settling: false });
        Delivery { event, lease: number }
    }

    pub(super) fn begin_settle(&mut self, number: u64) -> Option<(Place, Waiting)> {
        let lease = self.by_number.get_mut(&number).filter(|lease| !lease.settling)?;
        lease.settling = true;
        self.deadlines.remove(&(lease.deadline, number));
        Some((lease.place, lease.waiting.clone()))
    }

    pub(super) fn abandon_settle(&mut self, number: u64) {
        if let Some(lease) = self.by_number.get_mut(&number) {
            lease.settling = false;
            self.deadlines.insert((lease.deadline, number));
        }
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Lease> {
        let lease = self.by_number.remove(&number)?;
        self.deadlines.remove(&(lease.deadline, number));
        let request_id = lease.waiting.event.request_id;
        if self.by_request_id.get(&request_id) == Some(&number) {
            self.by_request_id.remove(&request_id);
        }
        Some(lease)
    }

    pub(super) fn remove_unless_settling(&mut self, number: u64) -> Option<Lease> {
        if self.by_number.get(&number)?.settling { None } else { self.remove(number) }
    }

    /// Takes out one lease whose time is over.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Lease> {
        let (_, number) = *self.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        self.remove(number)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    pub(super) fn holds(&self, request_id: RequestId) -> bool {
        self.by_request_id.contains_key(&request_id)
    }

    /// What is out.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &Waiting)> {
        self.by_number.values().map(|lease| (lease.place, &lease.waiting))
    }

    pub(super) fn len(&self) -> u64 {
        self.by_number.len().try_into().unwrap_or(u64::MAX)
    }
}
