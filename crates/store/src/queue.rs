//! Accepted events on their way to a final disposition. Stations 6 (enqueue), 7 (receive) and 12 (settle).
//!
//! The contract is written for the weaker back end: delivery is at least once, and `settle` is idempotent by the
//! event's request id. The embedded queue delivers once per life of the server.

use crate::StorageError;
use async_trait::async_trait;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::{Disposition, PutBack};
use lambent_domain::event::{Event, EventState, EventStatus};
use lambent_domain::invocation_record::OutgoingRecord;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::time::Duration;

/// The event queue.
#[async_trait]
pub trait EventQueue: Send + Sync + std::fmt::Debug {
    /// Station 6: stores an event; it survives `kill -9` and power loss once this returns (E1). Many callers share
    /// one flush to the disk. An event with a `not_before` in the future becomes ready then, and not before.
    async fn enqueue(&self, event: Event) -> Result<(), EnqueueError>;

    /// The same, unless an event of this function was accepted under the same key within the window: then nothing is
    /// stored, and the first event's request id is returned if the payloads are the same.
    async fn enqueue_once(&self, event: Event, key: IdempotencyKey) -> Result<Accepted, EnqueueError>;

    /// Stores many events; an answer for each, in order. One that is refused does not touch the others. Those without a
    /// key share one flush; those with keys come in parts, so that other callers need not wait for all the look-ups.
    async fn enqueue_all(&self, events: Vec<Submission>) -> Vec<Result<Accepted, EnqueueError>>;

    /// Waits until a function that had nothing ready has something ready, and names it.
    ///
    /// A function is named once, then not again before a [`EventQueue::receive`] for it has come back empty. There is
    /// one caller of this, the dispatcher. At start every function with unsettled events is named.
    async fn next_ready(&self) -> FunctionName;

    /// Station 7: leases up to `max` ready events of one function, oldest first. Never waits for events; empty means
    /// that nothing is ready, and that the next one will be announced by `next_ready`.
    ///
    /// A delivery that is not settled within `lease` becomes ready again. A lease is measured by a steady clock: it
    /// outlives a step of the wall clock and, where the queue is in this process, the host's sleep. While writes are refused
    /// ([`EventQueue::health`]) nothing is handed out: the run's outcome could not be kept.
    async fn receive(
        &self,
        function: &FunctionName,
        max: usize,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StorageError>;

    /// Station 12: makes a disposition true and ends the lease. The outcome is stored before the event is removed
    /// (E4), in one atomic write; a repeated call for the same event changes nothing.
    async fn settle(&self, delivery: Delivery, settlement: Settlement) -> Result<(), StorageError>;

    /// Gives a delivery back as it was: the event is ready at once, in its old place.
    async fn release(&self, delivery: Delivery) -> Result<(), StorageError>;

    /// What is known of an event: unsettled, or settled within the retention of outcomes.
    async fn status(&self, request_id: RequestId) -> Result<Option<EventStatus>, StorageError>;

    /// Events that pass the filter, newest first, from the first older than `before`; up to `limit`. A page may be
    /// short, even empty, while [`EventPage::next`] says that there is more: one call looks at a bounded number.
    async fn list(
        &self,
        filter: &EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Result<EventPage, StorageError>;

    /// The payload of an event that is not over, or that is in the dead-letter list.
    async fn payload(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError>;

    /// What the function returned, where this is kept.
    async fn result(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError>;

    /// Ends an event that waits, queued or delayed. One that runs is left alone.
    async fn cancel(&self, request_id: RequestId, now: Timestamp) -> Result<Cancel, StorageError>;

    /// Accepts an event of the dead-letter list again: as a new event with the request id `again`, whose age begins
    /// now, in a chain of calls of its own. In one write the old one leaves the list and says what it was redriven as.
    async fn redrive(
        &self,
        request_id: RequestId,
        again: RequestId,
        now: Timestamp,
    ) -> Result<Redrive, EnqueueError>;

    /// Ends every event of a function that waits now, queued or delayed; returns how many. They count and show as
    /// cancelled when this returns; their records are removed behind it.
    async fn purge(&self, function: &FunctionName, now: Timestamp) -> Result<u64, StorageError>;

    /// Removes a function's dead letters; the events themselves stay known. Returns how many there were.
    async fn purge_dead_letters(&self, function: &FunctionName) -> Result<u64, StorageError>;

    /// What waits of one function.
    fn backlog(&self, function: &FunctionName) -> Backlog;

    /// Counts since start, and depths now.
    fn stats(&self) -> QueueStats;

    /// Whether writes are taken; the error is what stopped them.
    fn health(&self) -> Result<(), StorageError>;

    /// Stops taking writes and flushes what was taken. Idempotent.
    async fn close(&self) -> Result<(), StorageError>;
}

/// A leased event. Consumed by `settle` or `release`; if it is lost, its lease runs out.
#[derive(Debug)]
pub struct Delivery {
    /// The event, with the attempts made so far.
    pub event: Event,
    /// Names the lease to the queue that gave it.
    pub(crate) lease: u64,
}

/// What becomes of a delivery.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Where the event goes.
    pub disposition: Disposition,
    /// The run that was made; none when the event was put back or given up without one.
    pub attempt: Option<Attempt>,
    /// Why it is put back, if it is; it stays with the event.
    pub put_back: Option<PutBack>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// What the run answered. After a failure that is retried it stays with the event; after a success it is the
    /// event's result, kept if results are; after the last failure the dead letter has it.
    pub response: Option<Bytes>,
    /// What is to be sent to destinations: stored in the same write as the disposition (E4).
    pub records: Vec<OutgoingRecord>,
    /// Whether a failed event stays in the dead-letter list, because nobody else is told.
    pub dead_letter: bool,
}

impl Settlement {
    /// Of which nobody is told.
    #[must_use]
    pub fn new(disposition: Disposition, attempt: Option<Attempt>, decided_at: Timestamp) -> Self {
        Self {
            disposition,
            attempt,
            put_back: None,
            decided_at,
            response: None,
            records: Vec::new(),
            dead_letter: false,
        }
    }

    /// For a delivery that is decided upon without having been run.
    #[must_use]
    pub fn without_run(disposition: Disposition, decided_at: Timestamp) -> Self {
        Self::new(disposition, None, decided_at)
    }
}

/// An event on its way in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The event.
    pub event: Event,
    /// Under which key it is accepted once; none for always.
    pub idempotency: Option<IdempotencyKey>,
}

/// The sender's name for an event, so that sending it twice makes one event. Lambent's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, unique within the function, its qualifier and the tenant: 1 to 256 bytes.
    pub key: String,
    /// How long it is remembered, from acceptance.
    pub window: Duration,
}

/// What a key of the server's own begins with. Callers send printable characters only.
const SERVERS: char = '\u{1}';

impl IdempotencyKey {
    /// A key of the server's own, which no caller can send or use up the room of.
    #[must_use]
    pub fn of_server(name: &str, window: Duration) -> Self {
        Self { key: format!("{SERVERS}{name}"), window }
    }

