//! The embedded event queue.
//!
//! ```text
//! enqueue ─┐                     ┌─▶ disk: one batch, one flush      (committer)
//! enqueue ─┼─▶ bounded channel ──┤
//! settle  ─┘                     └─▶ memory: windows, leases, timers (state)
//! receive ◀── window; when it is empty and the disk is not, a refill (lookup)
//! ```
//!
//! Invariants: an event is answered for after its flush and never before (E1); it is on the disk exactly once until it
//! is settled; memory holds a bounded window of each function ([`window`]); leases are in memory, so a restart returns
//! every unsettled event with the attempts it has behind it.

mod admission;
mod chores;
mod committer;
mod counts;
mod failures;
mod idempotency;
mod keep;
mod kept;
mod keys;
mod lanes;
mod leases;
mod listing;
mod lookup;
mod outbox;
mod outbox_lines;
mod outbox_state;
mod outcomes;
mod outgoing;
mod overflow;
mod purges;
mod record;
mod settle;
mod shelf;
mod state;
mod status;
mod submit;
#[cfg(test)]
mod tests;
mod window;

pub use admission::Admission;
pub use keep::{DeadLetterRetention, KeepResults, OutboxBound, Results};
pub use outcomes::Retention;

use super::Options;
use super::disk::Disk;
use crate::StorageError;
use crate::queue::{
    Accepted, Backlog, Cancel, Delivery, EnqueueError, EventFilter, EventPage, EventQueue, IdempotencyKey,
    Position, QueueStats, Redrive, Settlement, Submission,
};
use async_trait::async_trait;
use bytes::Bytes;
use chores::Chore;
use committer::{Committer, Enqueue, Incoming, Request, Taken};
use counts::Counts;
use idempotency::Sending;
use kept::Kept;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, EventStatus, Priority};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lanes::Lanes;
use outbox_state::OutboxState;
use record::{EventRecord, malformed};
use settle::Settle;
use state::{Received, State};
use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

/// What the queue may hold in memory.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// Ready events of one function.
    pub window_events: usize,
    /// Their bytes.
    pub window_bytes: usize,
    /// Bytes of all functions together.
    pub window_bytes_total: usize,
    /// Events read from the disk at a time.
    pub refill_events: usize,
    /// Bytes of events that wait for the committer.
    pub pending_bytes: usize,
    /// Bytes of records that are out of the outbox.
    pub outbox_bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            window_events: 4096,
            window_bytes: 8 << 20,
            window_bytes_total: 64 << 20,
            refill_events: 512,
            pending_bytes: 32 << 20,
            outbox_bytes: 32 << 20,
        }
    }
}

/// Room for pending events is handed out in pieces of this size.
const ROOM_PIECE_BYTES: usize = 1024;
/// Pieces every event takes at least. With the pending bytes this bounds the number of events that wait.
const ROOM_PIECES_MIN: usize = 8;
/// Requests that fit into the channel: all the enqueues there is room for, and as many settlements.
const CHANNEL_MAX: usize = 16_384;
/// How long an enqueue waits for room.
const ROOM_WAIT_MAX: Duration = Duration::from_secs(5);
/// Longest sleep of `next_ready`, in case the wall clock was set forward meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// How often one `receive` refills before it lets the caller come again.
const REFILLS_MAX: usize = 3;

/// The embedded [`EventQueue`].
#[derive(Debug)]
pub struct EmbeddedQueue {
    shared: Arc<Shared>,
    /// None only while dropping.
    requests: Option<SyncSender<Request>>,
    /// Its thread, where it has one.
    committer: Option<JoinHandle<()>>,
    room: Arc<Semaphore>,
    room_pieces_max: usize,
    /// Wakes a committer that has no thread.
    #[cfg(feature = "simulation")]
    asked: Option<Arc<Notify>>,
}

/// What the callers and the committer have in common.
#[derive(Debug)]
struct Shared {
    disk: Arc<Disk>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    wake: Notify,
    results: Results,
    /// Failures of events accepted before this are in no index: an older version accepted them.
    indexed_from: u64,
    outbox: Mutex<OutboxState>,
    outbox_wake: Notify,
    /// Held by whoever waits for a record.
    outbox_turn: tokio::sync::Mutex<()>,
}

