//! What became of records on their way to destinations, counted by the kind of target since the start.
//!
//! The courier (crate `destinations`) counts here, and `/metrics` reads: neither knows the other.

use crate::stats::Counter;

/// What kind of thing a record is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetKind {
    /// An SQS queue.
    Sqs,
    /// An SNS topic.
    Sns,
    /// An EventBridge bus.
    EventBridge,
    /// An S3 bucket.
    S3,
    /// A function of this server.
    Function,
    /// An operator's webhook.
    Webhook,
    /// An operator's file.
    File,
    /// An operator's NATS subject.
    Nats,
    /// None that this server knows.
    Unknown,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sqs,
        Self::Sns,
        Self::EventBridge,
        Self::S3,
        Self::Function,
        Self::Webhook,
        Self::File,
        Self::Nats,
        Self::Unknown,
    ];

    /// What metrics and logs call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::EventBridge => "eventbridge",
            Self::S3 => "s3",
            Self::Function => "function",
            Self::Webhook => "webhook",
            Self::File => "file",
            Self::Nats => "nats",
            Self::Unknown => "unknown",
        }
    }
}

/// What came of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It arrived.
    Delivered,
    /// It did not, and is tried again.
    Failed,
    /// It did not, and never will.
    GivenUp,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Deliveries {
    kinds: [KindCounters; 9],
}

#[derive(Debug, Default)]
struct KindCounters {
    delivered: Counter,
    failed: Counter,
    given_up: Counter,
}

/// A reading of one kind's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryCounts {
    /// Records that arrived.
    pub delivered: u64,
    /// Tries that failed and were not the last.
    pub failed: u64,
    /// Records given up.
    pub given_up: u64,
}

impl Deliveries {
    /// Counts one try.
    pub fn count(&self, kind: TargetKind, tried: Tried) {
        let Some(counters) = self.kinds.get(kind as usize) else { return };
        match tried {
            Tried::Delivered => counters.delivered.increment(),
            Tried::Failed => counters.failed.increment(),
            Tried::GivenUp => counters.given_up.increment(),
        }
    }

    /// The counts of every kind.
    pub fn read(&self) -> impl Iterator<Item = (TargetKind, DeliveryCounts)> + '_ {
        TargetKind::ALL.into_iter().zip(&self.kinds).map(|(kind, counters)| {
            let KindCounters { delivered, failed, given_up } = counters;
            let counts =
                DeliveryCounts { delivered: delivered.get(), failed: failed.get(), given_up: given_up.get() };
            (kind, counts)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_counters_of_its_own() {
        let deliveries = Deliveries::default();
        for (index, kind) in TargetKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            for _ in 0..=index {
                deliveries.count(kind, Tried::Delivered);
            }
        }
        deliveries.count(TargetKind::S3, Tried::Failed);
        deliveries.count(TargetKind::S3, Tried::GivenUp);
        for (index, (kind, counts)) in deliveries.read().enumerate() {
            let of_s3 = u64::from(kind == TargetKind::S3);
            assert_eq!((counts.failed, counts.given_up), (of_s3, of_s3), "{}", kind.as_str());
            assert_eq!(usize::try_from(counts.delivered).unwrap(), index + 1);
        }
    }
}
