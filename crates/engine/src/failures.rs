//! Which functions' events fail now, and how often in a row: what slows a function down that has a long queue
//! (`lambent_domain::crowding`).

use lambent_domain::arn::FunctionName;
use lambent_domain::crowding::{Crowding, FAILURES_MIN};
use lambent_store::queue::Backlog;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module's text. An entry for each function whose last event did not succeed; it goes with the next success, or
/// with the function.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    /// How many entries there are: most servers have none most of the time, and then nobody takes the lock.
    functions: AtomicUsize,
    in_a_row: Mutex<HashMap<FunctionName, u32>>,
}

impl Failures {
    /// An event of the function has failed or was put back.
    pub(crate) fn failed(&self, function: &FunctionName) {
        let mut in_a_row = self.lock();
        match in_a_row.get_mut(function) {
            Some(count) => *count = count.saturating_add(1),
            None => {
                in_a_row.insert(function.clone(), 1);
                self.functions.store(in_a_row.len(), Ordering::Relaxed);
            }
        }
    }

    /// An event of the function has succeeded, or the function is gone.
    pub(crate) fn succeeded(&self, function: &FunctionName) {
        if self.functions.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut in_a_row = self.lock();
        if in_a_row.remove(function).is_some() {
            self.functions.store(in_a_row.len(), Ordering::Relaxed);
        }
    }

    /// Whether the function is slowed down. What waits of it is asked for only if that can matter.
    pub(crate) fn crowding(&self, function: &FunctionName, backlog: impl FnOnce() -> Backlog) -> Crowding {
        if self.functions.load(Ordering::Relaxed) == 0 {
            return Crowding::NONE;
        }
        let failures = self.lock().get(function).copied().unwrap_or_default();
        if failures < FAILURES_MIN {
            return Crowding::NONE;
        }
        Crowding::of(backlog().events, failures)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FunctionName, u32>> {
        self.in_a_row.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_makes_a_function_fast_again() {
        let failures = Failures::default();
        let [bad, good] = ["bad", "good"].map(|name| FunctionName::new(name).unwrap());
        let crowding = |name| failures.crowding(name, || Backlog { events: 5_000, ..Backlog::default() });
        for _ in 0..FAILURES_MIN {
            assert_eq!(crowding(&bad), Crowding::NONE);
            failures.failed(&bad);
            failures.succeeded(&good);
        }
        assert_eq!(crowding(&bad), Crowding::of(5_000, FAILURES_MIN));
        assert_ne!(crowding(&bad), Crowding::NONE);
        assert_eq!(failures.crowding(&good, || panic!("not asked for")), Crowding::NONE);
        failures.succeeded(&bad);
        assert_eq!(crowding(&bad), Crowding::NONE);
        assert!(failures.lock().is_empty());
    }
}
