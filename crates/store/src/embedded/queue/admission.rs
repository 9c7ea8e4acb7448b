//! Which new events are taken: bounds of a function's backlog, and a floor under the disk's free space.
//!
//! The committer decides, since it alone knows what is before an event in the same batch. What is refused writes
//! nothing. Events that are taken already are never refused anything: a retry or an outcome is written however full the
//! backlog, and while the disk has any space at all.

use super::counts::Unsettled;
use crate::embedded::disk::Disk;
use crate::queue::EnqueueError;
use std::time::Duration;

/// The bounds. Each can be switched off by its largest value, the floor by zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// Unsettled events of one function.
    pub backlog_events_max: u64,
    /// Bytes of their records.
    pub backlog_bytes_max: u64,
    /// Free space of the data directory's file system below which nothing new is taken. Looked at every second.
    pub disk_free_min_bytes: u64,
    /// The longest an idempotency key is remembered, whatever was asked for.
    pub idempotency_window_max: Duration,
    /// Idempotency keys of callers that are remembered at a time, of all functions; one more is refused as a full queue is.
    /// About 200 bytes each on the disk. As many of the server's own are remembered beside them.
    pub idempotency_keys_max: u64,
    /// The same of one function.
    pub idempotency_function_keys_max: u64,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            backlog_events_max: 10_000_000,
            backlog_bytes_max: 16 << 30,
            disk_free_min_bytes: 256 << 20,
            idempotency_window_max: Duration::from_secs(24 * 3600),
            idempotency_keys_max: 5_000_000,
            idempotency_function_keys_max: 1_000_000,
        }
    }
}

/// The bounds, with what was last seen of the disk.
#[derive(Debug)]
pub(super) struct Gate {
    admission: Admission,
    disk_is_full: bool,
}

impl Gate {
    pub(super) fn new(admission: Admission, disk: &Disk) -> Self {
        let mut gate = Self { admission, disk_is_full: false };
        gate.look(disk);
        gate
    }

    /// Looks at the disk's free space. What can't be read is not held against anybody: writes say soon enough.
    pub(super) fn look(&mut self, disk: &Disk) {
        let floor = self.admission.disk_free_min_bytes;
        let is_full = floor > 0 && disk.free_bytes().is_some_and(|free| free < floor);
        if is_full != self.disk_is_full {
            self.disk_is_full = is_full;
            if is_full {
                tracing::error!(
                    disk.free_min_bytes = floor,
                    "free disk space is below the floor: no new events"
                );
            } else {
                tracing::info!(disk.free_min_bytes = floor, "free disk space is above the floor again");
            }
        }
    }

    /// Whether one more event with a record of `bytes` may join what is unsettled of its function.
    pub(super) fn admit(&self, unsettled: Unsettled, bytes: u64) -> Result<(), EnqueueError> {
        if self.disk_is_full {
            return Err(EnqueueError::DiskFull);
        }
        // One event is always taken, or a bound that is smaller than it would stop the function for good.
        let fits = unsettled.bytes.saturating_add(bytes) <= self.admission.backlog_bytes_max;
        if unsettled.all >= self.admission.backlog_events_max || (unsettled.all > 0 && !fits) {
            return Err(EnqueueError::BacklogFull);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_hold_exactly() {
        let admission = Admission { backlog_events_max: 3, backlog_bytes_max: 100, ..Admission::default() };
        for (all, bytes, more, taken) in [
            (0, 0, 10, true),
            (2, 0, 10, true),
            (3, 0, 10, false),
            (1, 90, 10, true),
            (1, 90, 11, false),
            (0, 0, 1_000, true),
            (1, u64::MAX, 1, false),
        ] {
            let gate = Gate { admission, disk_is_full: false };
            let unsettled = Unsettled { all, returned: 0, bytes };
            assert_eq!(gate.admit(unsettled, more).is_ok(), taken, "{all} of {bytes} bytes, and {more}");
            let gate = Gate { admission, disk_is_full: true };
            assert!(matches!(gate.admit(unsettled, more), Err(EnqueueError::DiskFull)));
        }
    }
}
