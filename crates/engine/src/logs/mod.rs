//! Function logs: where they are kept, what the platform writes into them, and how a runtime's output
//! becomes records.
//!
//! - [`LogStore`] keeps log groups and streams on disk and reads them back.
//! - [`lines`] formats the platform's own lines (START, END, REPORT, …) and the tail of one invocation.
//! - [`intake`] turns bytes from a runtime into records.
//!
//! Logs are not part of the promise that an accepted event survives: nothing here is synchronised to the disk,
//! and a log that cannot be written is counted and reported but never stops an invocation.

pub mod intake;
pub mod lines;

mod cut;
mod frame;
mod group;
mod open_groups;
mod read;
mod scan;
mod segment;
mod store;
mod streams;
mod summary;

use std::time::Duration;

use lambent_domain::time::Timestamp;

pub use read::{Direction, EventPage, EventQuery, LogEvent, Position, StreamChoice};
pub use store::{GroupPage, GroupSummary, LogHealth, LogStore, NameMatch, StreamWriter};
pub use streams::{StreamCursor, StreamOrder, StreamPage, StreamQuery, StreamRecord};

/// One message on its way into the store. It is kept byte for byte and read back as text.
#[derive(Debug, Clone, Copy)]
pub struct LogRecord<'a> {
    pub timestamp: Timestamp,
    pub message: &'a [u8],
}

/// Bounds of a [`LogStore`].
#[derive(Debug, Clone)]
pub struct LogLimits {
    /// Events that were written longer ago are removed, a segment at a time.
    pub retention_age: Duration,
    /// The oldest segments of a group go when it is larger than this.
    pub retention_bytes_per_group: u64,
    /// A longer message becomes several records.
    pub record_bytes_max: usize,
    /// Size at which a segment is closed and the next one begun.
    pub segment_bytes: u64,
    /// Groups that keep a file open for writing; the one unused for longest is closed first.
    pub open_groups_max: usize,
}

impl Default for LogLimits {
    fn default() -> LogLimits {
        LogLimits {
            retention_age: Duration::from_secs(14 * 24 * 60 * 60),
            retention_bytes_per_group: 256 << 20,
            record_bytes_max: 262_144,
            segment_bytes: 8 << 20,
            open_groups_max: 256,
        }
    }
}
