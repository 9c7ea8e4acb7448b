//! The embedded store: one directory, one engine, one server.
//!
//! Invariants: a second server on the same directory is refused; a change that was reported as made survives a power
//! loss; after a failed write nothing more is written until restart (`disk`).

mod data_dir;
mod disk;
mod journal;
mod queue;
mod resources;
#[cfg(feature = "simulation")]
pub mod simulation;

pub use data_dir::DataDirError;
pub use queue::{
    Admission, DeadLetterRetention, EmbeddedQueue, KeepResults, OutboxBound, QueueLimits, Results, Retention,
};
pub use resources::EmbeddedResources;

use crate::StorageError;
use crate::code::{CodeStore, CodeStoreError};
use crate::resources::{Resource, Resources};
use data_dir::DataDir;
use disk::{Disk, Keyspace};
use lambent_domain::time::Clock;
use std::path::Path;
use std::sync::Arc;

/// How the embedded store is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How long what became of events is remembered.
    pub retention: Retention,
    /// How long the dead-letter list keeps an event.
    pub dead_letters: DeadLetterRetention,
    /// What waits in the outbox.
    pub outbox: OutboxBound,
    /// What is kept of what functions return.
    pub results: Results,
    /// What the queue may hold in memory.
    pub limits: QueueLimits,
    /// Which new events are taken.
    pub admission: Admission,
}

/// Everything below one data directory.
///
/// Close the queue ([`crate::queue::EventQueue::close`]) before dropping this; the lock is held until the drop.
#[derive(Debug)]
pub struct EmbeddedStore {
    /// Functions, layers and records.
    pub resources: Resources,
    /// The events.
    pub events: Arc<EmbeddedQueue>,
    /// The code packages.
    pub code: Arc<CodeStore>,
    _data_dir: DataDir,
}

/// Why the store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory is not usable.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The code packages are not.
    #[error(transparent)]
    Code(#[from] CodeStoreError),
    /// The engine, or a record in it.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EmbeddedStore {
    /// Opens a data directory, making it if there is none. Blocks: it reads the disk.
    pub fn open(path: &Path, options: Options, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let data_dir = DataDir::open(path)?;
        let code = CodeStore::open(&data_dir.join("code"))?;
        let disk = Arc::new(Disk::open(&data_dir.join("db"))?);
        let resources = resources(&disk)?;
        let events = EmbeddedQueue::open(disk, options, clock)?;
        Ok(Self { resources, events: Arc::new(events), code: Arc::new(code), _data_dir: data_dir })
    }
}

fn resources(disk: &Arc<Disk>) -> Result<Resources, StorageError> {
    Ok(Resources {
        functions: open_resources(disk, &disk.functions)?,
        layers: open_resources(disk, &disk.layers)?,
        code_signing_configs: open_resources(disk, &disk.code_signing_configs)?,
        event_source_mappings: open_resources(disk, &disk.event_source_mappings)?,
    })
}

fn open_resources<T: Resource>(
    disk: &Arc<Disk>,
    keyspace: &Keyspace,
) -> Result<Arc<EmbeddedResources<T>>, StorageError> {
    Ok(Arc::new(EmbeddedResources::open(Arc::clone(disk), keyspace.clone())?))
}
