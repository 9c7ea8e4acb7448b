//! How long and how much is kept after an event's end, as the owner sets it. What does it is in [`super::kept`].

use std::time::Duration;

/// How long the dead-letter list keeps an event: until one of the two bounds is passed, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetterRetention {
    /// At most so long after it was put there, 14 days by default.
    pub age_max: Duration,
    /// At most so many bytes of payloads together, 1 GiB by default.
    pub bytes_max: u64,
}

impl Default for DeadLetterRetention {
    fn default() -> Self {
        Self { age_max: Duration::from_secs(14 * 24 * 3600), bytes_max: 1 << 30 }
    }
}

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxBound {
    /// At most so many bytes of records, 4 GiB by default; what has no room has failed to be delivered.
    pub bytes_max: u64,
}

impl Default for OutboxBound {
    fn default() -> Self {
        Self { bytes_max: 4 << 30 }
    }
}

/// What is kept of what functions return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Results {
    /// How much of each.
    pub keep: KeepResults,
    /// At most so many bytes of payloads together, 256 MiB by default; the oldest are given up first.
    pub bytes_max: u64,
}

impl Default for Results {
    fn default() -> Self {
        Self { keep: KeepResults::Metadata, bytes_max: 256 << 20 }
    }
}

/// How much is kept of each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeepResults {
    /// Nothing.
    Off,
    /// How long it was.
    #[default]
    Metadata,
    /// All of it, as long as the outcome is remembered.
    Payload,
}
