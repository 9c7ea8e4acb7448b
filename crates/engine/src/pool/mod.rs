//! Station 9's first half, place: warm environments, and how many there may be.
//!
//! Environments wait here between invocations, the most recently used on top, so that a function which needs fewer
//! than it has lets the others grow old. The number of all environments never exceeds the concurrency limit: where a
//! new one is needed and there is no room, the one that has waited longest, of any function, makes way.
//!
//! Provisioned environments wait beside them on the shelf of their version. They never grow old and never make way; how
//! many there are to be says [`crate::provisioned`].

mod provisioned;
mod shelf;

pub(crate) use shelf::ShelfKey;

use crate::chance::Hashing;
use crate::concurrency::ConcurrencyPermit;
use crate::isolation::ExecutionEnvironment;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use lambent_domain::tenant::TenantId;
use lambent_store::sabotage::{Sabotage, strikes};
use provisioned::Kept;
use shelf::{Idle, Shelf};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicUsize;
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
    /// How old an environment may become.
    lifetime_max: Duration,
    /// Functions that have provisioned environments: while there is none, nobody looks for one.
    functions_kept: AtomicUsize,
}

#[derive(Debug, Default)]
struct Shelves {
    /// By revision: a change of the function is another revision, whose environments start anew (X2). And by tenant,
    /// where tenants are kept apart (X2).
    of: HashMap<ShelfKey, Shelf, Hashing>,
    /// Environments that exist, idle or busy, and those that are being built.
    places: usize,
    /// The functions that have provisioned environments, or are to have some.
    kept: HashMap<FunctionName, Kept>,
    closed: bool,
}

/// The place that one environment takes among all; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    pool: Arc<Pool>,
    key: ShelfKey,
    kind: PlaceKind,
}

#[derive(Debug)]
enum PlaceKind {
    OnDemand,
    Provisioned {
        /// Its environment has been initialised.
        ready: bool,
        /// Its place among all that may run.
        _permit: ConcurrencyPermit,
    },
}

/// What [`Pool::checkout`] found.
#[derive(Debug)]
pub(crate) enum Checkout {
    /// A warm environment, and the place it takes.
    Warm(Box<dyn ExecutionEnvironment>, Place),
    /// None is idle, but some are at work; the bell rings when one comes back.
    Busy(Arc<Notify>),
    /// There is none at all.
    Nothing,
}

impl Pool {
    pub(crate) fn new(environments_max: usize, lifetime_max: Duration) -> Arc<Self> {
        let shelves = Mutex::new(Shelves::default());
        Arc::new(Self { shelves, environments_max, lifetime_max, functions_kept: AtomicUsize::new(0) })
    }

    /// Takes an idle environment of this version and tenant that runs on demand.
    pub(crate) fn checkout(
        self: &Arc<Self>,
        version: &FunctionVersion,
        tenant: Option<&TenantId>,
    ) -> Checkout {
        let mut shelves = self.lock();
        let key = shelves.key_of(version, tenant);
        let Some(shelf) = shelves.of.get_mut(&key) else {
            return Checkout::Nothing;
        };
        let Some(idle) = shelf.idle.pop() else {
            return if shelf.on_demand() == 0 {
                Checkout::Nothing
            } else {
                Checkout::Busy(Arc::clone(&shelf.returned))
            };
        };
        Checkout::Warm(idle.environment, idle.place)
    }

    /// Makes room for a new environment, at the cost of the one that has waited longest if need be. There always is
    /// one: who asks holds a permit and every busy environment belongs to a permit of its own, as every provisioned one
    /// does, so fewer than all places are taken by those. `None` guards that bound (L1).
    pub(crate) fn place(
        self: &Arc<Self>,
        version: &FunctionVersion,
        tenant: Option<&TenantId>,
    ) -> Option<Place> {
        self.take_place(version, ShelfKey::of(version, tenant), PlaceKind::OnDemand)
    }

    fn take_place(
        self: &Arc<Self>,
        version: &FunctionVersion,
        key: ShelfKey,
        kind: PlaceKind,
    ) -> Option<Place> {
        let evicted = {
            let mut shelves = self.lock();
            let evicted =
                if shelves.places >= self.environments_max { Some(shelves.take_oldest()?) } else { None };
            shelves.places += 1;
            let shelf = shelves.shelf(&key, &version.configuration.name);
            shelf.places += 1;
            shelf.kept += usize::from(matches!(kind, PlaceKind::Provisioned { .. }));
            evicted
        };
        // Ending a sandbox is a system call or two: not under the lock.
        drop(evicted);
        Some(Place { pool: Arc::clone(self), key, kind })
    }

