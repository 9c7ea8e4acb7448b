//! Provisioned concurrency: for a version or an alias as many environments as its owner asks for are initialised ahead
//! of any call, and kept.
//!
//! Every function that asks for some has a keeper, a task that looks what is missing, waits for a place among all that
//! may run, and builds. It looks again when the function changes (an alias that moves, a number, a version that goes),
//! and when one of its environments has ended. Environments that are too many are ended by the pool.
//!
//! ```text
//! function_changed ─▶ follow: plan ─▶ pool.keep ─▶ (too many: ended)
//!                                        │ rings, also when an environment ends
//!                                        ▼
//!                       keeper(function): missing? ─▶ place ─▶ build: start ─▶ init ─▶ shelf
//!                                           ▲                              │ fails: FAILED, and a pause that doubles
//!                                           └──────────────────────────────┘
//! ```
//!
//! Invariants: there are never more builds at a time than [`BUILDS_MAX`], so a function whose code needs long to
//! initialise delays no calls; one whose code fails is tried again, ever more rarely (no crash loop).

mod keeper;
mod plan;
mod status;

pub use status::{ProvisionedState, ProvisionedStatus};

use crate::chance::Hashing;
use crate::engine::Shared;
use crate::pool::Pool;
use crate::tasks::Tasks;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::Function;
use plan::Plan;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;
use uuid::Uuid;

/// Environments that are initialised at a time, of all functions.
const BUILDS_MAX: usize = 8;
/// And of one function: the others go on while one needs two minutes for each.
const BUILDS_OF_ONE_MAX: usize = 4;
/// How long a version rests after its first failure, doubled after each further one.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// And at most.
const FAILURE_PAUSE_MAX: Duration = Duration::from_secs(300);

/// The functions with provisioned concurrency.
#[derive(Debug)]
pub(crate) struct Provisioner {
    functions: Mutex<Functions>,
    builds: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Functions {
    of: HashMap<FunctionName, Kept, Hashing>,
    /// What keepers run on, once they may.
    tasks: Option<Tasks>,
}

/// One of them.
#[derive(Debug)]
struct Kept {
    plan: Plan,
    /// Rings when its keeper should look again.
    look: Arc<Notify>,
    failures: HashMap<Uuid, Failure>,
    builds: Arc<Semaphore>,
    has_keeper: bool,
}

/// Environments of a revision that could not be built, one after the other.
#[derive(Debug, Clone, Copy)]
struct Failure {
    times: u32,
    again_at: Instant,
    /// It was the function's own fault.
    of_function: bool,
}

impl Provisioner {
    pub(crate) fn new() -> Self {
        Self { functions: Mutex::default(), builds: Arc::new(Semaphore::new(BUILDS_MAX)) }
    }

    /// Begins to keep what was asked for so far and will be.
    pub(crate) fn start(&self, shared: &Arc<Shared>, tasks: &Tasks) {
        let mut functions = self.lock();
        functions.tasks = Some(tasks.clone());
        let names: Vec<FunctionName> = functions.of.keys().cloned().collect();
        names.iter().for_each(|name| functions.employ(shared, name));
    }

    /// Follows a change of a function; with none it is gone.
    pub(crate) fn follow(&self, shared: &Arc<Shared>, name: &FunctionName, function: Option<&Function>) {
        let plan = function.map(Plan::of).unwrap_or_default();
        let mut functions = self.lock();
        if plan.settings.is_empty() {
            // Its keeper finds nothing and ends.
            if let Some(kept) = functions.of.remove(name) {
                shared.pool.keep(name, &[], &kept.look);
                kept.look.notify_one();
            }
            return;
        }
        let kept = functions.of.entry(name.clone()).or_insert_with(Kept::new);
        kept.failures
            .retain(|revision, _| plan.versions.iter().any(|(version, _)| version.revision_id == *revision));
        kept.plan = plan;
        shared.pool.keep(name, &kept.plan.versions, &kept.look);
        functions.employ(shared, name);
    }

    fn lock(&self) -> MutexGuard<'_, Functions> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Functions {
    /// Starts a function's keeper, unless it has one.
    fn employ(&mut self, shared: &Arc<Shared>, name: &FunctionName) {
        let (Some(tasks), Some(kept)) = (&self.tasks, self.of.get_mut(name)) else { return };
        if !std::mem::replace(&mut kept.has_keeper, true) {
            let (look, builds) = (Arc::clone(&kept.look), Arc::clone(&kept.builds));
            let keeper = keeper::Keeper::new(Arc::clone(shared), name.clone(), look, builds, tasks.clone());
            tasks.spawn_until_stopped(keeper.run());
        }
    }
}

impl Kept {
    fn new() -> Self {
        Self {
            plan: Plan::default(),
            look: Arc::new(Notify::new()),
            failures: HashMap::new(),
            builds: Arc::new(Semaphore::new(BUILDS_OF_ONE_MAX)),
            has_keeper: false,
        }
    }

    /// The next version that misses an environment, or when to look again at one that has failed.
    fn next(&self, pool: &Pool, now: Instant) -> Next {
        let mut later: Option<Instant> = None;
        for (version, _) in &self.plan.versions {
            if pool.missing(version) == 0 {
                continue;
            }
            match self.failures.get(&version.revision_id).filter(|failure| failure.again_at > now) {
                None => return Next::Build(Arc::clone(version)),
                Some(failure) => later = Some(later.map_or(failure.again_at, |at| at.min(failure.again_at))),
            }
        }
        Next::Wait(later)
    }

    /// Takes note of a failure. Several that were built at a time are one.
    fn failed(&mut self, revision: Uuid, of_function: bool, now: Instant) {
        let before = self.failures.get_mut(&revision);
        let times = match before {
            Some(failure) if failure.again_at > now => {
                failure.of_function |= of_function;
                return;
            }
            Some(failure) => failure.times.saturating_add(1),
            None => 1,
        };
        let failure = Failure { times, again_at: now + pause(times), of_function };
        self.failures.insert(revision, failure);
    }
}

/// What a keeper is to do.
#[derive(Debug)]
enum Next {
    Build(Arc<lambent_domain::function::FunctionVersion>),
    /// Nothing, until the bell rings or this instant comes.
    Wait(Option<Instant>),
}

fn pause(failures: u32) -> Duration {
    FAILURE_PAUSE
        .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16)))
        .min(FAILURE_PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_version_that_fails_rests_and_the_others_do_not() {
        let mut kept = Kept::new();
        let (bad, start) = (Uuid::from_u128(1), Instant::now());
        let rest =
            |kept: &Kept| kept.failures.get(&bad).map(|failure| (failure.times, failure.again_at - start));
        kept.failed(bad, true, start);
        assert_eq!(rest(&kept), Some((1, Duration::from_secs(1))));
        // Built beside the first, so no further failure.
        kept.failed(bad, false, start + Duration::from_millis(500));
        assert_eq!(rest(&kept), Some((1, Duration::from_secs(1))));
        kept.failed(bad, false, start + Duration::from_secs(1));
        assert_eq!(rest(&kept), Some((2, Duration::from_secs(3))));
    }

    #[test]
    fn the_pause_doubles_up_to_five_minutes() {
        let pauses = [1, 2, 3, 9, 10, u32::MAX].map(|failures| pause(failures).as_secs());
        assert_eq!(pauses, [1, 2, 4, 256, 300, 300]);
    }
}
