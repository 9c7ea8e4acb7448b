//! What the engine counts, in CloudWatch's words (facts: async-invocation §9).

use lambent_domain::disposition::PutBack;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    pub(crate) async_events_dropped: Counter,
    pub(crate) recursive_invocations_dropped: Counter,
    pub(crate) events_throttled: Counter,
    pub(crate) events_faulted: Counter,
    pub(crate) async_event_age: AgeCounter,
}

/// Upper bounds of the classes in which ages of events are counted, in milliseconds; the last class has none.
pub const AGE_CLASSES_MS: [u64; 7] = [100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000];

/// How old events were when they were run: three additions for each run.
#[derive(Debug, Default)]
pub(crate) struct AgeCounter {
    classes: [Counter; AGE_CLASSES_MS.len() + 1],
    sum_ms: AtomicU64,
    max_ms: AtomicU64,
}

impl AgeCounter {
    pub(crate) fn record(&self, age: Duration) {
        let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let class = AGE_CLASSES_MS.partition_point(|bound| *bound < age_ms);
        if let Some(class) = self.classes.get(class) {
            class.increment();
        }
        self.sum_ms.fetch_add(age_ms, Ordering::Relaxed);
        self.max_ms.fetch_max(age_ms, Ordering::Relaxed);
    }

    fn read(&self) -> EventAges {
        EventAges {
            classes: self.classes.each_ref().map(Counter::get),
            sum_ms: self.sum_ms.load(Ordering::Relaxed),
            max_ms: self.max_ms.load(Ordering::Relaxed),
        }
    }
}

/// `AsyncEventAge`: how old events were whenever they were run, from the instant they were to run first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventAges {
    /// Runs by age, a count for each of [`AGE_CLASSES_MS`] and one for what is beyond; none counts twice.
    pub classes: [u64; AGE_CLASSES_MS.len() + 1],
    /// The sum of all ages, in milliseconds.
    pub sum_ms: u64,
    /// The greatest age, in milliseconds.
    pub max_ms: u64,
}

impl EventAges {
    /// How many runs there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.classes.iter().sum()
    }
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
    /// Events given up since the start, whoever was told: `AsyncEventsDropped`.
    pub async_events_dropped: u64,
    /// Calls refused and events given up because they were part of a recursive chain: `RecursiveInvocationsDropped`.
    pub recursive_invocations_dropped: u64,
    /// How often an event was put back for lack of concurrency.
    pub events_throttled: u64,
    /// How often an event was put back for a fault of ours or the host's.
    pub events_faulted: u64,
    /// How old events were when they were run.
    pub async_event_age: EventAges,
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
    pub(crate) fn put_back(&self, cause: PutBack) {
        match cause {
            PutBack::Throttled => self.events_throttled.increment(),
            PutBack::SystemError => self.events_faulted.increment(),
        }
    }

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
            async_events_dropped: self.async_events_dropped.get(),
            recursive_invocations_dropped: self.recursive_invocations_dropped.get(),
            events_throttled: self.events_throttled.get(),
            events_faulted: self.events_faulted.get(),
            async_event_age: self.async_event_age.read(),
            ..EngineStats::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_counts_in_one_class() {
        let counter = AgeCounter::default();
        for millis in [0, 100, 101, 60_000, 21_600_000, 21_600_001] {
            counter.record(Duration::from_millis(millis));
        }
        let ages = counter.read();
        assert_eq!(ages.classes, [2, 1, 0, 1, 0, 0, 1, 1]);
        assert_eq!((ages.count(), ages.max_ms), (6, 21_600_001));
        assert_eq!(ages.sum_ms, 100 + 101 + 60_000 + 21_600_000 + 21_600_001);
    }
}
