//! The one thread that writes events: it takes what is waiting, writes it as one batch, flushes once, answers all.
//!
//! Enqueues are flushed to the disk before they are answered (E1). Settlements are handed to the operating system and
//! ride along with the next flush, or with the one that is made every [`TICK`] at the latest: losing a settlement in a
//! power failure means that the event runs again, which at-least-once delivery allows. Writes stay in order, so a
//! settlement is never on the disk without everything before it.
//!
//! What is rarer, and may have to read before it writes, comes behind what everybody waits for: chores ([`super::chores`]),
//! then housekeeping, a small piece at a time.

mod housekeeping;
#[cfg(feature = "simulation")]
mod stepwise;

use super::Shared;
use super::chores::{Chore, Purging, Round};
use super::counts::Counts;
use super::failures;
use super::kept::Kept;
use super::keys::{self, Place};
use super::record::{Entry, EventRecord};
use super::settle::{Settle, Step};
use super::state::Ended;
use super::window::Waiting;
use crate::StorageError;
use crate::embedded::disk::{Batch, Durability};
use lambent_domain::event::Event;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;

/// Most requests in one batch.
const BATCH_MAX: usize = 1024;
/// How long a settlement may be without a flush; also the pace of housekeeping.
const TICK: Duration = Duration::from_secs(1);

type Reply = oneshot::Sender<Result<(), StorageError>>;

/// What the committer is asked to do.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the common one: a box for each enqueue would cost more"
)]
pub(super) enum Request {
    Enqueue { event: Event, record: EventRecord, reply: Reply, _room: OwnedSemaphorePermit },
    Settle { settle: Box<Settle>, reply: Reply },
    Chore(Box<Chore>),
    Close { reply: Reply },
}

/// What to do in memory once the batch is written.
enum Effect {
    Accept(Place, Waiting),
    Retry(u64, Place, Waiting),
    End(u64, Ended),
}

