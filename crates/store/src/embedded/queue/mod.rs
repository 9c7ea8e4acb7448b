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

mod committer;
mod counts;
mod keys;
mod leases;
mod lookup;
mod outcomes;
mod record;
mod settle;
mod state;
#[cfg(test)]
mod tests;
mod window;

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
use committer::{Committer, Request};
use counts::Counts;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use outcomes::Purge;
use record::{EventRecord, malformed};
use settle::Settle;
use state::{Received, State};
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
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            window_events: 4096,
            window_bytes: 8 << 20,
            window_bytes_total: 64 << 20,
            refill_events: 512,
            pending_bytes: 32 << 20,
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
        let mut state = State::new(options.limits, counts.last_sequence());
        for (function, unsettled) in counts.functions() {
            let first = disk.events.range(keys::events_behind(function, None)).next();
            let (key, _) = first.ok_or_else(|| malformed("count of events"))??;
            let place = keys::place(&key).ok_or_else(|| malformed("event's key"))?;
            state.recover(function.clone(), place, unsettled.all, unsettled.returned);
        }
        let shared = Arc::new(Shared { disk, clock, state: Mutex::new(state), wake: Notify::new() });
        let (requests, taken) = sync_channel(CHANNEL_MAX);
        let committer = Committer::new(Arc::clone(&shared), taken, counts, Purge::new(options.retention));
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

    /// Waits until there is room for the event among those that wait for the committer.
    async fn room_for(&self, event: &Event) -> Result<OwnedSemaphorePermit, StorageError> {
        let pieces = (event.payload.len() / ROOM_PIECE_BYTES).max(ROOM_PIECES_MIN).min(self.room_pieces_max);
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

    async fn ask(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<(), StorageError>>) -> Request,
    ) -> Result<(), StorageError> {
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

fn unbuilt() -> StorageError {
    StorageError::Failed("not built yet".into())
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
        let room = self.room_for(&event).await?;
        // Encoded here, so that the one committer does not have to for all.
        let record = EventRecord::encode(&event)?;
        Ok(self.ask(|reply| Request::Enqueue { event, record, reply, _room: room }).await?)
    }

    async fn enqueue_once(&self, _event: Event, _key: IdempotencyKey) -> Result<Accepted, EnqueueError> {
        Err(unbuilt().into())
    }

    async fn enqueue_all(&self, events: Vec<Submission>) -> Vec<Result<Accepted, EnqueueError>> {
        events.iter().map(|_| Err(unbuilt().into())).collect()
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
        let Some(leased) = self.shared.lock().begin_settle(lease) else {
            tracing::debug!(request.id = %delivery.event.request_id, "settled already, or its lease ran out");
            return Ok(());
        };
        let result = match Settle::encode(lease, leased, settlement) {
            Ok(settle) => self.ask(|reply| Request::Settle { settle: Box::new(settle), reply }).await,
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
        let Some(function) = filter.function.clone() else { return Err(unbuilt()) };
        let shared = Arc::clone(&self.shared);
        self.shared.disk.blocking(move || shared.list(&function, before, limit)).await?
    }

    async fn payload(&self, _request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        Err(unbuilt())
    }

    async fn result(&self, _request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        Err(unbuilt())
    }

    async fn cancel(&self, _request_id: RequestId, _now: Timestamp) -> Result<Cancel, StorageError> {
        Err(unbuilt())
    }

    async fn redrive(
        &self,
        _request_id: RequestId,
        _again: RequestId,
        _now: Timestamp,
    ) -> Result<Redrive, EnqueueError> {
        Err(unbuilt().into())
    }

    async fn purge(&self, _function: &FunctionName, _now: Timestamp) -> Result<u64, StorageError> {
        Err(unbuilt())
    }

    async fn purge_dead_letters(&self, _function: &FunctionName) -> Result<u64, StorageError> {
        Err(unbuilt())
    }

    fn backlog(&self, _function: &FunctionName) -> Backlog {
        Backlog::default()
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
