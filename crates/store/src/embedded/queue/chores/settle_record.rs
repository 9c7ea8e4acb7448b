//! What came of trying to send a record.

use super::Round;
use crate::StorageError;
use crate::embedded::queue::failures::{self, Mark};
use crate::embedded::queue::kept;
use crate::embedded::queue::keys::Place;
use crate::embedded::queue::outbox_state::RecordLease;
use crate::embedded::queue::outgoing::{Due, Outgoing};
use crate::embedded::queue::record::{Entry, malformed};
use crate::embedded::queue::settle::shown;
use crate::outbox::{DeliveryEnd, OutboxStats};
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::invocation_record::{DeliveryState, Purpose};
use lambent_domain::time::Timestamp;

impl Round<'_> {
    pub(super) fn settle_record(
        &mut self,
        number: u64,
        lease: &RecordLease,
        end: DeliveryEnd,
    ) -> Result<(), StorageError> {
        let settled = match self.entry(lease.request_id)? {
            Some(Entry::Settled { accepted, status, held }) => Some((accepted, status, held)),
            // Its request id was used again: of the old event nothing is known any more.
            Some(Entry::Unsettled { .. }) | None => None,
        };
        let given_up = matches!(end, DeliveryEnd::GivenUp { .. } | DeliveryEnd::Expired { .. });
        let letter = match &settled {
            Some((_, status, _)) if given_up && belongs_in_the_list(status) => Some(self.letter(lease)?),
            _ => None,
        };
        let at = self.move_on(lease, &end);
        if let Some((accepted, mut status, held)) = settled {
            let disk = &self.shared.disk;
            show(&mut status, lease, end);
            if let Some(letter) = letter {
                let place = Place::new(at, self.counts.next_sequence());
                self.kept.letters.put(disk, &mut self.batch, place, lease.request_id, &letter);
                status.dead_letter = true;
                let mark = Some(Mark::DeadLetter);
                failures::write(disk, &mut self.batch, &status.function, accepted, lease.request_id, mark);
            }
            let entry = kept::rewrite(disk, &mut self.batch, accepted, status, held)?;
            self.entries.insert(lease.request_id, entry);
        }
        self.after.push(Box::new(move |shared, written| {
            if written.is_ok() {
                shared.lock_outbox().end(number);
                shared.outbox_wake.notify_one();
            }
        }));
        Ok(())
    }

    fn letter(&self, lease: &RecordLease) -> Result<Vec<u8>, StorageError> {
        let stored = self.shared.disk.outgoing.get(lease.due.number.to_be_bytes())?;
        let stored = stored.ok_or_else(|| malformed("number of a record"))?;
        Outgoing::decode(&stored)?.into_letter()
    }

    /// Removes the record, or moves it to when it is due again. Returns when it was tried.
    fn move_on(&mut self, lease: &RecordLease, end: &DeliveryEnd) -> Timestamp {
        let (disk, batch) = (&self.shared.disk, &mut self.batch);
        batch.remove(&disk.outbox, lease.line.key(lease.place));
        let (at, count): (_, fn(&mut OutboxStats) -> &mut u64) = match (end, lease.purpose) {
            (DeliveryEnd::RetryAt { due, at, .. }, _) => {
                let place = Place::new(*due, self.counts.next_sequence());
                let due = Due { attempts: lease.due.attempts.saturating_add(1), ..lease.due };
                self.kept.put_due(disk, batch, lease.line, place, due);
                return *at;
            }
            (DeliveryEnd::Delivered { at }, _) => (*at, |stats| &mut stats.delivered),
            (DeliveryEnd::GivenUp { at, .. } | DeliveryEnd::Expired { at, .. }, Purpose::DeadLetterQueue) => {
                (*at, |stats| &mut stats.dead_letters_failed)
            }
            (
                DeliveryEnd::GivenUp { at, .. } | DeliveryEnd::Expired { at, .. },
                Purpose::OnSuccess | Purpose::OnFailure,
            ) => (*at, |stats| &mut stats.destinations_failed),
        };
        batch.remove(&disk.outgoing, lease.due.number.to_be_bytes());
        self.kept.change_outbox(|stats| {
            *count(stats) += 1;
            stats.waiting = stats.waiting.saturating_sub(1);
            stats.waiting_bytes = stats.waiting_bytes.saturating_sub(lease.due.bytes);
        });
        at
    }
}

/// A failed event of which a record is given up, so that it is not lost.
fn belongs_in_the_list(status: &EventStatus) -> bool {
    status.state == EventState::Failed && !status.dead_letter && status.redriven_as.is_none()
}

fn show(status: &mut EventStatus, lease: &RecordLease, end: DeliveryEnd) {
    let index = usize::try_from(lease.delivery).unwrap_or(usize::MAX);
    let Some(delivery) = status.deliveries.get_mut(index) else { return };
    let (state, at, error) = match end {
        DeliveryEnd::Delivered { at } => (DeliveryState::Delivered, at, None),
        DeliveryEnd::RetryAt { at, error, .. } => (DeliveryState::Pending, at, Some(shown(error))),
        DeliveryEnd::GivenUp { at, error } => (DeliveryState::Failed, at, Some(shown(error))),
        DeliveryEnd::Expired { error, .. } => {
            // It was not a try; the error of the last one says why there was none.
            let last = delivery.last_error.take().map(|last| format!("; the last try: {last}"));
            delivery.state = DeliveryState::Failed;
            delivery.last_error = Some(shown(error + last.as_deref().unwrap_or_default()));
            return;
        }
    };
    delivery.state = state;
    delivery.attempts = lease.due.attempts.saturating_add(1);
    delivery.last_attempt_at = Some(at);
    delivery.last_error = error;
}
