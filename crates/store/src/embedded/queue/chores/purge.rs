//! All that waits of a function is ended at once; its records become outcomes behind it.

use super::Round;
use crate::StorageError;
use crate::embedded::disk::Durability;
use crate::embedded::queue::keys::{self, Place};
use crate::embedded::queue::purges::Purge;
use crate::embedded::queue::record::malformed;
use crate::embedded::queue::window::Waiting;
use lambent_domain::arn::FunctionName;
use lambent_domain::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Most records looked at in one go, and most bytes of them, so that enqueues need not wait long behind it.
const REMOVE_MAX: usize = 256;
const REMOVE_BYTES_MAX: usize = 4 << 20;
/// How long one go may take, but for its first few records: there has to be some progress.
const REMOVE_TIME_MAX: Duration = Duration::from_millis(2);
const REMOVE_MIN: usize = 16;

impl Round<'_> {
    /// Returns how many events it has ended. It has to be alone in its round: what is counted in memory is what was
    /// written before.
    pub(super) fn purge(&mut self, function: &FunctionName, now: Timestamp) -> u64 {
        let returned = self.counts.of(function).returned;
        let purged = self.shared.lock().purge(function, returned, self.counts.last_sequence(), now);
        let Some(purged) = purged else { return 0 };
        self.counts.purged(function, purged.left);
        self.batch.insert(&self.shared.disk.purges, function.as_str(), purged.purge.to_bytes());
        self.durability = Durability::Power;
        // From the beginning: what had been spared by an earlier purge may be over now.
        self.purging.insert(function.clone(), None);
        purged.count
    }

    /// Removes some records of the function's purge.
    pub(super) fn remove_purged(&mut self, function: &FunctionName) -> Result<(), StorageError> {
        let cursor = self.purging.get(function).copied().flatten();
        let purge = self.shared.lock().purges().get(function).cloned();
        let Some(purge) = purge else {
            self.purging.remove(function);
            return Ok(());
        };
        let Some((last, removed)) = self.remove_behind(function, cursor, &purge)? else {
            return self.end_purge(function);
        };
        let left = purge.left.saturating_sub(removed);
        if left == 0 {
            return self.end_purge(function);
        }
        self.purging.insert(function.clone(), Some(last));
        if removed == 0 {
            return Ok(());
        }
        let purge = Arc::new(Purge { left, ..(*purge).clone() });
        self.batch.insert(&self.shared.disk.purges, function.as_str(), purge.to_bytes());
        let function = function.clone();
        self.once_written(move |written| written.state().set_purge(&function, Some(purge)));
        Ok(())
    }

    fn end_purge(&mut self, function: &FunctionName) -> Result<(), StorageError> {
        self.purging.remove(function);
        self.batch.remove(&self.shared.disk.purges, function.as_str());
        let function = function.clone();
        self.once_written(move |written| written.state().set_purge(&function, None));
        Ok(())
    }

    /// Returns the last place that was looked at, and how many records were removed; none if nothing is behind the cursor.
    fn remove_behind(
        &mut self,
        function: &FunctionName,
        cursor: Option<Place>,
        purge: &Purge,
    ) -> Result<Option<(Place, u64)>, StorageError> {
        let (mut last, mut removed, mut bytes) = (None, 0, 0);
        let begin = Instant::now();
        let entries = self.shared.disk.events.range(keys::events_behind(function, cursor)).take(REMOVE_MAX);
        for (looked, entry) in entries.enumerate() {
            // What is not covered takes as long to read as what is: newer events may be ahead of older delayed ones.
            let out_of_time = looked >= REMOVE_MIN && begin.elapsed() >= REMOVE_TIME_MAX;
            if bytes >= REMOVE_BYTES_MAX || out_of_time {
                break;
            }
            let (key, record) = entry?;
            let place = keys::place(&key).ok_or_else(|| malformed("event's key"))?;
            last = Some(place);
            bytes += record.len();
            if !purge.covers(place) {
                continue;
            }
            removed += 1;
            match Waiting::read(function, &record) {
                Ok(waiting) => {
                    self.counts.remembered();
                    self.end_waiting(place, waiting, purge.at)?;
                }
                Err(error) => {
                    tracing::warn!(%error, "a purged event can't be read; nothing of it is remembered");
                    self.batch.remove(&self.shared.disk.events, key);
                }
            }
        }
        Ok(last.map(|last| (last, removed)))
    }
}