/// State of the thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    requests: Receiver<Request>,
    counts: Counts,
    kept: Kept,
    purging: Purging,
    /// Something is written but not flushed.
    unflushed: bool,
    /// Housekeeping found nothing it could do, however full things are.
    stuck: bool,
    last_tick: Instant,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, requests: Receiver<Request>, counts: Counts, kept: Kept) -> Self {
        let purging = shared.lock().purges().keys().map(|function| (function.clone(), None)).collect();
        Self {
            shared,
            requests,
            counts,
            kept,
            purging,
            unflushed: false,
            stuck: false,
            last_tick: Instant::now(),
        }
    }

    /// Runs until it is told to close, or until nobody can ask any more.
    pub(super) fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        loop {
            let wait = if self.has_work() { Duration::ZERO } else { TICK };
            match self.requests.recv_timeout(wait) {
                Ok(request) => taken.push(request),
                Err(RecvTimeoutError::Timeout) => {
                    self.work();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.flush();
                    return;
                }
            }
            self.take_more(&mut taken);
            if let Some(closed) = self.handle(&mut taken) {
                let _ = closed.send(self.flush());
                return;
            }
        }
    }

    /// Adds what is waiting by now.
    fn take_more(&self, taken: &mut Vec<Request>) {
        while taken.len() < BATCH_MAX
            && let Ok(request) = self.requests.try_recv()
        {
            taken.push(request);
        }
    }

    /// Commits what was taken; returns whom to tell when it was asked to close.
    fn handle(&mut self, taken: &mut Vec<Request>) -> Option<Reply> {
        let mut replies = Vec::with_capacity(taken.len());
        let (mut chores, mut close) = (Vec::new(), None);
        let result = self.commit(taken, &mut replies, &mut chores, &mut close);
        for reply in replies {
            // Whoever has stopped waiting does not need to know.
            let _ = reply.send(result.clone());
        }
        if !chores.is_empty() {
            let books = (&mut self.counts, &mut self.kept, &mut self.purging);
            self.unflushed |= Round::run(&self.shared, books, chores);
        }
        self.stuck = false;
        self.work();
        close
    }

    fn commit(
        &mut self,
        taken: &mut Vec<Request>,
        replies: &mut Vec<Reply>,
        chores: &mut Vec<Chore>,
        close: &mut Option<Reply>,
    ) -> Result<(), StorageError> {
        let mut batch = self.shared.disk.batch();
        let mut effects = Vec::with_capacity(taken.len());
        let mut durability = Durability::Process;
        // The permits go back when the batch is written, not before.
        let mut rooms = Vec::with_capacity(taken.len());
        for request in taken.drain(..) {
            match request {
                Request::Enqueue { event, record, reply, _room } => {
                    replies.push(reply);
                    rooms.push(_room);
                    durability = Durability::Power;
                    effects.push(self.enqueue(&mut batch, event, record));
                }
                Request::Settle { settle, reply } => {
                    replies.push(reply);
                    effects.push(self.settle(&mut batch, *settle));
                }
                Request::Chore(chore) => chores.push(*chore),
                Request::Close { reply } => *close = Some(reply),
            }
        }
        if effects.is_empty() {
            return self.shared.disk.health();
        }
        self.counts.write(&self.shared.disk, &mut batch);
        self.kept.write(&self.shared.disk, &mut batch);
        self.shared.disk.commit(batch, durability)?;
        self.unflushed = durability == Durability::Process;
        self.apply(effects);
        self.kept.publish(&self.shared);
        Ok(())
    }

    fn enqueue(&mut self, batch: &mut Batch, event: Event, record: EventRecord) -> Effect {
        let (place, waiting) = write_event(&self.shared, batch, &mut self.counts, event, record);
        Effect::Accept(place, waiting)
    }

    fn settle(&mut self, batch: &mut Batch, settle: Settle) -> Effect {
        let Settle { lease, place, was_returned, step } = settle;
        let disk = &self.shared.disk;
        match step {
            Step::Retry { due, waiting, record, failure } => {
                let function = &waiting.event.function;
                batch.remove(&disk.events, keys::event(function, place));
                let place = Place { due, sequence: self.counts.next_sequence() };
                let entry = Entry::encode_unsettled(function, waiting.accepted, place);
                batch.insert(&disk.events, keys::event(function, place), record.finish(waiting.accepted));
                batch.insert(&disk.ids, *waiting.event.request_id.as_bytes(), entry);
                failures::write(disk, batch, function, waiting.accepted, waiting.event.request_id, failure);
                if !was_returned {
                    self.counts.returned(function);
                }
                Effect::Retry(lease, place, waiting)
            }
            Step::End { function, ended, outcome } => {
                batch.remove(&disk.events, keys::event(&function, place));
                self.counts.settled(&function, was_returned);
                self.kept.file(disk, batch, &function, outcome, &mut self.counts);
                Effect::End(lease, ended)
            }
        }
    }

    fn apply(&self, effects: Vec<Effect>) {
        {
            let mut state = self.shared.lock();
            for effect in effects {
                match effect {
                    Effect::Accept(place, waiting) => state.accept(place, waiting),
                    Effect::Retry(lease, place, waiting) => state.retry(lease, place, waiting),
                    Effect::End(lease, ended) => state.end(lease, ended),
                }
            }
            state.admitted_up_to(self.counts.last_sequence());
        }
        self.shared.wake.notify_one();
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        self.unflushed = false;
        self.shared.disk.flush(Durability::Power)
    }
}

/// Adds a new event to the batch.
pub(super) fn write_event(
    shared: &Shared,
    batch: &mut Batch,
    counts: &mut Counts,
    event: Event,
    record: EventRecord,
) -> (Place, Waiting) {
    let disk = &shared.disk;
    let sequence = counts.next_sequence();
    let place = Place { due: shared.advance(event.accepted_at), sequence };
    let function = &event.function;
    let request_id = *event.request_id.as_bytes();
    batch.insert(&disk.events, keys::event(function, place), record.finish(sequence));
    batch.insert(&disk.ids, request_id, Entry::encode_unsettled(function, sequence, place));
    batch.insert(&disk.history, keys::history(function, sequence), request_id);
    counts.accepted(function);
    (place, Waiting { event, accepted: sequence })
}

impl Drop for Committer {
    /// Without a committer nothing can be written, and what it was writing is unknown: health has to say so.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.disk.poison("the committer panicked");
        }
    }
}
