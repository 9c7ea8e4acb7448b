//! The outbox of the embedded queue: records lie on the disk in a line for each target, in the order in which they
//! are due, and are read when somebody takes them.

use super::EmbeddedQueue;
use super::Shared;
use super::chores::Chore;
use super::keys::{self, Place};
use super::outbox_lines::Line;
use super::outbox_state::{Look, OutboxState, Plan};
use super::outgoing::{Due, Outgoing};
use super::record::malformed;
use crate::StorageError;
use crate::outbox::{DeliveryEnd, Outbox, OutboxStats, RecordDelivery};
use async_trait::async_trait;
use lambent_domain::time::Timestamp;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Longest sleep of `receive_records`, in case the wall clock was set forward meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(1);

#[async_trait]
impl Outbox for EmbeddedQueue {
    async fn receive_records(&self, max: usize, lease: Duration) -> Vec<RecordDelivery> {
        // One waits for the wake-up at a time: whoever comes behind waits here.
        let _turn = self.shared.outbox_turn.lock().await;
        loop {
            let plan = match self.shared.disk.health() {
                Ok(()) => {
                    let now = self.shared.clock.now();
                    self.shared.lock_outbox().plan(max.max(1), now, Instant::now(), SLEEP_MAX)
                }
                Err(_) => Plan::Sleep(SLEEP_MAX),
            };
            let sleep = match plan {
                Plan::Sleep(sleep) => sleep,
                Plan::Look { looks, bytes_max } => {
                    let shared = Arc::clone(&self.shared);
                    let look = move || shared.take_records(&looks, max.max(1), bytes_max, lease);
                    match self.shared.disk.blocking(look).await {
                        Ok(found) if found.is_empty() => continue,
                        Ok(found) => return found,
                        Err(_) => SLEEP_MAX,
                    }
                }
            };
            let _ = tokio::time::timeout(sleep, self.shared.outbox_wake.notified()).await;
        }
    }

    fn hold(&self, delivery: RecordDelivery, until: Timestamp) {
        let wait = until.since(self.shared.clock.now());
        self.shared.lock_outbox().hold(delivery.lease, Instant::now(), wait);
        self.shared.outbox_wake.notify_one();
    }

    fn resume(&self, target: &str) {
        if self.shared.lock_outbox().resume(Line::of(target)) {
            self.shared.outbox_wake.notify_one();
        }
    }

    async fn settle_record(&self, delivery: RecordDelivery, end: DeliveryEnd) -> Result<(), StorageError> {
        let number = delivery.lease;
        let Some(lease) = self.shared.lock_outbox().begin_settle(number) else {
            let id = delivery.outgoing.record.request_id;
            tracing::debug!(request.id = %id, "record settled already, or its lease ran out");
            return Ok(());
        };
        let settled = self.chore(|reply| Chore::SettleRecord { number, lease, end, reply }).await;
        if settled.is_err() {
            self.shared.lock_outbox().abandon_settle(number);
        }
        settled
    }

    fn outbox_stats(&self) -> OutboxStats {
        self.shared.lock_outbox().stats()
    }
}

impl Shared {
    /// A panic of another holder must not stop the outbox: every change of it is complete or not begun.
    pub(super) fn lock_outbox(&self) -> MutexGuard<'_, OutboxState> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads records that are due and leases them out, of one line after the other.
    fn take_records(
        &self,
        looks: &[Look],
        max: usize,
        bytes_max: u64,
        lease: Duration,
    ) -> Vec<RecordDelivery> {
        let (mut deliveries, mut bytes) = (Vec::new(), 0);
        for look in looks {
            if deliveries.len() >= max || (bytes >= bytes_max && !deliveries.is_empty()) {
                break;
            }
            let records_max = look.records_max.min(max - deliveries.len());
            let look =
                Look { records_max, bytes_max: look.bytes_max.min(bytes_max.saturating_sub(bytes)), ..*look };
            match self.take_records_of(look, lease, &mut deliveries, &mut bytes) {
                Ok(next) => self.lock_outbox().end_look(look.line, next),
                Err(error) => {
                    tracing::warn!(%error, "could not read the outbox");
                    self.lock_outbox().abandon_look(look.line, Instant::now() + SLEEP_MAX);
                }
            }
        }
        self.lock_outbox().end_looks();
        deliveries
    }

    /// Returns the first place of the line that was seen and left.
    fn take_records_of(
        &self,
        look: Look,
        lease: Duration,
        deliveries: &mut Vec<RecordDelivery>,
        bytes: &mut u64,
    ) -> Result<Option<Place>, StorageError> {
        let now = self.clock.now();
        let (mut taken, mut taken_bytes) = (0, 0);
        for entry in look.line.from(&self.disk.outbox, look.from) {
            let (key, _) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("record's place"))?;
            if self.lock_outbox().is_out(place) {
                continue;
            }
            let full = taken >= look.records_max || (taken_bytes >= look.bytes_max && taken > 0);
            if full || place.due > now {
                return Ok(Some(place));
            }
            match self.take_record(look.line, place, lease) {
                Ok(Some((delivery, size))) => {
                    deliveries.push(delivery);
                    (taken, taken_bytes) = (taken + 1, taken_bytes + size);
                    *bytes += size;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "a record for a destination can't be read; it is not sent");
                    self.lock_outbox().set_aside(place);
                }
            }
        }
        Ok(None)
    }

    /// Leases the record at this place, unless it was settled while this looked.
    fn take_record(
        &self,
        line: Line,
        place: Place,
        lease: Duration,
    ) -> Result<Option<(RecordDelivery, u64)>, StorageError> {
        // The scan sees the disk as it was when it began. A record leaves its place on the disk before it is no longer
        // out, so what was not out a moment ago and still has its place now waits there.
        let Some(due) = self.disk.outbox.get(line.key(place))? else { return Ok(None) };
        let due = Due::from_bytes(&due)?;
        let stored = self.disk.outgoing.get(due.number.to_be_bytes())?;
        let stored = stored.ok_or_else(|| malformed("number of a record"))?;
        let Outgoing { outgoing, stored_at, delivery, .. } = Outgoing::decode(&stored)?;
        let about = (outgoing.record.request_id, delivery, outgoing.purpose);
        let lease = self.lock_outbox().grant((line, place, due), about, Instant::now(), lease);
        Ok(Some((RecordDelivery { outgoing, attempts: due.attempts, stored_at, lease }, due.bytes)))
    }
}
