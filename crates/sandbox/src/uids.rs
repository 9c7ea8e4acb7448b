//! Host user ids for the sandboxes of a server that is root: no two sandboxes share one at a time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Options, SandboxError};

/// The range of ids that belongs to sandboxes, and which are taken.
#[derive(Debug)]
pub(crate) struct UidRange {
    first: u32,
    count: u32,
    taken: Mutex<(u32, HashSet<u32>)>,
}

/// One id, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct UidLease {
    range: Arc<UidRange>,
    uid: u32,
}

impl UidRange {
    pub(crate) fn new(options: &Options) -> Result<Arc<Self>, SandboxError> {
        let (first, count) = (options.uid_first, options.uid_count);
        // The last id, -1, means "leave it" to the kernel.
        if first == 0 || count == 0 || first.checked_add(count).is_none_or(|end| end == u32::MAX) {
            return Err(SandboxError::InvalidSpec(format!(
                "{count} user ids from {first} are no usable range"
            )));
        }
        Ok(Arc::new(Self { first, count, taken: Mutex::default() }))
    }

    /// The next id in turn, so that one just given back rests as long as possible.
    pub(crate) fn lease(self: &Arc<Self>) -> Result<UidLease, SandboxError> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, set) = &mut *taken;
        for _ in 0..self.count {
            let uid = self.first + *next % self.count;
            *next = (*next + 1) % self.count;
            if set.insert(uid) {
                return Ok(UidLease { range: Arc::clone(self), uid });
            }
        }
        Err(SandboxError::Busy)
    }
}

impl UidLease {
    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }
}

impl Drop for UidLease {
    fn drop(&mut self) {
        let mut taken = self.range.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.1.remove(&self.uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_is_given_twice_and_all_come_back() {
        let options = Options { uid_first: 1000, uid_count: 2, ..Options::default() };
        let range = UidRange::new(&options).unwrap();
        let (a, b) = (range.lease().unwrap(), range.lease().unwrap());
        assert_eq!((a.uid(), b.uid()), (1000, 1001));
        assert!(matches!(range.lease(), Err(SandboxError::Busy)));
        drop(b);
        assert_eq!(range.lease().unwrap().uid(), 1001);
    }

    #[test]
    fn root_and_minus_one_are_no_range() {
        for (uid_first, uid_count) in [(0, 5), (5, 0), (u32::MAX - 2, 2), (u32::MAX, 9)] {
            assert!(UidRange::new(&Options { uid_first, uid_count, ..Options::default() }).is_err());
        }
    }
}
