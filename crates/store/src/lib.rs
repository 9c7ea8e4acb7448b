//! What survives a crash: functions, events and code packages.
//!
//! Three traits, [`resources::ResourceStore`], [`queue::EventQueue`] and [`outbox::Outbox`], and their [`embedded`]
//! implementation. Code
//! packages ([`code`]) are plain files below the data directory, and so are access keys and roles ([`access`]).

pub mod access;
pub mod code;
pub mod embedded;
pub mod error;
pub mod outbox;
pub mod queue;
pub mod resources;
pub mod sabotage;

pub use error::StorageError;
