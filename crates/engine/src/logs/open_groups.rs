//! Which groups hold a file open, and which of them to close when there are too many.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::group::Group;

#[derive(Debug)]
pub(super) struct OpenGroups {
    groups: Mutex<Vec<Arc<Group>>>,
    groups_max: usize,
    uses: AtomicU64,
}

impl OpenGroups {
    pub(super) fn new(groups_max: usize) -> OpenGroups {
        OpenGroups { groups: Mutex::default(), groups_max: groups_max.max(1), uses: AtomicU64::new(0) }
    }

    /// Called after every write. Costs two atomic operations unless the group has just been opened.
    pub(super) fn used(&self, group: &Arc<Group>) {
        group.last_used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        if group.listed_open.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if !groups.iter().any(|known| Arc::ptr_eq(known, group)) {
            groups.push(Arc::clone(group));
        }
        // A group in the middle of a write stays open. There are at most as many of these as threads.
        groups.sort_unstable_by_key(|known| known.last_used.load(Ordering::Relaxed));
        let mut excess = groups.len().saturating_sub(self.groups_max);
        groups.retain(|known| {
            let close = excess > 0 && !Arc::ptr_eq(known, group) && known.close_if_idle();
            excess -= usize::from(close);
            !close
        });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