impl Shared {
    /// A panic of another holder must not stop the queue: every change of the state is complete or not begun.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, now: Timestamp) -> Timestamp {
        self.lock().advance(now)
    }
}

impl EmbeddedQueue {
    pub(super) fn open(
        disk: Arc<Disk>,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StorageError> {
        let (mut queue, committer) = Self::with_committer(disk, options, clock)?;
        let committer = std::thread::Builder::new()
            .name("lambent-committer".to_owned())
            .spawn(move || committer.run())
            .map_err(|error| StorageError::Failed(format!("start the committer: {error}").into()))?;
        queue.committer = Some(committer);
        Ok(queue)
    }

    /// As [`EmbeddedQueue::open`], with a committer that works where the returned future is polled instead of on a
    /// thread of its own. Without it, nothing that is asked for is answered.
    #[cfg(feature = "simulation")]
    pub(super) fn open_stepwise(
        disk: Arc<Disk>,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static), StorageError> {
        let (mut queue, committer) = Self::with_committer(disk, options, clock)?;
        let asked = Arc::new(Notify::new());
        queue.asked = Some(Arc::clone(&asked));
        Ok((queue, committer.run_stepwise(asked)))
    }

    fn with_committer(
        disk: Arc<Disk>,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Committer), StorageError> {
        let counts = Counts::read(&disk)?;
        let mut state = State::new(options.limits, counts.last_sequence(), counts.totals());
        for (function, unsettled) in counts.functions() {
            let first = |lane| keys::first_in_lane(&disk.events, function, lane);
            let (normal, high) = (first(Priority::Normal)?, first(Priority::High)?);
            normal.or(high).ok_or_else(|| malformed("count of events"))?;
            state.recover(function.clone(), Lanes::on_disk(normal, high), unsettled);
        }
        state.set_purges(purges::read(&disk)?);
        let kept = Kept::open(&disk, &options, &counts)?;
        let (letters, records, indexed_from) = kept.opened();
        state.set_dead_letters(letters);
        let lines = outbox_lines::firsts(&disk.outbox)?;
        let shared = Arc::new(Shared {
            disk,
            clock,
            state: Mutex::new(state),
            wake: Notify::new(),
            results: options.results,
            indexed_from,
            outbox: Mutex::new(OutboxState::new(options.limits.outbox_bytes, records, lines)),
            outbox_wake: Notify::new(),
            outbox_turn: tokio::sync::Mutex::new(()),
        });
        let (requests, taken) = sync_channel(CHANNEL_MAX);
        let committer = Committer::new(Arc::clone(&shared), taken, counts, kept, options.admission);
        let pieces = (options.limits.pending_bytes / ROOM_PIECE_BYTES)
            .clamp(ROOM_PIECES_MIN, CHANNEL_MAX / 2 * ROOM_PIECES_MIN);
        let queue = Self {
            shared,
            requests: Some(requests),
            committer: None,
            room: Arc::new(Semaphore::new(pieces)),
            room_pieces_max: pieces,
            #[cfg(feature = "simulation")]
            asked: None,
        };
        Ok((queue, committer))
    }

    /// Waits until there is room for events of so many bytes among those that wait for the committer.
    async fn room_for(&self, events: usize, bytes: usize) -> Result<OwnedSemaphorePermit, StorageError> {
        let least = events.saturating_mul(ROOM_PIECES_MIN);
        let pieces = (bytes / ROOM_PIECE_BYTES).max(least).min(self.room_pieces_max);
        let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
        if let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(pieces) {
            return Ok(room);
        }
        let waiting = Arc::clone(&self.room).acquire_many_owned(pieces);
        match tokio::time::timeout(ROOM_WAIT_MAX, waiting).await {
            Ok(Ok(room)) => Ok(room),
            Ok(Err(_)) | Err(_) => Err(StorageError::Full),
        }
    }

    async fn enqueue_one(&self, event: Event, key: Option<IdempotencyKey>) -> Taken {
        let room = self.room_for(1, event.payload.len()).await?;
        // Encoded here, so that the one committer does not have to for all.
        let incoming = prepare(event, key)?;
        self.ask(|reply| Request::Enqueue(Enqueue::One { incoming, reply, room })).await?
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, StorageError>>) -> Request,
    ) -> Result<T, StorageError> {
        self.shared.disk.health()?;
        let (reply, answer) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or(StorageError::Closed)?;
        requests.try_send(request(reply)).map_err(|error| match error {
            TrySendError::Full(_) => StorageError::Full,
            TrySendError::Disconnected(_) => StorageError::Closed,
        })?;
        self.wake_committer();
        answer.await.unwrap_or(Err(StorageError::Closed))
    }

