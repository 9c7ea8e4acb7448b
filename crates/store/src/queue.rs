//! Accepted events on their way to a final disposition. Stations 6 (enqueue), 7 (receive) and 12 (settle).
//!
//! The contract is written for the weaker back end: delivery is at least once, and `settle` is idempotent by the
//! event's request id. The embedded queue delivers once per life of the server.

use crate::StorageError;
use async_trait::async_trait;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::time::Duration;

/// The event queue.
#[async_trait]
pub trait EventQueue: Send + Sync + std::fmt::Debug {
    /// Station 6: stores an event; it survives `kill -9` and power loss once this returns (E1). Many callers share
    /// one flush to the disk.
    async fn enqueue(&self, event: Event) -> Result<(), StorageError>;

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

    /// Events of one function, newest first, from the first behind `before`; up to `limit`.
    async fn list(
        &self,
        function: &FunctionName,
        before: Option<RequestId>,
        limit: usize,
    ) -> Result<Vec<EventStatus>, StorageError>;

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
    /// When it was decided.
    pub decided_at: Timestamp,
}

impl Settlement {
    /// For a delivery that is decided upon without having been run.
    #[must_use]
    pub fn without_run(disposition: Disposition, decided_at: Timestamp) -> Self {
        Self { disposition, attempt: None, decided_at }
    }
}

/// Counters since start and depths now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Events accepted since start.
    pub received: u64,
    /// Events that ended with the function returning, since start.
    pub succeeded: u64,
    /// Events given up since start.
    pub failed: u64,
    /// Events cancelled since start.
    pub cancelled: u64,
    /// Ready now.
    pub ready: u64,
    /// Waiting for their time now.
    pub delayed: u64,
    /// Leased now.
    pub running: u64,
}
