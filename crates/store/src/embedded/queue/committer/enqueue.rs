//! Accepting: what is taken of new events, and what is written for one.

use super::{Answer, Committer, Effect};
use crate::embedded::disk::Batch;
use crate::embedded::queue::Shared;
use crate::embedded::queue::counts::Counts;
use crate::embedded::queue::idempotency::{IdempotencyKeys, Pending, Sending};
use crate::embedded::queue::keys::{self, Place};
use crate::embedded::queue::record::{Entry, EventRecord};
use crate::embedded::queue::window::Waiting;
use crate::queue::{Accepted, EnqueueError};
use lambent_domain::event::Event;
use tokio::sync::OwnedSemaphorePermit;

/// An event on its way in, with everything encoded that can fail to be.
#[derive(Debug)]
pub(in crate::embedded::queue) struct Incoming {
    pub(in crate::embedded::queue) event: Event,
    pub(in crate::embedded::queue) record: EventRecord,
    /// By which it is to be accepted once.
    pub(in crate::embedded::queue) sending: Option<Box<Sending>>,
}

/// What came of an event.
pub(in crate::embedded::queue) type Taken = Result<Accepted, EnqueueError>;

/// One or many events, and who waits for the answer.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the common one: a box for each would cost more"
)]
pub(in crate::embedded::queue) enum Enqueue {
    One { incoming: Incoming, reply: Answer<Taken>, room: OwnedSemaphorePermit },
    Many { incoming: Vec<Incoming>, reply: Answer<Vec<Taken>>, room: OwnedSemaphorePermit },
}

impl Enqueue {
    pub(super) fn keyed(&self) -> usize {
        match self {
            Self::One { incoming, .. } => usize::from(incoming.sending.is_some()),
            Self::Many { incoming, .. } => incoming.iter().filter(|one| one.sending.is_some()).count(),
        }
    }
}

/// What is to be answered when the batch is written. The room is free again then, and not before.
pub(super) enum Reply {
    One(Answer<Taken>, Taken, OwnedSemaphorePermit),
    Many(Answer<Vec<Taken>>, Vec<Taken>, OwnedSemaphorePermit),
}

impl Reply {
    /// Whoever has stopped waiting does not need to know.
    pub(super) fn send(self, written: Result<(), crate::StorageError>) {
        match self {
            Self::One(reply, taken, _room) => drop(reply.send(written.map(|()| taken))),
            Self::Many(reply, taken, _room) => drop(reply.send(written.map(|()| taken))),
        }
    }
}

impl Committer {
    pub(super) fn enqueue(
        &mut self,
        batch: &mut Batch,
        pending: &mut Pending,
        effects: &mut Vec<Effect>,
        enqueue: Enqueue,
    ) -> Reply {
        match enqueue {
            Enqueue::One { incoming, reply, room } => {
                let taken = self.take(batch, pending, effects, incoming);
                Reply::One(reply, taken, room)
            }
            Enqueue::Many { incoming, reply, room } => {
                let taken = incoming.into_iter().map(|one| self.take(batch, pending, effects, one)).collect();
                Reply::Many(reply, taken, room)
            }
        }
    }

    fn take(
        &mut self,
        batch: &mut Batch,
        pending: &mut Pending,
        effects: &mut Vec<Effect>,
        incoming: Incoming,
    ) -> Taken {
        let Incoming { event, record, sending } = incoming;
        let Some(sending) = sending else {
            self.gate.admit(self.counts.of(&event.function), record.bytes())?;
            effects.push(self.accept(batch, event, record));
            return Ok(Accepted::New);
        };
        let now = self.shared.advance(event.accepted_at);
        // Sent before is sent before, however full it is now.
        if let Some(before) = IdempotencyKeys::find(&self.shared.disk, pending, &sending, now)? {
            return Ok(before);
        }
        self.idempotency.has_room(&sending, &self.counts)?;
        self.gate.admit(self.counts.of(&event.function), record.bytes())?;
        let sent = (event.request_id, now);
        let disk = &self.shared.disk;
        self.idempotency.remember(disk, batch, pending, *sending, sent, &mut self.counts);
        effects.push(self.accept(batch, event, record));
        Ok(Accepted::New)
    }

    fn accept(&mut self, batch: &mut Batch, event: Event, record: EventRecord) -> Effect {
        let (place, waiting) = write_event(&self.shared, batch, &mut self.counts, event, record);
        Effect::Accept(place, waiting)
    }
}

/// Adds a new event to the batch.
pub(in crate::embedded::queue) fn write_event(
    shared: &Shared,
    batch: &mut Batch,
    counts: &mut Counts,
    event: Event,
    record: EventRecord,
) -> (Place, Waiting) {
    let disk = &shared.disk;
    let accepted = counts.next_sequence();
    let at = shared.advance(event.accepted_at);
    let due = event.not_before.map_or(at, |not_before| not_before.max(at));
    let place = Place::in_lane(event.priority, due, accepted);
    let request_id = *event.request_id.as_bytes();
    let waiting = Waiting { bytes: record.bytes(), event, accepted };
    let function = &waiting.event.function;
    let (key, history) = keys::event_and_history(function, place, accepted);
    batch.insert(&disk.events, key, record.finish(accepted));
    batch.insert(&disk.ids, request_id, Entry::encode_unsettled(function, accepted, place));
    batch.insert(&disk.history, history, request_id);
    counts.accepted(function, waiting.load());
    (place, waiting)
}
