//! From a runtime's raw output to log records.
//!
//! A runtime writes plain lines to stdout and stderr ([`LineSplitter`]) and, if it can, frames to its telemetry
//! descriptor ([`FrameDecoder`]). What it writes is not to be trusted: any bytes in any portions are taken, none are
//! lost, and never more than one record is held.

mod frames;
mod split;

pub use frames::FrameDecoder;
pub use split::LineSplitter;
