//! The engine on disk, and the rule that nothing is written after a failed write.
//!
//! A failed write or flush leaves it unknown what is on the disk. So the first failure is kept, every later write is
//! refused with it, and only a restart, which reads what really is there, clears it.

use crate::StorageError;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// How long a write has to last once [`Disk::commit`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Through the end of this process: the operating system has it.
    Process,
    /// Through a power loss: the disk has it.
    Power,
}

/// The database with its keyspaces.
pub(super) struct Disk {
    db: Database,
    /// Functions and their published versions.
    pub(super) functions: Keyspace,
    /// Layers and their versions.
    pub(super) layers: Keyspace,
    /// Code signing configurations by id.
    pub(super) code_signing_configs: Keyspace,
    /// Event source mappings by id.
    pub(super) event_source_mappings: Keyspace,
    /// Function, due time, sequence → event, until it is settled.
    pub(super) events: Keyspace,
    /// Request id → place in `events`, or outcome.
    pub(super) ids: Keyspace,
    /// Function, order of acceptance → request id.
    pub(super) history: Keyspace,
    /// Time of settling, sequence → request id: the order in which outcomes are forgotten.
    pub(super) settled: Keyspace,
    /// Counts that belong to the same batches as what they count.
    pub(super) counts: Keyspace,
    poison: OnceLock<Arc<str>>,
    #[cfg(test)]
    fault: std::sync::atomic::AtomicBool,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Disk").field("poison", &self.poison).finish_non_exhaustive()
    }
}

const MIB: u64 = 1 << 20;

impl Disk {
    pub(super) fn open(path: &Path) -> Result<Self, StorageError> {
        let db = match open_database(path) {
            Err(fjall::Error::JournalRecovery(_)) if cut_broken_tail(path)? => open_database(path),
            opened => opened,
        }
        .map_err(|error| failed(&error))?;
        let keyspace = |name, memtable_bytes| {
            let options = || KeyspaceCreateOptions::default().max_memtable_size(memtable_bytes);
            db.keyspace(name, options).map_err(|error| failed(&error))
        };
        Ok(Self {
            functions: keyspace("functions", 4 * MIB)?,
            layers: keyspace("layers", MIB)?,
            code_signing_configs: keyspace("code_signing_configs", MIB)?,
            event_source_mappings: keyspace("event_source_mappings", MIB)?,
            events: keyspace("events", 16 * MIB)?,
            ids: keyspace("ids", 8 * MIB)?,
            history: keyspace("history", 4 * MIB)?,
            settled: keyspace("settled", 4 * MIB)?,
            counts: keyspace("counts", 4 * MIB)?,
            db,
            poison: OnceLock::new(),
            #[cfg(test)]
            fault: false.into(),
        })
    }

    pub(super) fn batch(&self) -> OwnedWriteBatch {
        self.db.batch()
    }

    /// A consistent view over all keyspaces; keep it short.
    pub(super) fn snapshot(&self) -> fjall::Snapshot {
        self.db.snapshot()
    }

    /// Applies a batch atomically. After an error nothing is written any more.
    pub(super) fn commit(&self, batch: OwnedWriteBatch, durability: Durability) -> Result<(), StorageError> {
        self.health()?;
        let mode = match durability {
            Durability::Process => PersistMode::Buffer,
            // The journal grows with the write, and fdatasync does write a file's new size.
            Durability::Power => PersistMode::SyncData,
        };
        self.keep_failure(self.injected_fault().and_then(|()| batch.durability(Some(mode)).commit()))
    }

    /// Puts everything that was committed on the disk; also finds out whether background work has failed.
    pub(super) fn flush(&self, durability: Durability) -> Result<(), StorageError> {
        self.health()?;
        let mode = match durability {
            Durability::Process => PersistMode::Buffer,
            Durability::Power => PersistMode::SyncAll,
        };
        self.keep_failure(self.injected_fault().and_then(|()| self.db.persist(mode)))
    }

    /// The failure that stopped writes, if any.
    pub(super) fn health(&self) -> Result<(), StorageError> {
        self.poison.get().map_or(Ok(()), |cause| Err(StorageError::Poisoned(Arc::clone(cause))))
    }

    fn keep_failure(&self, result: fjall::Result<()>) -> Result<(), StorageError> {
        result.map_err(|error| {
            let cause = error.to_string();
            self.poison(&cause);
            StorageError::Failed(cause.into())
        })
    }

    /// Refuses all writes from now on.
    pub(super) fn poison(&self, cause: &str) {
        if self.poison.set(cause.into()).is_ok() {
            tracing::error!(error = cause, "a write failed; no more writes until restart");
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "the twin that injects faults needs it")]
    fn injected_fault(&self) -> fjall::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn injected_fault(&self) -> fjall::Result<()> {
        if self.fault.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(fjall::Error::Io(std::io::Error::other("injected")));
        }
        Ok(())
    }

    /// From now on every write and flush fails.
    #[cfg(test)]
    pub(super) fn inject_fault(&self, on: bool) {
        self.fault.store(on, std::sync::atomic::Ordering::Relaxed);
    }
}

/// The journal is what an opening after a crash has to replay: 128 MiB keep that under a second or two.
fn open_database(path: &Path) -> fjall::Result<Database> {
    Database::builder(path).cache_size(16 * MIB).max_journaling_size(128 * MIB).open()
}

fn cut_broken_tail(path: &Path) -> Result<bool, StorageError> {
    super::journal::cut_broken_tail(path)
        .map_err(|error| StorageError::Failed(format!("mend the journal: {error}").into()))
}

/// Wraps an error of the engine that has not to do with writing.
pub(super) fn failed(error: &fjall::Error) -> StorageError {
    StorageError::Failed(error.to_string().into())
}
