//! Station 9's first half, place: warm environments, and how many there may be.
//!
//! Environments wait here between invocations, the most recently used on top, so that a function which needs fewer
//! than it has lets the others grow old. The number of all environments never exceeds the concurrency limit: where a
//! new one is needed and there is no room, the one that has waited longest, of any function, makes way.

use crate::environment::ExecutionEnvironment;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

/// The warm environments of all functions.
#[derive(Debug)]
pub(crate) struct Pool {
    shelves: Mutex<Shelves>,
    environments_max: usize,
}

#[derive(Debug, Default)]
struct Shelves {
    /// By revision: a change of the function is another revision, whose environments start anew (X2).
    of: HashMap<Uuid, Shelf>,
    /// Environments that exist, idle or busy, and those that are being built.
    places: usize,
    closed: bool,
}

/// The environments of one function version.
#[derive(Debug)]
struct Shelf {
    function: FunctionName,
    idle: Vec<Idle>,
    /// Its share of [`Shelves::places`].
    places: usize,
    returned: Arc<Notify>,
    /// Its revision is no longer current: environments that come back are ended.
    retired: bool,
}

#[derive(Debug)]
struct Idle {
    // Dropped in this order: the sandbox is told to end before its place is free.
    environment: Box<ExecutionEnvironment>,
    place: Place,
    since: Instant,
}

/// The place that one environment takes among all; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    pool: Arc<Pool>,
    revision: Uuid,
}

/// What [`Pool::checkout`] found.
#[derive(Debug)]
pub(crate) enum Checkout {
    /// A warm environment, and the place it takes.
    Warm(Box<ExecutionEnvironment>, Place),
    /// None is idle, but some are at work; the bell rings when one comes back.
    Busy(Arc<Notify>),
    /// There is none at all.
    Nothing,
}

impl Pool {
    pub(crate) fn new(environments_max: usize) -> Arc<Self> {
        Arc::new(Self { shelves: Mutex::new(Shelves::default()), environments_max })
    }

    /// Takes an idle environment of this version.
    pub(crate) fn checkout(self: &Arc<Self>, version: &FunctionVersion) -> Checkout {
        let mut shelves = self.lock();
        let Some(shelf) = shelves.of.get_mut(&version.revision_id) else { return Checkout::Nothing };
        let Some(idle) = shelf.idle.pop() else {
            return if shelf.places == 0 {
                Checkout::Nothing
            } else {
                Checkout::Busy(Arc::clone(&shelf.returned))
            };
        };
        Checkout::Warm(idle.environment, idle.place)
    }

    /// Makes room for a new environment, at the cost of the one that has waited longest if need be. There always is
    /// one: who asks holds a permit and every busy environment belongs to a permit of its own, so fewer than all
    /// places are busy. `None` guards that bound (L1).
    pub(crate) fn place(self: &Arc<Self>, version: &FunctionVersion) -> Option<Place> {
        let evicted = {
            let mut shelves = self.lock();
            let evicted =
                if shelves.places >= self.environments_max { Some(shelves.take_oldest()?) } else { None };
            shelves.places += 1;
            shelves.shelf(version).places += 1;
            evicted
        };
        // Ending a sandbox is a system call or two: not under the lock.
        drop(evicted);
        Some(Place { pool: Arc::clone(self), revision: version.revision_id })
    }

    /// Puts an environment back that is in order. Its runtime may still be on its way to `next`.
    pub(crate) fn checkin(&self, environment: Box<ExecutionEnvironment>, place: Place) {
        let idle = Idle { environment, place, since: Instant::now() };
        let refused = {
            let mut shelves = self.lock();
            let closed = shelves.closed;
            match shelves.of.get_mut(&idle.place.revision) {
                Some(shelf) if !closed && !shelf.retired => {
                    shelf.idle.push(idle);
                    shelf.returned.notify_one();
                    return;
                }
                Some(_) | None => idle,
            }
        };
        drop(refused);
    }

    /// Ends the idle environments of a function's revisions that are not `current`, and the busy ones when they come
    /// back. Called when the function has changed or was deleted.
    pub(crate) fn retire(&self, function: &FunctionName, current: &HashSet<Uuid>) {
        let ended: Vec<Idle> = {
            let mut shelves = self.lock();
            let mut ended = Vec::new();
            for (revision, shelf) in &mut shelves.of {
                if shelf.function == *function && !current.contains(revision) {
                    shelf.retired = true;
                    ended.append(&mut shelf.idle);
                }
            }
            ended
        };
        drop(ended);
    }

    /// Ends environments that have been idle for longer than `idle_max`.
    pub(crate) fn reap(&self, idle_max: Duration) {
        let ended: Vec<Idle> = {
            let mut shelves = self.lock();
            let mut ended = Vec::new();
            for shelf in shelves.of.values_mut() {
                ended.extend(shelf.idle.extract_if(.., |idle| idle.since.elapsed() >= idle_max));
            }
            ended
        };
        drop(ended);
    }

    /// Ends every idle environment, and every other one when it comes back.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.reap(Duration::ZERO);
    }

    pub(crate) fn idle(&self) -> usize {
        self.lock().of.values().map(|shelf| shelf.idle.len()).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn shelf(&mut self, version: &FunctionVersion) -> &mut Shelf {
        self.of.entry(version.revision_id).or_insert_with(|| Shelf {
            function: version.configuration.name.clone(),
            idle: Vec::new(),
            places: 0,
            returned: Arc::new(Notify::new()),
            retired: false,
        })
    }

    /// The idle environment that has waited longest.
    fn take_oldest(&mut self) -> Option<Idle> {
        let waiting = self.of.values_mut().filter(|shelf| !shelf.idle.is_empty());
        let shelf = waiting.min_by_key(|shelf| shelf.idle.first().map(|idle| idle.since))?;
        Some(shelf.idle.remove(0))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut shelves = self.pool.lock();
        shelves.places = shelves.places.saturating_sub(1);
        if let Some(shelf) = shelves.of.get_mut(&self.revision) {
            shelf.places = shelf.places.saturating_sub(1);
            // Whoever waits for an environment to come back must look again: this may have been the last.
            shelf.returned.notify_one();
            if shelf.places == 0 {
                shelves.of.remove(&self.revision);
            }
        }
    }
}
