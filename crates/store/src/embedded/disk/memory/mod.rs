//! A disk in memory for the simulation: it can lose its power, fail, take its time, and lie.
//!
//! What is flushed and what is only written are kept apart. A process that ends leaves all that it has written; a power
//! loss leaves what was flushed and, by chance, the first few of the batches written since. Whether a batch whose write or
//! flush failed is there after the restart is chance as well. All chance comes from one seed, and none of it from time or
//! threads, so that a run can be repeated.

mod read;
#[cfg(test)]
mod tests;

pub(in crate::embedded) use read::{Entries, Keyspace, View};

use super::{Durability, failed};
use fjall::{UserKey, UserValue};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Of a thousand writes, so many fail.
    pub failing_writes_permille: u32,
    /// Of a thousand flushes, so many fail.
    pub failing_flushes_permille: u32,
    /// The longest a batch takes until it is written; each takes a random part of it, in whole
    /// milliseconds. Zero for none.
    pub latency_max: Duration,
    /// Free space, as a server sees it that looks at it. None for any amount.
    pub free_bytes: Option<u64>,
    /// Flushes report success and flush nothing: what a server that answers before its record is flushed would look
    /// like. For showing that a simulation finds such a server.
    pub flushes_lie: bool,
}

/// The disk, with what is on it. A store opened on it ([`crate::embedded::simulation::SimulatedStore::open`]) works until
/// the disk crashes or is opened again; from then on it gets errors only.
#[derive(Clone)]
pub struct MemoryDisk {
    contents: Arc<Mutex<Contents>>,
}

type Entry = BTreeMap<UserKey, UserValue>;

/// One change of a batch.
pub(in crate::embedded) struct Change {
    keyspace: &'static str,
    key: UserKey,
    /// None removes the key.
    value: Option<UserValue>,
}

#[derive(Default)]
struct Contents {
    /// Counts up with every opening and crash. A handle of an earlier life is refused.
    life: u64,
    /// What a reader sees. Shared with views, and copied when it changes while one is held.
    written: BTreeMap<&'static str, Arc<Entry>>,
    /// What a power loss leaves at least.
    flushed: BTreeMap<&'static str, Entry>,
    /// What has been written since the last flush, oldest first.
    unflushed: Vec<Vec<Change>>,
    /// The batch that failed. Nothing is written behind it in the same life.
    doubtful: Option<Vec<Change>>,
    faults: Faults,
    random: u64,
}

impl std::fmt::Debug for MemoryDisk {
    /// Never what is on it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let contents = self.lock();
        out.debug_struct("MemoryDisk")
            .field("life", &contents.life)
            .field("unflushed", &contents.unflushed.len())
            .field("faults", &contents.faults)
            .finish_non_exhaustive()
    }
}

impl MemoryDisk {
    /// An empty disk without faults; all chance comes from the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { contents: Arc::new(Mutex::new(Contents { random: seed, ..Contents::default() })) }
    }

    /// What goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// The power fails: what was not flushed is lost, but for the first few batches by chance.
    pub fn crash(&self) {
        let mut contents = self.lock();
        contents.life += 1;
        let doubtful = contents.doubtful.take();
        let mut unflushed = std::mem::take(&mut contents.unflushed);
        unflushed.extend(doubtful);
        let survive = contents.random(u64::try_from(unflushed.len()).unwrap_or(u64::MAX).saturating_add(1));
        for batch in unflushed.into_iter().take(usize::try_from(survive).unwrap_or(usize::MAX)) {
            contents.put_on_disk(batch);
        }
        contents.read_anew();
    }

    /// The process ends: what was written stays, though a power loss may still take it.
    pub fn kill(&self) {
        self.lock().end_life();
    }

    /// Begins a life on what is there.
    pub(in crate::embedded::disk) fn attach(&self) -> Handle {
        let life = self.lock().end_life();
        Handle { contents: Arc::clone(&self.contents), life }
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// A number below `limit`, by the splitmix64 generator.
    fn random(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(limit).unwrap_or_default()
    }

    fn happens(&mut self, permille: u32) -> bool {
        permille > 0 && self.random(1_000) < u64::from(permille)
    }

    fn end_life(&mut self) -> u64 {
        self.life += 1;
        if let Some(batch) = self.doubtful.take()
            && self.random(2) == 0
        {
            self.write(batch);
        }
        self.life
    }

    fn write(&mut self, batch: Vec<Change>) {
        for change in &batch {
            let entries = Arc::make_mut(self.written.entry(change.keyspace).or_default());
            change.clone_into_entries(entries);
        }
        self.unflushed.push(batch);
    }

    fn put_on_disk(&mut self, batch: Vec<Change>) {
        for change in batch {
            let entries = self.flushed.entry(change.keyspace).or_default();
            change.clone_into_entries(entries);
        }
    }

    fn flush(&mut self) {
        if self.faults.flushes_lie {
            return;
        }
        for batch in std::mem::take(&mut self.unflushed) {
            self.put_on_disk(batch);
        }
    }

    fn read_anew(&mut self) {
        self.written =
            self.flushed.iter().map(|(name, entries)| (*name, Arc::new(entries.clone()))).collect();
    }
}

