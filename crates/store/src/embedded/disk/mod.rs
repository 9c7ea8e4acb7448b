//! The engine on disk, and the rule that nothing is written after a failed write.
//!
//! A failed write or flush leaves it unknown what is on the disk. So the first failure is kept, every later write is
//! refused with it, and only a restart, which reads what really is there, clears it.
//!
//! There are two disks: the engine's files, and, for the simulation only, one in memory that can lose power ([`memory`]).
//! Which of them it is stands in an enum with one variant in an ordinary build, where the choice costs nothing.

mod batch;
mod keyspace;
#[cfg(feature = "simulation")]
pub(super) mod memory;

pub(super) use batch::Batch;
pub(super) use keyspace::{Entries, Keyspace, View};

use crate::StorageError;
use fjall::{Database, KeyspaceCreateOptions, PersistMode};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How long a write has to last once [`Disk::commit`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Through the end of this process: the operating system has it.
    Process,
    /// Through a power loss: the disk has it.
    Power,
}

/// What the keyspaces are in.
enum Engine {
    Files(Database),
    #[cfg(feature = "simulation")]
    Memory(memory::Handle),
}

/// The database with its keyspaces.
pub(super) struct Disk {
    engine: Engine,
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
    /// Function, idempotency key → what was accepted under it; time, sequence → key.
    pub(super) idempotency: Keyspace,
    /// Function, order of acceptance → request id and what failed: an index of events with an error.
    pub(super) failures: Keyspace,
    /// Request id → place in its line, and the event as the dead-letter list keeps it.
    pub(super) letters: Keyspace,
    /// Time of putting, sequence → request id and bytes: the order in which dead letters are given up.
    pub(super) letters_line: Keyspace,
    /// Request id → place in its line, and what the function returned.
    pub(super) results: Keyspace,
    /// Time of putting, sequence → request id and bytes: the order in which results are given up.
    pub(super) results_line: Keyspace,
    /// Target's hash, due time, sequence → number of a record that waits to be sent.
    pub(super) outbox: Keyspace,
    /// Number → record that waits to be sent.
    pub(super) outgoing: Keyspace,
    /// Function → purge whose records are not all removed.
    pub(super) purges: Keyspace,
    /// Counts that belong to the same batches as what they count.
    pub(super) counts: Keyspace,
    /// None for the disk in memory.
    path: Option<PathBuf>,
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
        Self::with_keyspaces(Engine::Files(db), Some(path.to_owned()))
    }

    /// Begins a new life on a disk in memory; whoever had it open before can't reach it any more.
    #[cfg(feature = "simulation")]
    pub(super) fn open_memory(disk: &memory::MemoryDisk) -> Result<Self, StorageError> {
        Self::with_keyspaces(Engine::Memory(disk.attach()), None)
    }

    fn with_keyspaces(engine: Engine, path: Option<PathBuf>) -> Result<Self, StorageError> {
        let keyspace = |name, memtable_bytes| engine.keyspace(name, memtable_bytes);
        Ok(Self {
            functions: keyspace("functions", 4 * MIB)?,
            layers: keyspace("layers", MIB)?,
            code_signing_configs: keyspace("code_signing_configs", MIB)?,
            event_source_mappings: keyspace("event_source_mappings", MIB)?,
            events: keyspace("events", 16 * MIB)?,
            ids: keyspace("ids", 8 * MIB)?,
            history: keyspace("history", 4 * MIB)?,
            settled: keyspace("settled", 4 * MIB)?,
            idempotency: keyspace("idempotency", 4 * MIB)?,
            failures: keyspace("failures", 2 * MIB)?,
            letters: keyspace("letters", 8 * MIB)?,
            letters_line: keyspace("letters_line", MIB)?,
            results: keyspace("results", 8 * MIB)?,
            results_line: keyspace("results_line", MIB)?,
            outbox: keyspace("outbox", 2 * MIB)?,
            outgoing: keyspace("outgoing", 16 * MIB)?,
            purges: keyspace("purges", MIB)?,
            counts: keyspace("counts", 4 * MIB)?,
            engine,
            path,
            poison: OnceLock::new(),
            #[cfg(test)]
            fault: false.into(),
        })
    }

    pub(super) fn batch(&self) -> Batch {
        match &self.engine {
            Engine::Files(db) => Batch::Files(db.batch()),
            #[cfg(feature = "simulation")]
            Engine::Memory(_) => Batch::Memory(Vec::new()),
        }
    }

    /// A consistent view over all keyspaces; keep it short.
    pub(super) fn snapshot(&self) -> View {
        match &self.engine {
            Engine::Files(db) => View::Files(db.snapshot()),
            #[cfg(feature = "simulation")]
            Engine::Memory(disk) => View::Memory(disk.view()),
        }
    }

    /// Applies a batch atomically. After an error nothing is written any more.
    pub(super) fn commit(&self, batch: Batch, durability: Durability) -> Result<(), StorageError> {
        self.health()?;
        let result = self.injected_fault().and_then(|()| match batch {
            Batch::Files(batch) => {
                let mode = match durability {
                    Durability::Process => PersistMode::Buffer,
                    // The journal grows with the write, and fdatasync does write a file's new size.
                    Durability::Power => PersistMode::SyncData,
                };
                batch.durability(Some(mode)).commit()
            }
            #[cfg(feature = "simulation")]
            Batch::Memory(changes) => self.engine.memory()?.commit(changes, durability),
        });
        self.keep_failure(result)
    }

    /// Puts everything that was committed on the disk; also finds out whether background work has failed.
    pub(super) fn flush(&self, durability: Durability) -> Result<(), StorageError> {
        self.health()?;
        let result = self.injected_fault().and_then(|()| match &self.engine {
            Engine::Files(db) => db.persist(match durability {
                Durability::Process => PersistMode::Buffer,
                Durability::Power => PersistMode::SyncAll,
            }),
            #[cfg(feature = "simulation")]
            Engine::Memory(disk) => disk.flush(durability),
        });
        self.keep_failure(result)
    }

    /// Runs work that reads or writes the disk where blocking is allowed: off the async threads, and to its end even if
    /// the caller stops waiting. In memory nothing blocks, and another thread would make a simulation differ from run to
    /// run: it is done on the spot.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StorageError> {
        match &self.engine {
            Engine::Files(_) => tokio::task::spawn_blocking(work).await.map_err(|error| {
                tracing::error!(%error, "a store operation did not end");
                StorageError::Failed("a store operation did not end".into())
            }),
            #[cfg(feature = "simulation")]
            Engine::Memory(_) => Ok(work()),
        }
    }

    /// How long the next write is to take, before it is made.
    #[cfg(feature = "simulation")]
    pub(super) fn pace(&self) -> Option<std::time::Duration> {
        match &self.engine {
            Engine::Files(_) => None,
            Engine::Memory(disk) => disk.pace(),
        }
    }

    /// Free space for whoever is not root, of the file system it is on; none if that can't be told.
    pub(super) fn free_bytes(&self) -> Option<u64> {
        match &self.engine {
            Engine::Files(_) => {
                let file_system = rustix::fs::statvfs(self.path.as_ref()?).ok()?;
                Some(file_system.f_bavail.saturating_mul(file_system.f_frsize))
            }
            #[cfg(feature = "simulation")]
            Engine::Memory(disk) => disk.free_bytes(),
        }
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

impl Engine {
    fn keyspace(&self, name: &'static str, memtable_bytes: u64) -> Result<Keyspace, StorageError> {
        match self {
            Self::Files(db) => {
                let options = || KeyspaceCreateOptions::default().max_memtable_size(memtable_bytes);
                db.keyspace(name, options).map(Keyspace::Files).map_err(|error| failed(&error))
            }
            #[cfg(feature = "simulation")]
            Self::Memory(disk) => Ok(Keyspace::Memory(disk.keyspace(name))),
        }
    }

    #[cfg(feature = "simulation")]
    fn memory(&self) -> fjall::Result<&memory::Handle> {
        match self {
            Self::Files(_) => Err(memory::another_disk()),
            Self::Memory(disk) => Ok(disk),
        }
    }
}

/// Wraps an error of the engine that has not to do with writing.
fn failed(error: &fjall::Error) -> StorageError {
    StorageError::Failed(error.to_string().into())
}
