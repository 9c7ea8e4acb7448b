//! What survives a crash: functions, events and code packages.
//!
//! Two traits, [`resources::ResourceStore`] and [`queue::EventQueue`], and their [`embedded`] implementation. Code
//! packages ([`code`]) are plain files below the data directory, and so are access keys and roles ([`access`]).

pub mod access;
pub mod code;
pub mod embedded;
pub mod error;
pub mod queue;
pub mod resources;

pub use error::StorageError;
