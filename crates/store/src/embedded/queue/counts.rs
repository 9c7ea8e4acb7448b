//! Counts kept on the disk in the same batch as what they count, so that opening a deep queue reads no events, and so
//! that what was received is what has ended and what waits, at every moment of the data directory's life.

use super::keys;
use super::record::malformed;
use super::state::Ended;
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk};
use lambent_domain::arn::FunctionName;
use std::collections::HashMap;

/// Keys that can't be a function's name, which has neither a dollar sign nor is empty.
const NUMBERS: &str = "$numbers";
/// Where older versions kept two of the numbers.
const OLDER_SEQUENCE: &str = "$sequence";
const OLDER_OUTCOMES: &str = "$outcomes";

/// Unsettled events of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unsettled {
    pub(super) all: u64,
    /// Those that have been put back or retried, or that were delayed by their sender.
    pub(super) returned: u64,
    /// Bytes of their records.
    pub(super) bytes: u64,
}

/// What one event adds to its function's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) returned: bool,
    pub(super) bytes: u64,
}

/// Events over the life of the data directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) received: u64,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
    pub(super) cancelled: u64,
}

/// The counts, as the committer keeps them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    sequence: u64,
    outcomes: u64,
    idempotency_keys: Keys,
    totals: Totals,
    functions: HashMap<FunctionName, Counted>,
    /// Functions whose count has changed since it was written.
    changed: Vec<FunctionName>,
}

/// Idempotency keys that are remembered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Keys {
    /// Those that callers have sent, of all functions.
    pub(super) callers: u64,
    /// Those that this server has made for itself.
    pub(super) servers: u64,
}

#[derive(Debug, Default)]
struct Counted {
    unsettled: Unsettled,
    /// Idempotency keys that callers have sent.
    keys: u64,
    /// Whether it is among those that have changed.
    changed: bool,
}

impl Counts {
    pub(super) fn read(disk: &Disk) -> Result<Self, StorageError> {
        let mut counts = Self::default();
        let (mut has_numbers, mut unmeasured) = (false, Vec::new());
        for entry in disk.counts.iter() {
            let (key, value) = entry?;
            let key = std::str::from_utf8(&key).map_err(|_| malformed("count"))?;
            let read = match key {
                NUMBERS => {
                    has_numbers = true;
                    counts.read_numbers(&value)
                }
                // They sort behind the numbers, which hold them too.
                OLDER_SEQUENCE | OLDER_OUTCOMES if has_numbers => Some(()),
                OLDER_SEQUENCE => keys::number(&value).map(|number| counts.sequence = number),
                OLDER_OUTCOMES => keys::number(&value).map(|number| counts.outcomes = number),
                // Of somebody else ([`super::kept`]).
                other if other.starts_with('$') => Some(()),
                name => counts.read_function(name, &value, &mut unmeasured),
            };
            read.ok_or_else(|| malformed("count"))?;
        }
        if !has_numbers {
            // An older version did not count those that have ended. What waits has been received.
            counts.totals.received = counts.functions.values().map(|counted| counted.unsettled.all).sum();
        }
        for function in unmeasured {
            counts.measure(disk, &function)?;
        }
        Ok(counts)
    }

    fn read_numbers(&mut self, value: &[u8]) -> Option<()> {
        let mut numbers = value.chunks(8).map(keys::number);
        let mut next = || numbers.next().flatten();
        self.sequence = next()?;
        self.outcomes = next()?;
        self.totals = Totals { received: next()?, succeeded: next()?, failed: next()?, cancelled: next()? };
        self.idempotency_keys = Keys { callers: next()?, servers: next().unwrap_or_default() };
        Some(())
    }

    fn read_function(&mut self, name: &str, value: &[u8], unmeasured: &mut Vec<FunctionName>) -> Option<()> {
        let name = FunctionName::new(name).ok()?;
        let mut numbers = value.chunks(8).map(keys::number);
        let mut next = || numbers.next().flatten();
        let (all, returned) = (next()?, next()?);
        let bytes = next();
        if bytes.is_none() {
            unmeasured.push(name.clone());
        }
        let unsettled = Unsettled { all, returned, bytes: bytes.unwrap_or_default() };
        let keys = next().unwrap_or_default();
        self.functions.insert(name, Counted { unsettled, keys, changed: false });
        Some(())
    }

    /// Older versions did not count bytes: this once, the function's events are read.
    fn measure(&mut self, disk: &Disk, function: &FunctionName) -> Result<(), StorageError> {
        let mut bytes = 0;
        for entry in disk.events.range(keys::events_behind(function, None)) {
            bytes += u64::try_from(entry?.1.len()).unwrap_or(u64::MAX);
        }
        self.change(function, |unsettled| unsettled.bytes = bytes);
        Ok(())
    }

