//! The one thread that writes events: it takes what is waiting, writes it as one batch, flushes once, answers all.
//!
//! Enqueues are flushed to the disk before they are answered (E1). Settlements are handed to the operating system and
//! ride along with the next flush, or with the one that is made every [`TICK`] at the latest: losing a settlement in a
//! power failure means that the event runs again, which at-least-once delivery allows. Writes stay in order, so a
//! settlement is never on the disk without everything before it.

mod enqueue;
#[cfg(feature = "simulation")]
mod stepwise;

pub(super) use enqueue::{Enqueue, Incoming, Taken};

use super::Shared;
use super::admission::{Admission, Gate};
use super::counts::Counts;
use super::idempotency::{IdempotencyKeys, Pending};
use super::keys::{self, Place};
use super::outcomes::Purge;
use super::record::Entry;
use super::settle::{Settle, Step};
use super::state::Ended;
use super::window::Waiting;
use crate::StorageError;
use crate::embedded::disk::{Batch, Durability};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Most requests in one batch.
const BATCH_MAX: usize = 1024;
/// How long a settlement may be without a flush; also the pace of housekeeping.
const TICK: Duration = Duration::from_secs(1);

type Answer<T> = oneshot::Sender<Result<T, StorageError>>;

/// What the committer is asked to do.
#[derive(Debug)]
pub(super) enum Request {
    Enqueue(Enqueue),
    Settle { settle: Box<Settle>, reply: Answer<()> },
    Close { reply: Answer<()> },
}

/// What to do in memory once the batch is written.
enum Effect {
    Accept(Place, Waiting),
    Retry(u64, Place, Waiting),
    End(u64, Ended),
}

/// Whom to answer once the batch is written.
#[derive(Default)]
struct Replies {
    enqueued: Vec<enqueue::Reply>,
    settled: Vec<Answer<()>>,
    close: Option<Answer<()>>,
}

/// State of the thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    requests: Receiver<Request>,
    counts: Counts,
    purge: Purge,
    gate: Gate,
    idempotency: IdempotencyKeys,
    /// Something is written but not flushed.
    unflushed: bool,
    last_tick: Instant,
}

impl Committer {
    pub(super) fn new(
        shared: Arc<Shared>,
        requests: Receiver<Request>,
        counts: Counts,
        purge: Purge,
        admission: Admission,
    ) -> Self {
        let gate = Gate::new(admission, &shared.disk);
        let idempotency =
            IdempotencyKeys::new(admission.idempotency_window_max, admission.idempotency_keys_max);
        let last_tick = Instant::now();
        Self { shared, requests, counts, purge, gate, idempotency, unflushed: false, last_tick }
    }

    /// Runs until it is told to close, or until nobody can ask any more.
    pub(super) fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        loop {
            match self.requests.recv_timeout(TICK) {
                Ok(request) => taken.push(request),
                Err(RecvTimeoutError::Timeout) => {
                    self.tick();
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
    fn handle(&mut self, taken: &mut Vec<Request>) -> Option<Answer<()>> {
        let mut replies = Replies::default();
        let result = self.commit(taken, &mut replies);
        for reply in replies.enqueued {
            reply.send(result.clone());
        }
        for reply in replies.settled {
            // Whoever has stopped waiting does not need to know.
            let _ = reply.send(result.clone());
        }
        if self.last_tick.elapsed() >= TICK {
            self.tick();
        } else if self.purge.is_due() || self.idempotency.is_due() {
            self.forget();
        }
        replies.close
    }

    fn commit(&mut self, taken: &mut Vec<Request>, replies: &mut Replies) -> Result<(), StorageError> {
        let mut batch = self.shared.disk.batch();
        let mut effects = Vec::with_capacity(taken.len());
        let mut durability = Durability::Process;
        let mut pending = Pending::default();
        for request in taken.drain(..) {
            match request {
                Request::Enqueue(enqueue) => {
                    durability = Durability::Power;
                    let reply = self.enqueue(&mut batch, &mut pending, &mut effects, enqueue);
                    replies.enqueued.push(reply);
                }
                Request::Settle { settle, reply } => {
                    replies.settled.push(reply);
                    effects.push(self.settle(&mut batch, *settle));
                }
                Request::Close { reply } => replies.close = Some(reply),
            }
        }
        if effects.is_empty() {
            return self.shared.disk.health();
        }
        self.counts.write(&self.shared.disk, &mut batch);
        self.shared.disk.commit(batch, durability)?;
        self.unflushed = durability == Durability::Process;
        self.apply(effects);
        Ok(())
    }

    fn settle(&mut self, batch: &mut Batch, settle: Settle) -> Effect {
        let Settle { lease, place, before, step } = settle;
        let disk = &self.shared.disk;
        match step {
            Step::Retry { due, waiting, record } => {
                let function = &waiting.event.function;
                batch.remove(&disk.events, keys::event(function, place));
                let place = Place { due, sequence: self.counts.next_sequence() };
                let entry = Entry::encode_unsettled(function, waiting.accepted, place);
                batch.insert(&disk.events, keys::event(function, place), record.finish(waiting.accepted));
                batch.insert(&disk.ids, *waiting.event.request_id.as_bytes(), entry);
                self.counts.retried(function, before, waiting.load());
                Effect::Retry(lease, place, waiting)
            }
            Step::End { function, ended, outcome } => {
                batch.remove(&disk.events, keys::event(&function, place));
                self.counts.settled(&function, before, ended);
                self.purge.file_outcome(disk, batch, outcome, &mut self.counts);
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

    /// Forgets old outcomes and flushes settlements. Failures are kept by the disk and show in `health`.
    fn tick(&mut self) {
        self.last_tick = Instant::now();
        self.gate.look(&self.shared.disk);
        self.forget();
        // Without anything to flush this still tells whether the engine's own work has failed.
        let _ = if self.unflushed { self.flush() } else { self.shared.disk.flush(Durability::Process) };
    }

    fn forget(&mut self) {
        let now = self.shared.clock.now();
        let disk = &self.shared.disk;
        let mut batch = disk.batch();
        let outcomes =
            self.purge.forget(disk, &mut batch, now, &mut self.counts).map(|outcomes| outcomes > 0);
        let keys = self.idempotency.forget(disk, &mut batch, now, &mut self.counts);
        for error in [&outcomes, &keys].into_iter().filter_map(|result| result.as_ref().err()) {
            tracing::warn!(%error, "could not read what is to be forgotten");
        }
        if outcomes.unwrap_or_default() || keys.unwrap_or_default() {
            self.counts.write(disk, &mut batch);
            self.unflushed |= disk.commit(batch, Durability::Process).is_ok();
        }
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        self.unflushed = false;
        self.shared.disk.flush(Durability::Power)
    }
}

impl Drop for Committer {
    /// Without a committer nothing can be written, and what it was writing is unknown: health has to say so.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.disk.poison("the committer panicked");
        }
    }
}
