//! What survives a crash: functions, events and code packages.
//!
//! Two traits, [`functions::FunctionStore`] and [`queue::EventQueue`], and their [`embedded`] implementation. Code
//! packages ([`code`]) are plain files below the data directory.

pub mod code;
pub mod embedded;
pub mod error;
pub mod functions;
pub mod queue;

pub use error::StorageError;