    /// Adds what has changed to the batch that changes it.
    pub(super) fn write(&mut self, disk: &Disk, batch: &mut Batch) {
        let Totals { received, succeeded, failed, cancelled } = self.totals;
        let Keys { callers, servers } = self.idempotency_keys;
        let numbers =
            [self.sequence, self.outcomes, received, succeeded, failed, cancelled, callers, servers];
        batch.insert(&disk.counts, NUMBERS, side_by_side(numbers));
        for name in self.changed.drain(..) {
            let Some(counted) = self.functions.get_mut(&name) else { continue };
            counted.changed = false;
            let Unsettled { all, returned, bytes } = counted.unsettled;
            let keys = counted.keys;
            if all == 0 && keys == 0 {
                batch.remove(&disk.counts, name.as_str());
                self.functions.remove(&name);
            } else {
                batch.insert(&disk.counts, name.as_str(), side_by_side([all, returned, bytes, keys]));
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

    pub(super) fn accepted(&mut self, function: &FunctionName, load: Load) {
        self.totals.received += 1;
        self.change(function, |count| count.add(load));
    }

    /// An event waits again, with another record.
    pub(super) fn retried(&mut self, function: &FunctionName, before: Load, load: Load) {
        self.change(function, |count| {
            count.remove(before);
            count.add(load);
        });
    }

    pub(super) fn settled(&mut self, function: &FunctionName, load: Load, ended: Ended) {
        self.outcomes += 1;
        self.totals.ended(ended, 1);
        self.change(function, |count| count.remove(load));
    }

    /// All that waits of a function is over, but for what runs.
    pub(super) fn purged(&mut self, function: &FunctionName, left: Unsettled) {
        self.totals.ended(Ended::Cancelled, self.of(function).all.saturating_sub(left.all));
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

    pub(super) fn idempotency_keys(&self) -> Keys {
        self.idempotency_keys
    }

    /// Those that callers have sent with events of the function.
    pub(super) fn keys_of(&self, function: &FunctionName) -> u64 {
        self.functions.get(function).map(|counted| counted.keys).unwrap_or_default()
    }

    /// A key is remembered: of a caller with an event of this function, or the server's own.
    pub(super) fn key_remembered(&mut self, function: Option<&FunctionName>) {
        let Some(function) = function else { return self.idempotency_keys.servers += 1 };
        self.idempotency_keys.callers += 1;
        self.change_counted(function, |counted| counted.keys += 1);
    }

    pub(super) fn key_forgotten(&mut self, function: Option<&FunctionName>) {
        let all = &mut self.idempotency_keys;
        let Some(function) = function else { return all.servers = all.servers.saturating_sub(1) };
        all.callers = all.callers.saturating_sub(1);
        self.change_counted(function, |counted| counted.keys = counted.keys.saturating_sub(1));
    }

    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    pub(super) fn of(&self, function: &FunctionName) -> Unsettled {
        self.functions.get(function).map(|counted| counted.unsettled).unwrap_or_default()
    }

    /// Functions with unsettled events, in order of their names: a start does the same things every time.
    pub(super) fn functions(&self) -> Vec<(&FunctionName, Unsettled)> {
        let mut functions: Vec<_> =
            self.functions.iter().map(|(name, counted)| (name, counted.unsettled)).collect();
        // Of the others only keys are remembered.
        functions.retain(|(_, unsettled)| unsettled.all > 0);
        functions.sort_unstable_by_key(|(name, _)| *name);
        functions
    }

    fn change(&mut self, function: &FunctionName, change: impl FnOnce(&mut Unsettled)) {
        self.change_counted(function, |counted| change(&mut counted.unsettled));
    }

    fn change_counted(&mut self, function: &FunctionName, change: impl FnOnce(&mut Counted)) {
        let counted = match self.functions.get_mut(function) {
            Some(counted) => counted,
            None => self.functions.entry(function.clone()).or_default(),
        };
        change(counted);
        if !std::mem::replace(&mut counted.changed, true) {
            self.changed.push(function.clone());
        }
    }
}

impl Unsettled {
    fn add(&mut self, load: Load) {
        self.all += 1;
        self.returned += u64::from(load.returned);
        self.bytes = self.bytes.saturating_add(load.bytes);
    }

    fn remove(&mut self, load: Load) {
        self.all = self.all.saturating_sub(1);
        self.returned = self.returned.saturating_sub(u64::from(load.returned));
        self.bytes = self.bytes.saturating_sub(load.bytes);
    }
}

impl Totals {
    pub(super) fn ended(&mut self, ended: Ended, events: u64) {
        let counter = match ended {
            Ended::Succeeded => &mut self.succeeded,
            Ended::Failed => &mut self.failed,
            Ended::Cancelled => &mut self.cancelled,
        };
        *counter += events;
    }
}

fn side_by_side<const N: usize>(numbers: [u64; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