impl Change {
    fn clone_into_entries(&self, entries: &mut Entry) {
        match &self.value {
            Some(value) => drop(entries.insert(self.key.clone(), value.clone())),
            None => drop(entries.remove(&self.key)),
        }
    }
}

/// The disk as one life of a store has it.
#[derive(Clone)]
pub(in crate::embedded) struct Handle {
    contents: Arc<Mutex<Contents>>,
    life: u64,
}

impl Handle {
    /// The contents, as long as this life lasts.
    fn lock(&self) -> fjall::Result<MutexGuard<'_, Contents>> {
        let contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.life == self.life { Ok(contents) } else { Err(gone()) }
    }

    pub(in crate::embedded::disk) fn keyspace(&self, name: &'static str) -> Keyspace {
        Keyspace { disk: self.clone(), name }
    }

    pub(in crate::embedded::disk) fn commit(
        &self,
        batch: Vec<Change>,
        durability: Durability,
    ) -> fjall::Result<()> {
        let mut contents = self.lock()?;
        let (writes, flushes) =
            (contents.faults.failing_writes_permille, contents.faults.failing_flushes_permille);
        let flush = durability == Durability::Power;
        let failure = match contents.happens(writes) {
            true => Some("write"),
            false if flush && contents.happens(flushes) => Some("flush"),
            false => None,
        };
        if let Some(what) = failure {
            contents.doubtful = Some(batch);
            return Err(injected(what));
        }
        contents.write(batch);
        if flush {
            contents.flush();
        }
        Ok(())
    }

    pub(in crate::embedded::disk) fn flush(&self, durability: Durability) -> fjall::Result<()> {
        let mut contents = self.lock()?;
        let permille = contents.faults.failing_flushes_permille;
        if durability == Durability::Power {
            if contents.happens(permille) {
                return Err(injected("flush"));
            }
            contents.flush();
        }
        Ok(())
    }

    /// In whole milliseconds: tokio's timers know no less, and would round by what went before.
    pub(in crate::embedded::disk) fn pace(&self) -> Option<Duration> {
        let mut contents = self.lock().ok()?;
        let millis = u64::try_from(contents.faults.latency_max.as_millis()).unwrap_or(u64::MAX);
        (millis > 0).then(|| Duration::from_millis(contents.random(millis.saturating_add(1))))
    }

    pub(in crate::embedded::disk) fn free_bytes(&self) -> Option<u64> {
        self.lock().ok()?.faults.free_bytes
    }

    pub(in crate::embedded::disk) fn view(&self) -> View {
        View(self.lock().map(|contents| contents.written.clone()).map_err(|error| failed(&error)))
    }
}

fn injected(what: &str) -> fjall::Error {
    fjall::Error::Io(std::io::Error::other(format!("the simulated disk failed to {what}")))
}

fn gone() -> fjall::Error {
    fjall::Error::Io(std::io::Error::other("the simulated machine has stopped"))
}

pub(in crate::embedded::disk) fn another_disk() -> fjall::Error {
    fjall::Error::Io(std::io::Error::other("a keyspace of another disk"))
}