    /// Whether it is one of those.
    #[must_use]
    pub fn is_servers(&self) -> bool {
        self.key.starts_with(SERVERS)
    }
}

/// What came of sending an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored.
    New,
    /// It had been sent before: this is the request id it has.
    Before(RequestId),
}

/// Why an event is not taken. Nothing of it is stored then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EnqueueError {
    /// The store can't.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// As much of this function waits as may; the sender should try again later.
    #[error("as many events of the function wait as may")]
    BacklogFull,
    /// The disk has less free space than the floor.
    #[error("free disk space is below the floor")]
    DiskFull,
    /// The key was used for another payload.
    #[error("idempotency key was used with another payload")]
    KeyReused,
}

/// Which events are listed. An absent member lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this function.
    pub function: Option<FunctionName>,
    /// In this state now.
    pub state: Option<EventState>,
    /// Accepted at this instant or later.
    pub accepted_from: Option<Timestamp>,
    /// Accepted before this instant.
    pub accepted_before: Option<Timestamp>,
    /// Whose last run failed with an error whose type or message contains this text, whatever its case.
    pub error: Option<String>,
    /// In the dead-letter list.
    pub dead_letters_only: bool,
}

/// A place in the order of acceptance, to go on listing from. Opaque to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// Newest first.
    pub events: Vec<EventStatus>,
    /// Where the next page begins; none on the last one.
    pub next: Option<Position>,
}

/// What came of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// It will not run any more.
    Cancelled,
    /// It runs now.
    Running,
    /// It was over already.
    Settled(EventState),
    /// There is no such event.
    Unknown,
}

/// What came of a redrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redrive {
    /// It is queued again, under the new request id.
    Redriven,
    /// It had been, under this request id.
    Already(RequestId),
    /// It is not in the dead-letter list: it did not fail, somebody else was told, or its retention is over.
    NotKept(EventState),
    /// There is no such event.
    Unknown,
}

/// What waits of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events that are not over.
    pub events: u64,
    /// Bytes of their records.
    pub bytes: u64,
    /// Those of them that run now.
    pub running: u64,
    /// Those of them that wait for their time.
    pub delayed: u64,
}

/// Counters over the life of the data directory, and depths now, all of one moment:
/// received = succeeded + failed + cancelled + ready + delayed + running.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Events accepted.
    pub received: u64,
    /// Events that ended with the function returning.
    pub succeeded: u64,
    /// Events given up.
    pub failed: u64,
    /// Events cancelled.
    pub cancelled: u64,
    /// Events of the dead-letter list, and their bytes.
    pub dead_letters: u64,
    /// Their bytes.
    pub dead_letter_bytes: u64,
    /// Ready now.
    pub ready: u64,
    /// Waiting for their time now.
    pub delayed: u64,
    /// Leased now.
    pub running: u64,
}