    async fn chore<T>(
        &self,
        chore: impl FnOnce(oneshot::Sender<Result<T, StorageError>>) -> Chore,
    ) -> Result<T, StorageError> {
        self.ask(|reply| Request::Chore(Box::new(chore(reply)))).await
    }
}

#[cfg(not(feature = "simulation"))]
impl EmbeddedQueue {
    #[inline]
    #[expect(clippy::unused_self, reason = "the twin that wakes a committer without a thread needs it")]
    fn wake_committer(&self) {}
}

#[cfg(feature = "simulation")]
impl EmbeddedQueue {
    fn wake_committer(&self) {
        if let Some(asked) = &self.asked {
            asked.notify_one();
        }
    }
}

fn prepare(event: Event, key: Option<IdempotencyKey>) -> Result<Incoming, StorageError> {
    let record = EventRecord::encode(&event)?;
    let sending = key.map(|key| Box::new(Sending::new(&event, key)));
    Ok(Incoming { event, record, sending })
}

impl Drop for EmbeddedQueue {
    /// Waits for the committer's last flush, so that the directory can be opened again at once.
    fn drop(&mut self) {
        self.requests = None;
        self.wake_committer();
        if let Some(committer) = self.committer.take()
            && committer.join().is_err()
        {
            tracing::error!("the committer panicked");
        }
    }
}

#[async_trait]
impl EventQueue for EmbeddedQueue {
    async fn enqueue(&self, event: Event) -> Result<(), EnqueueError> {
        self.enqueue_one(event, None).await.map(|_| ())
    }

    async fn enqueue_once(&self, event: Event, key: IdempotencyKey) -> Result<Accepted, EnqueueError> {
        self.enqueue_one(event, Some(key)).await
    }

    async fn enqueue_all(&self, events: Vec<Submission>) -> Vec<Result<Accepted, EnqueueError>> {
        let count = events.len();
        let mut refused = BTreeMap::new();
        let mut incoming = Vec::with_capacity(count);
        for (index, Submission { event, idempotency }) in events.into_iter().enumerate() {
            match prepare(event, idempotency) {
                Ok(one) => incoming.push(one),
                Err(error) => drop(refused.insert(index, error)),
            }
        }
        let mut taken = self.submit(incoming).await.into_iter();
        let mut next = || taken.next().unwrap_or(Err(StorageError::Closed.into()));
        (0..count)
            .map(|index| refused.remove(&index).map_or_else(&mut next, |error| Err(error.into())))
            .collect()
    }

    async fn next_ready(&self) -> FunctionName {
        loop {
            let sleep = {
                let mut state = self.shared.lock();
                let steady_now = Instant::now();
                if let Some(function) = state.next_announced(self.shared.clock.now(), steady_now) {
                    return function;
                }
                state.next_wake(steady_now).map_or(SLEEP_MAX, |wake| wake.min(SLEEP_MAX))
            };
            // A notification between the look and this line is kept by `Notify`: there is one waiter.
            let _ = tokio::time::timeout(sleep, self.shared.wake.notified()).await;
        }
    }

