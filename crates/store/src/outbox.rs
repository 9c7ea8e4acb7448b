//! Records on their way to destinations. Station 13 (deliver) takes them from here.
//!
//! They come in by [`crate::queue::EventQueue::settle`], in the same write as the disposition (E4), and stay on the disk
//! until they are delivered or given up: delivery is at least once. A record that waits keeps no event waiting.

use crate::StorageError;
use async_trait::async_trait;
use lambent_domain::invocation_record::OutgoingRecord;
use lambent_domain::time::Timestamp;
use std::time::Duration;

/// The outbox.
#[async_trait]
pub trait Outbox: Send + Sync + std::fmt::Debug {
    /// Waits until a record is due, then leases up to `max` of those that are: from one target after the other, those of
    /// one target in the order in which they are due. A lease that is not settled within `lease` is due again; a restart
    /// ends all leases. Never returns while writes are refused.
    async fn receive_records(&self, max: usize, lease: Duration) -> Vec<RecordDelivery>;

    /// Gives a record back that was not tried, because its target is known not to take it now, and holds the target:
    /// nothing for it is received before `until`, and then at first one record at a time. Nothing is written, no try is
    /// counted, and a restart forgets it.
    fn hold(&self, delivery: RecordDelivery, until: Timestamp);

    /// Ends the hold of a target, if there is one.
    fn resume(&self, target: &str);

    /// Makes true what came of a try, and shows it in the event's status.
    async fn settle_record(&self, delivery: RecordDelivery, end: DeliveryEnd) -> Result<(), StorageError>;

    /// Counts over the life of the data directory, and what waits now.
    fn outbox_stats(&self) -> OutboxStats;
}

/// A leased record.
#[derive(Debug)]
pub struct RecordDelivery {
    /// What is to be sent, and where.
    pub outgoing: OutgoingRecord,
    /// How often it was tried before.
    pub attempts: u32,
    /// When it was stored; its age counts from here.
    pub stored_at: Timestamp,
    /// Names the lease to the outbox that gave it.
    pub(crate) lease: u64,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// It arrived.
    Delivered { at: Timestamp },
    /// It did not; try again then.
    RetryAt { due: Timestamp, at: Timestamp, error: String },
    /// It did not, and is not tried again. If the event failed it goes to the dead-letter list, so that it is not lost.
    GivenUp { at: Timestamp, error: String },
    /// It was not tried this time, because it is too old by now. Otherwise as [`DeliveryEnd::GivenUp`].
    Expired { at: Timestamp, error: String },
}

/// Counters over the life of the data directory, and depths now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxStats {
    /// Records that arrived.
    pub delivered: u64,
    /// Records for destinations that were given up: `DestinationDeliveryFailures`.
    pub destinations_failed: u64,
    /// Records for dead-letter queues and topics that were given up: `DeadLetterErrors`.
    pub dead_letters_failed: u64,
    /// Records that wait now.
    pub waiting: u64,
    /// Bytes of those.
    pub waiting_bytes: u64,
}
