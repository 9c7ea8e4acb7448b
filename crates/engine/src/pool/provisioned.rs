//! The pool's side of provisioned concurrency: how many environments of a version are to be kept, and how many there are.

use super::shelf::{Shelf, ShelfKey};
use super::{Idle, Place, PlaceKind, Pool};
use crate::concurrency::ConcurrencyPermit;
use crate::isolation::ExecutionEnvironment;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Notify;
use uuid::Uuid;

/// A function with provisioned environments.
#[derive(Debug)]
pub(super) struct Kept {
    /// The versions that are to have some.
    versions: Vec<Uuid>,
    /// Rings when one comes back, for an event that waits.
    pub(super) free: Arc<Notify>,
    /// Rings when one has ended.
    pub(super) short: Arc<Notify>,
}

impl Pool {
    /// Says how many environments of each version are to be kept, and ends those that are too many, busy ones when they
    /// come back. `short` rings when there may be too few.
    pub(crate) fn keep(
        &self,
        function: &FunctionName,
        wanted: &[(Arc<FunctionVersion>, usize)],
        short: &Arc<Notify>,
    ) {
        let ended: Vec<Idle> = {
            let mut shelves = self.lock();
            for (key, shelf) in &mut shelves.of {
                if shelf.function == *function {
                    let wanted = wanted.iter().find(|(version, _)| version.revision_id == key.revision);
                    shelf.wanted = wanted.map_or(0, |(_, number)| *number);
                }
            }
            for (version, number) in wanted {
                shelves.shelf(&key(version), function).wanted = *number;
            }
            if wanted.is_empty() {
                shelves.kept.remove(function);
            } else {
                let versions = wanted.iter().map(|(version, _)| version.revision_id).collect();
                let free =
                    shelves.kept.get(function).map_or_else(Arc::default, |kept| Arc::clone(&kept.free));
                shelves.kept.insert(function.clone(), Kept { versions, free, short: Arc::clone(short) });
            }
            self.functions_kept.store(shelves.kept.len(), Ordering::Release);
            let own = shelves.of.values_mut().filter(|shelf| shelf.function == *function);
            let ended = own.flat_map(Shelf::trim).collect();
            shelves.of.retain(|_, shelf| shelf.places > 0 || shelf.wanted > 0);
            ended
        };
        drop(ended);
        short.notify_one();
    }

    /// How many provisioned environments of a version are missing.
    pub(crate) fn missing(&self, version: &FunctionVersion) -> usize {
        let shelves = self.lock();
        shelves.of.get(&key(version)).map_or(0, |shelf| {
            if shelf.retired || shelves.closed { 0 } else { shelf.wanted.saturating_sub(shelf.kept) }
        })
    }

    /// How many provisioned environments of a revision are initialised, idle or busy.
    pub(crate) fn ready(&self, revision: Uuid) -> usize {
        let shelves = self.lock();
        shelves.of.get(&ShelfKey { revision, tenant: None }).map_or(0, |shelf| shelf.ready)
    }

    /// A place for a provisioned environment that is missing.
    pub(crate) fn place_provisioned(
        self: &Arc<Self>,
        version: &FunctionVersion,
        permit: ConcurrencyPermit,
    ) -> Option<Place> {
        if self.missing(version) == 0 {
            return None;
        }
        self.take_place(version, key(version), PlaceKind::Provisioned { ready: false, _permit: permit })
    }

    /// Puts a provisioned environment on its shelf for the first time.
    pub(crate) fn add_provisioned(&self, environment: Box<dyn ExecutionEnvironment>, mut place: Place) {
        if let PlaceKind::Provisioned { ready, .. } = &mut place.kind {
            *ready = true;
            let mut shelves = self.lock();
            if let Some(shelf) = shelves.of.get_mut(&place.key) {
                shelf.ready += 1;
            }
        }
        self.checkin(environment, place);
    }

    /// Takes an idle provisioned environment of this version.
    pub(crate) fn checkout_provisioned(
        &self,
        version: &FunctionVersion,
    ) -> Option<(Box<dyn ExecutionEnvironment>, Place)> {
        if !self.keeps_any() {
            return None;
        }
        let Idle { environment, place, .. } = self.lock().of.get_mut(&key(version))?.provisioned.pop()?;
        Some((environment, place))
    }

    /// Whether environments of this version are kept ready: then a run on demand is one too many for them.
    pub(crate) fn is_kept(&self, version: &FunctionVersion) -> bool {
        self.keeps_any() && self.lock().of.get(&key(version)).is_some_and(|shelf| shelf.wanted > 0)
    }

    /// The bell that rings when a provisioned environment of the function comes back; none where there are none.
    pub(crate) fn free_bell(&self, function: &FunctionName) -> Option<Arc<Notify>> {
        if !self.keeps_any() {
            return None;
        }
        self.lock().kept.get(function).map(|kept| Arc::clone(&kept.free))
    }

    /// Whether a provisioned environment of any version of the function is idle.
    pub(crate) fn has_free(&self, function: &FunctionName) -> bool {
        if !self.keeps_any() {
            return false;
        }
        let shelves = self.lock();
        let versions = shelves.kept.get(function).into_iter().flat_map(|kept| &kept.versions);
        let mut shelves =
            versions.filter_map(|revision| shelves.of.get(&ShelfKey { revision: *revision, tenant: None }));
        shelves.any(|shelf| !shelf.provisioned.is_empty())
    }

    fn keeps_any(&self) -> bool {
        self.functions_kept.load(Ordering::Acquire) > 0
    }
}

/// Functions that keep their tenants apart have no provisioned environments, so their shelves have no tenant.
fn key(version: &FunctionVersion) -> ShelfKey {
    ShelfKey::of(version, None)
}
