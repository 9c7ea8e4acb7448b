//! Why the store can't take or give something.

use std::sync::Arc;

/// A fault of the disk or of the engine on it. Callers see "try again later"; the cause is for the operator's log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageError {
    /// An earlier write or flush failed. What is on the disk is unknown, so nothing more is written until restart.
    #[error("writes are refused until restart, because an earlier one failed: {0}")]
    Poisoned(Arc<str>),
    /// The disk or the engine refused.
    #[error("storage failed: {0}")]
    Failed(Arc<str>),
    /// The store is shutting down.
    #[error("store is closed")]
    Closed,
    /// Too much is waiting already.
    #[error("queue is full")]
    Full,
}
