//! Station 8, admit: how much may run at a time on this machine (C1).
//!
//! A synchronous call is admitted at once or refused; an event waits its turn, first come first served over all
//! functions, so that a function with a long backlog gets one turn in each round (F1). Events never take the last
//! tenth: a backlog cannot shut out callers who wait for their answer.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The server's concurrency limit.
#[derive(Debug, Clone)]
pub struct Concurrency {
    all: Arc<Semaphore>,
    asynchronous: Arc<Semaphore>,
    limit: usize,
}

/// The right to run one invocation; dropping it gives the place free.
#[derive(Debug)]
pub struct ConcurrencyPermit {
    _of_all: OwnedSemaphorePermit,
    _of_asynchronous: Option<OwnedSemaphorePermit>,
}

impl Concurrency {
    /// At most `limit` invocations at a time; at least 2, so that neither kind can shut out the other.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = limit.clamp(2, Semaphore::MAX_PERMITS);
        let kept_for_callers = (limit / 10).max(1);
        Self {
            all: Arc::new(Semaphore::new(limit)),
            asynchronous: Arc::new(Semaphore::new(limit - kept_for_callers)),
            limit,
        }
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many places are taken.
    #[must_use]
    pub fn running(&self) -> usize {
        self.limit.saturating_sub(self.all.available_permits())
    }

    /// Admits a synchronous call, or tells it that there is no room.
    #[must_use]
    pub fn admit(&self) -> Option<ConcurrencyPermit> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(ConcurrencyPermit { _of_all: permit, _of_asynchronous: None })
    }

    /// Waits for an event's turn; `None` once [`Concurrency::close`] was called.
    pub async fn admit_event(&self) -> Option<ConcurrencyPermit> {
        let of_asynchronous = Arc::clone(&self.asynchronous).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(ConcurrencyPermit { _of_all: of_all, _of_asynchronous: Some(of_asynchronous) })
    }

    /// Admits nothing more; what runs goes on.
    pub fn close(&self) {
        self.all.close();
        self.asynchronous.close();
    }
}

/// The default limit: what fits into three quarters of the memory at 128 MB each, at most AWS's 1,000, at least 16.
#[must_use]
pub fn default_limit(memory_bytes: u64, cores: usize) -> usize {
    let by_memory = usize::try_from(memory_bytes / 4 * 3 / (128 << 20)).unwrap_or(usize::MAX);
    // Functions mostly wait; beyond this many to a core even waiting ones cost more in switching than they bring.
    let by_cores = cores.saturating_mul(64);
    by_memory.min(by_cores).clamp(16, 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn events_leave_room_for_callers() {
        let concurrency = Concurrency::new(10);
        let mut events = Vec::new();
        for _ in 0..9 {
            events.push(concurrency.admit_event().await.unwrap());
        }
        let tenth = tokio::time::timeout(std::time::Duration::from_millis(1), concurrency.admit_event());
        assert!(tenth.await.is_err());
        let call = concurrency.admit().unwrap();
        assert!(concurrency.admit().is_none());
        assert_eq!(concurrency.running(), 10);
        drop(call);
        assert!(concurrency.admit().is_some());
    }

    #[tokio::test]
    async fn a_closed_limit_admits_nothing() {
        let concurrency = Concurrency::new(4);
        concurrency.close();
        assert!(concurrency.admit().is_none());
        assert!(concurrency.admit_event().await.is_none());
    }

    #[test]
    fn the_default_follows_the_machine() {
        assert_eq!(default_limit(24 << 30, 2), 128);
        assert_eq!(default_limit(1 << 30, 2), 16);
        assert_eq!(default_limit(1 << 40, 128), 1_000);
    }
}
