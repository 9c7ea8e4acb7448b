//! What is measured, one file each.

mod accept;
mod backlog;
mod cold;
mod end_to_end;
mod memory;
mod synchronous;

use crate::failure::Failure;
use crate::report::Findings;
use crate::stage::Stage;
use clap::ValueEnum;

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Events accepted per second, each on the disk before its answer.
    Accept,
    /// Events accepted and run per second.
    E2e,
    /// Synchronous calls of a warm function.
    Sync,
    /// First answers of new functions.
    Cold,
    /// Resident memory.
    Memory,
    /// What a long queue costs: 1,000,000 events with --long, 50,000 otherwise.
    Backlog,
}

impl Section {
    /// The one asked for, or all in order.
    pub(crate) fn chosen(only: Option<Self>) -> Vec<Self> {
        only.map_or_else(|| Self::value_variants().to_vec(), |section| vec![section])
    }

    pub(crate) async fn measure(self, stage: &Stage) -> Result<Findings, Failure> {
        match self {
            Self::Accept => accept::measure(stage).await,
            Self::E2e => end_to_end::measure(stage).await,
            Self::Sync => synchronous::measure(stage).await,
            Self::Cold => cold::measure(stage).await,
            Self::Memory => memory::measure(stage).await,
            Self::Backlog => backlog::measure(stage).await,
        }
    }
}
