//! The one thread that writes events: it takes what is waiting, writes it as one batch, flushes once, answers all.
//!
//! Enqueues are flushed to the disk before they are answered (E1). Settlements are handed to the operating system and
//! ride along with the next flush, or with the one that is made every [`TICK`] at the latest: losing a settlement in a
//! power failure means that the event runs again, which at-least-once delivery allows. Writes stay in order, so a
//! settlement is never on the disk without everything before it.
//!
//! A settlement of which somebody outside is to be told is flushed first (E4): a destination that has heard of a success
//! must not hear of a failure of the same event because the success was lost with the power.
//!
//! What is rarer, and may have to read before it writes, comes behind what everybody waits for: chores ([`super::chores`]),
//! then housekeeping, a small piece at a time.

mod enqueue;
mod housekeeping;
#[cfg(feature = "simulation")]
mod stepwise;

pub(super) use enqueue::{Enqueue, Incoming, Taken, write_event};

use super::Shared;
use super::admission::{Admission, Gate};
use super::chores::{Books, Chore, Purging, Round};
use super::counts::Counts;
use super::failures;
use super::idempotency::{IdempotencyKeys, Pending};
use super::kept::Kept;
use super::keys::{self, Place};
use super::record::Entry;
use super::settle::{Settle, Step};
use super::state::Ended;
use super::submit::KEYED_MAX;
use super::window::Waiting;
use crate::StorageError;
use crate::embedded::disk::{Batch, Durability};
use crate::sabotage::{Sabotage, strikes};
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
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the common one: a box for each enqueue would cost more"
)]
pub(super) enum Request {
    Enqueue(Enqueue),
    Settle { settle: Box<Settle>, reply: Answer<()> },
    Chore(Box<Chore>),
    Close { reply: Answer<()> },
}

impl Request {
    /// How many idempotency keys have to be looked up for it.
    fn keyed(&self) -> usize {
        match self {
            Self::Enqueue(enqueue) => enqueue.keyed(),
            Self::Settle { .. } | Self::Chore(_) | Self::Close { .. } => 0,
        }
    }
}

/// What to do in memory once the batch is written.
enum Effect {
    Accept(Place, Waiting),
    Retry(u64, Place, Waiting),
    End(u64, Ended),
}

/// Whom to answer once the batch is written, and what else to do then.
#[derive(Default)]
struct Replies {
    enqueued: Vec<enqueue::Reply>,
    settled: Vec<Answer<()>>,
    /// To be done behind the batch.
    chores: Vec<Chore>,
    close: Option<Answer<()>>,
}

/// State of the thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    requests: Receiver<Request>,
    counts: Counts,
    kept: Kept,
    purging: Purging,
    gate: Gate,
    idempotency: IdempotencyKeys,
    /// Something is written but not flushed.
    unflushed: bool,
    /// Housekeeping found nothing it could do, however full things are.
    stuck: bool,
    last_tick: Instant,
}

impl Committer {
    pub(super) fn new(
        shared: Arc<Shared>,
        requests: Receiver<Request>,
        counts: Counts,
        kept: Kept,
        admission: Admission,
    ) -> Self {
        let purging = shared.lock().purges().keys().map(|function| (function.clone(), None)).collect();
        let gate = Gate::new(admission, &shared.disk);
        let idempotency = IdempotencyKeys::new(&admission);
        Self {
            shared,
            requests,
            counts,
            kept,
            purging,
            gate,
            idempotency,
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

    /// Adds what is waiting by now, until there is as much as everybody else may have to wait for.
    fn take_more(&self, taken: &mut Vec<Request>) {
        let mut keyed: usize = taken.iter().map(Request::keyed).sum();
        while taken.len() < BATCH_MAX
            && keyed < KEYED_MAX
            && let Ok(request) = self.requests.try_recv()
        {
            keyed += request.keyed();
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
        if !replies.chores.is_empty() {
            let books = Books {
                counts: &mut self.counts,
                kept: &mut self.kept,
                purging: &mut self.purging,
                gate: &self.gate,
            };
            self.unflushed |= Round::run(&self.shared, books, replies.chores);
        }
        self.stuck = false;
        self.work();
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
                    if !strikes(Sabotage::AnswersBeforeFlush) {
                        durability = Durability::Power;
                    }
                    let reply = self.enqueue(&mut batch, &mut pending, &mut effects, enqueue);
                    replies.enqueued.push(reply);
                }
                Request::Settle { settle, reply } => {
                    if settle.is_told() {
                        durability = Durability::Power;
                    }
                    replies.settled.push(reply);
                    effects.push(self.settle(&mut batch, *settle));
                }
                Request::Chore(chore) => replies.chores.push(*chore),
                Request::Close { reply } => replies.close = Some(reply),
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

    fn settle(&mut self, batch: &mut Batch, settle: Settle) -> Effect {
        let Settle { lease, place, before, step } = settle;
        let disk = &self.shared.disk;
        match step {
            Step::Retry { due, waiting, record, failure } => {
                let function = &waiting.event.function;
                batch.remove(&disk.events, keys::event(function, place));
                let sequence = self.counts.next_sequence();
                let place = Place::in_lane(waiting.event.priority, due, sequence);
                let entry = Entry::encode_unsettled(function, waiting.accepted, place);
                batch.insert(&disk.events, keys::event(function, place), record.finish(waiting.accepted));
                batch.insert(&disk.ids, *waiting.event.request_id.as_bytes(), entry);
                failures::write(disk, batch, function, waiting.accepted, waiting.event.request_id, failure);
                self.counts.retried(function, before, waiting.load());
                Effect::Retry(lease, place, waiting)
            }
            Step::End { function, ended, outcome } => {
                batch.remove(&disk.events, keys::event(&function, place));
                self.counts.settled(&function, before, ended);
                self.kept.file(disk, batch, &function, outcome, &mut self.counts);
                Effect::End(lease, ended)
            }
        }
    }

    fn apply(&self, effects: Vec<Effect>) {
        {
            let mut state = self.shared.lock();
            let mut written = state.written(self.counts.last_sequence());
            for effect in effects {
                match effect {
                    Effect::Accept(place, waiting) => written.accept(place, waiting),
                    Effect::Retry(lease, place, waiting) => written.retry(lease, place, waiting),
                    Effect::End(lease, ended) => written.end(lease, ended),
                }
            }
        }
        self.shared.wake.notify_one();
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
