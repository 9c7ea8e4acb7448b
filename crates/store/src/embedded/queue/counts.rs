//! Counts kept on the disk in the same batch as what they count, so that opening a deep queue reads no events.

use super::keys;
use super::record::malformed;
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk};
use lambent_domain::arn::FunctionName;
use std::collections::{BTreeSet, HashMap};

/// Keys that can't be a function's name, which has neither a dollar sign nor is empty.
const SEQUENCE: &str = "$sequence";
const OUTCOMES: &str = "$outcomes";

/// Unsettled events of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unsettled {
    pub(super) all: u64,
    /// Those that have been put back or retried.
    pub(super) returned: u64,
}

/// The counts, as the committer keeps them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    sequence: u64,
    outcomes: u64,
    functions: HashMap<FunctionName, Unsettled>,
    /// Functions whose count has changed since it was written.
    changed: BTreeSet<FunctionName>,
}

impl Counts {
    pub(super) fn read(disk: &Disk) -> Result<Self, StorageError> {
        let mut counts = Self::default();
        for entry in disk.counts.iter() {
            let (key, value) = entry?;
            counts.read_one(&key, &value).ok_or_else(|| malformed("count"))?;
        }
        Ok(counts)
    }

    fn read_one(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        match std::str::from_utf8(key).ok()? {
            SEQUENCE => self.sequence = keys::number(value)?,
            OUTCOMES => self.outcomes = keys::number(value)?,
            // Of somebody else ([`super::kept`]).
            other if other.starts_with('$') => {}
            name => {
                let (all, returned) = value.split_at_checked(8)?;
                let unsettled = Unsettled { all: keys::number(all)?, returned: keys::number(returned)? };
                self.functions.insert(FunctionName::new(name).ok()?, unsettled);
            }
        }
        Some(())
    }

    /// Adds what has changed to the batch that changes it.
    pub(super) fn write(&mut self, disk: &Disk, batch: &mut Batch) {
        batch.insert(&disk.counts, SEQUENCE, self.sequence.to_be_bytes());
        batch.insert(&disk.counts, OUTCOMES, self.outcomes.to_be_bytes());
        for name in std::mem::take(&mut self.changed) {
            match self.functions.get(&name).copied().unwrap_or_default() {
                Unsettled { all: 0, .. } => {
                    batch.remove(&disk.counts, name.as_str());
                    self.functions.remove(&name);
                }
                Unsettled { all, returned } => {
                    let value = ((u128::from(all) << 64) | u128::from(returned)).to_be_bytes();
                    batch.insert(&disk.counts, name.as_str(), value);
                }
            }
        }
    }

    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    pub(super) fn last_sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn accepted(&mut self, function: &FunctionName) {
        self.change(function, |count| count.all += 1);
    }

    /// An event has been put back or retried for the first time.
    pub(super) fn returned(&mut self, function: &FunctionName) {
        self.change(function, |count| count.returned += 1);
    }

    pub(super) fn settled(&mut self, function: &FunctionName, was_returned: bool) {
        self.outcomes += 1;
        self.change(function, |count| {
            count.all = count.all.saturating_sub(1);
            count.returned = count.returned.saturating_sub(u64::from(was_returned));
        });
    }

    pub(super) fn of(&self, function: &FunctionName) -> Unsettled {
        self.functions.get(function).copied().unwrap_or_default()
    }

    /// All that waits of a function is over, but for what runs.
    pub(super) fn purged(&mut self, function: &FunctionName, left: Unsettled) {
        self.change(function, |count| *count = left);
    }

    /// An outcome is remembered of an event that had been counted as settled before.
    pub(super) fn remembered(&mut self) {
        self.outcomes += 1;
    }

    /// Outcomes that are remembered.
    pub(super) fn outcomes(&self) -> u64 {
        self.outcomes
    }

    pub(super) fn forgotten(&mut self, outcomes: u64) {
        self.outcomes = self.outcomes.saturating_sub(outcomes);
    }

    /// Functions with unsettled events, in order of their names: a start does the same things every time.
    pub(super) fn functions(&self) -> Vec<(&FunctionName, Unsettled)> {
        let mut functions: Vec<_> =
            self.functions.iter().map(|(name, unsettled)| (name, *unsettled)).collect();
        functions.sort_unstable_by_key(|(name, _)| *name);
        functions
    }

    fn change(&mut self, function: &FunctionName, change: impl FnOnce(&mut Unsettled)) {
        change(self.functions.entry(function.clone()).or_default());
        if !self.changed.contains(function) {
            self.changed.insert(function.clone());
        }
    }
}
