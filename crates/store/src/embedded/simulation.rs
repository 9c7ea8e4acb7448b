//! The store on a disk in memory, for simulations: no files, no threads, no time but tokio's.
//!
//! Everything but the disk and the committer's thread is what a server runs. Under a paused clock, on one thread, the
//! same seed gives the same run.

pub use super::disk::memory::{Faults, MemoryDisk};

use super::disk::Disk;
use super::{EmbeddedQueue, Options, resources};
use crate::StorageError;
use crate::resources::Resources;
use lambent_domain::time::Clock;
use std::pin::Pin;
use std::sync::Arc;

/// One life of a store on a [`MemoryDisk`].
pub struct SimulatedStore {
    /// Functions, layers and records.
    pub resources: Resources,
    /// The events.
    pub events: Arc<EmbeddedQueue>,
    /// The committer: it has to be polled for the queue to answer. It ends when the queue is closed or dropped; to drop
    /// it before is to end the process, which goes with [`MemoryDisk::crash`] or [`MemoryDisk::kill`].
    pub committer: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl std::fmt::Debug for SimulatedStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SimulatedStore")
            .field("resources", &self.resources)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl SimulatedStore {
    /// Opens what is on the disk. An earlier life of it, if there is one still, gets errors from now on.
    pub fn open(disk: &MemoryDisk, options: Options, clock: Arc<dyn Clock>) -> Result<Self, StorageError> {
        let disk = Arc::new(Disk::open_memory(disk)?);
        let resources = resources(&disk)?;
        let (events, committer) = EmbeddedQueue::open_stepwise(disk, options, clock)?;
        Ok(Self { resources, events: Arc::new(events), committer: Box::pin(committer) })
    }
}