    /// Puts an environment back that is in order, unless it has become too old. Its runtime may still be on its way to
    /// `next`.
    pub(crate) fn checkin(&self, environment: Box<dyn ExecutionEnvironment>, place: Place) {
        let too_old = environment.age() >= self.lifetime_max;
        let idle = Idle { environment, place, since: Instant::now() };
        let refused = {
            let mut shelves = self.lock();
            let Shelves { of, kept, closed, .. } = &mut *shelves;
            match of.get_mut(&idle.place.key) {
                Some(shelf) if !*closed && !shelf.retired && !too_old => {
                    let provisioned = idle.place.is_provisioned();
                    let refused = shelf.take_back(idle);
                    if provisioned
                        && refused.is_none()
                        && let Some(kept) = kept.get(&shelf.function)
                    {
                        kept.free.notify_one();
                    }
                    refused
                }
                Some(_) | None => Some(idle),
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
            for (key, shelf) in &mut shelves.of {
                if shelf.function == *function && !current.contains(&key.revision) {
                    shelf.retired = true;
                    ended.append(&mut shelf.idle);
                    ended.append(&mut shelf.provisioned);
                }
            }
            ended
        };
        drop(ended);
    }

    /// Ends environments that have been idle for longer than `idle_max`, or have become too old while they were.
    /// Provisioned ones are there to be idle; of them those end that are too old or not initialised any more, and others
    /// take their place.
    pub(crate) fn reap(&self, idle_max: Duration) {
        let ended: Vec<Idle> = {
            let mut shelves = self.lock();
            let mut ended = Vec::new();
            for shelf in shelves.of.values_mut() {
                let is_old = |idle: &Idle| idle.environment.age() >= self.lifetime_max;
                ended.extend(
                    shelf.idle.extract_if(.., |idle| is_old(idle) || idle.since.elapsed() >= idle_max),
                );
                ended.extend(
                    shelf.provisioned.extract_if(.., |idle| is_old(idle) || idle.environment.has_ended()),
                );
            }
            ended
        };
        drop(ended);
    }

    /// Ends every idle environment, and every other one when it comes back.
    pub(crate) fn close(&self) {
        let ended: Vec<Idle> = {
            let mut shelves = self.lock();
            shelves.closed = true;
            shelves.of.values_mut().flat_map(|shelf| shelf.provisioned.drain(..)).collect()
        };
        drop(ended);
        self.reap(Duration::ZERO);
    }

    pub(crate) fn idle(&self) -> usize {
        self.lock().of.values().map(|shelf| shelf.idle.len() + shelf.provisioned.len()).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn key_of(&self, version: &FunctionVersion, tenant: Option<&TenantId>) -> ShelfKey {
        if strikes(Sabotage::SharesEnvironments) {
            let function = &version.configuration.name;
            let other =
                self.of.iter().find(|(_, shelf)| shelf.function == *function && !shelf.idle.is_empty());
            if let Some((key, _)) = other {
                return key.clone();
            }
        }
        ShelfKey::of(version, tenant)
    }

    fn shelf(&mut self, key: &ShelfKey, function: &FunctionName) -> &mut Shelf {
        self.of.entry(key.clone()).or_insert_with(|| Shelf::new(function.clone()))
    }

    /// The environment run on demand that has waited longest.
    fn take_oldest(&mut self) -> Option<Idle> {
        let waiting = self.of.values_mut().filter(|shelf| !shelf.idle.is_empty());
        let shelf = waiting.min_by_key(|shelf| shelf.idle.first().map(|idle| idle.since))?;
        Some(shelf.idle.remove(0))
    }
}

impl Place {
    /// Whether its environment is a provisioned one.
    pub(crate) fn is_provisioned(&self) -> bool {
        matches!(self.kind, PlaceKind::Provisioned { .. })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (provisioned, ready) = match self.kind {
            PlaceKind::OnDemand => (false, false),
            PlaceKind::Provisioned { ready, .. } => (true, ready),
        };
        let mut shelves = self.pool.lock();
        shelves.places = shelves.places.saturating_sub(1);
        let Some(shelf) = shelves.of.get_mut(&self.key) else { return };
        shelf.places = shelf.places.saturating_sub(1);
        shelf.kept = shelf.kept.saturating_sub(usize::from(provisioned));
        shelf.ready = shelf.ready.saturating_sub(usize::from(ready));
        // Whoever waits for an environment to come back must look again: this may have been the last.
        shelf.returned.notify_one();
        let function = provisioned.then(|| shelf.function.clone());
        if shelf.places == 0 && shelf.wanted == 0 {
            shelves.of.remove(&self.key);
        }
        if let Some(kept) = function.and_then(|function| shelves.kept.get(&function)) {
            kept.short.notify_one();
        }
    }
}