    async fn receive(
        &self,
        function: &FunctionName,
        max: usize,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StorageError> {
        // What can't be settled must not run: it would run again and again.
        self.shared.disk.health()?;
        for _ in 0..REFILLS_MAX {
            let received = self.shared.lock().receive(function, max, lease, now, Instant::now());
            match received {
                Received::Deliveries(deliveries) => return Ok(deliveries),
                Received::Refill(plan) => {
                    let shared = Arc::clone(&self.shared);
                    self.shared.disk.blocking(move || shared.refill(&plan)).await??;
                }
            }
        }
        // What the refills brought was taken by somebody else each time. The function must be named again.
        self.shared.lock().found_empty(function);
        self.shared.wake.notify_one();
        Ok(Vec::new())
    }

    async fn settle(&self, delivery: Delivery, settlement: Settlement) -> Result<(), StorageError> {
        let lease = delivery.lease;
        let (leased, latest) = {
            let mut state = self.shared.lock();
            (state.begin_settle(lease), state.latest())
        };
        let Some(leased) = leased else {
            tracing::debug!(request.id = %delivery.event.request_id, "settled already, or its lease ran out");
            return Ok(());
        };
        let settlement = settlement.in_queue_time(latest);
        let result = match Settle::encode(lease, leased, settlement, self.shared.results) {
            Ok(settle) => {
                let bytes = settle.extra_bytes();
                // Only what is large waits for room, and no longer than that: it has to come in.
                let _room = if bytes > 0 { self.room_for(1, bytes).await.ok() } else { None };
                self.ask(|reply| Request::Settle { settle: Box::new(settle), reply }).await
            }
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.shared.lock().abandon_settle(lease);
        }
        result
    }

    async fn release(&self, delivery: Delivery) -> Result<(), StorageError> {
        self.shared.lock().release(delivery.lease);
        self.shared.wake.notify_one();
        Ok(())
    }

    async fn status(&self, request_id: RequestId) -> Result<Option<EventStatus>, StorageError> {
        let shared = Arc::clone(&self.shared);
        self.shared.disk.blocking(move || shared.status(request_id)).await?
    }

    async fn list(
        &self,
        filter: &EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Result<EventPage, StorageError> {
        let (shared, filter) = (Arc::clone(&self.shared), filter.clone());
        self.shared.disk.blocking(move || shared.list(&filter, before, limit)).await?
    }

    async fn payload(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        let shared = Arc::clone(&self.shared);
        self.shared.disk.blocking(move || shared.payload(request_id)).await?
    }

    async fn result(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        let shared = Arc::clone(&self.shared);
        self.shared.disk.blocking(move || shared.result(request_id)).await?
    }

    async fn cancel(&self, request_id: RequestId, now: Timestamp) -> Result<Cancel, StorageError> {
        self.chore(|reply| Chore::Cancel { request_id, now, reply }).await
    }

    async fn redrive(
        &self,
        request_id: RequestId,
        again: RequestId,
        now: Timestamp,
    ) -> Result<Redrive, EnqueueError> {
        self.chore(|reply| Chore::Redrive { request_id, again, now, reply }).await?
    }

    async fn purge(&self, function: &FunctionName, now: Timestamp) -> Result<u64, StorageError> {
        self.chore(|reply| Chore::Purge { function: function.clone(), now, reply }).await
    }

    async fn purge_dead_letters(&self, function: &FunctionName) -> Result<u64, StorageError> {
        let (mut removed, mut after) = (0, None);
        loop {
            let function = function.clone();
            let some = self.chore(|reply| Chore::RemoveLetters { function, after, reply }).await?;
            removed += some.letters;
            after = some.next;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }

    fn backlog(&self, function: &FunctionName) -> Backlog {
        self.shared.lock().backlog(function)
    }

    fn stats(&self) -> QueueStats {
        self.shared.lock().stats()
    }

    fn health(&self) -> Result<(), StorageError> {
        self.shared.disk.health()
    }

    async fn close(&self) -> Result<(), StorageError> {
        match self.ask(|reply| Request::Close { reply }).await {
            Err(StorageError::Closed) => Ok(()),
            result => result,
        }
    }
}
