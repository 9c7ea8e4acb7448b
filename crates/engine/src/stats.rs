//! What the engine counts, in CloudWatch's words (facts: async-invocation §9).

use std::sync::atomic::{AtomicU64, Ordering};

/// A count since the start.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The engine's counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) invocations: Counter,
    pub(crate) errors: Counter,
    pub(crate) throttles: Counter,
    pub(crate) provisioned_invocations: Counter,
    pub(crate) provisioned_spillovers: Counter,
    pub(crate) environments_started: Counter,
    pub(crate) environments_failed: Counter,
}

/// A reading of the engine's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineStats {
    /// Runs of code, failures included, throttled calls not.
    pub invocations: u64,
    /// Runs that ended in a function error.
    pub errors: u64,
    /// Calls refused and events put back for lack of concurrency.
    pub throttles: u64,
    /// Runs in provisioned environments.
    pub provisioned_invocations: u64,
    /// Runs on demand of versions with provisioned environments, because all of those were busy or not there yet.
    pub provisioned_spillovers: u64,
    /// Execution environments started.
    pub environments_started: u64,
    /// Execution environments that could not be started, for a fault of ours or the host's.
    pub environments_failed: u64,
    /// Invocations running now.
    pub concurrent_executions: u64,
    /// Invocations running in provisioned environments now.
    pub provisioned_concurrent_executions: u64,
    /// Most invocations that may run at a time.
    pub concurrency_limit: u64,
    /// Warm environments waiting for work now.
    pub environments_idle: u64,
}

impl Counters {
    /// The counts; what is so now is for the engine to add.
    pub(crate) fn read(&self) -> EngineStats {
        EngineStats {
            invocations: self.invocations.get(),
            errors: self.errors.get(),
            throttles: self.throttles.get(),
            provisioned_invocations: self.provisioned_invocations.get(),
            provisioned_spillovers: self.provisioned_spillovers.get(),
            environments_started: self.environments_started.get(),
            environments_failed: self.environments_failed.get(),
            ..EngineStats::default()
        }
    }
}
