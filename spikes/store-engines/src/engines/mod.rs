//! The engines under comparison, each behind the few operations an event queue needs.
//!
//! Every engine is set up as Lambent would run it: one ordered table of events, one table by
//! request id, and a commit that is on disk when it returns.

mod append;
mod fjall;
mod redb;
#[cfg(feature = "rocksdb")]
mod rocksdb;
mod sqlite;

use std::{error::Error, path::Path, sync::Arc};

pub type Res<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Order of an event: 8 bytes of due time, 8 bytes of sequence.
pub type Key = [u8; 16];
/// A request id.
pub type Id = [u8; 16];

/// One atomic change.
pub enum Op {
    /// Store the event and its entry by request id.
    Enqueue { key: Key, id: Id, event: Vec<u8> },
    /// Remove the event and replace its entry by a small outcome record.
    Settle { key: Key, id: Id },
}

/// What a settled event leaves behind.
pub const OUTCOME: [u8; 64] = [7; 64];

pub trait Engine: Send + Sync {
    /// Applies `ops` atomically; durable on return when `sync` is set.
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()>;
    /// Up to `max` events from `from` on, in order.
    fn scan(&self, from: Key, max: usize) -> Res<Vec<(Key, Vec<u8>)>>;
}

pub const NAMES: &[&str] = &[
    "append",
    "fjall",
    "redb",
    #[cfg(feature = "rocksdb")]
    "rocksdb",
    "sqlite",
];

pub fn open(name: &str, dir: &Path) -> Res<Arc<dyn Engine>> {
    Ok(match name {
        "append" => Arc::new(append::Append::open(dir)?),
        "fjall" => Arc::new(fjall::Fjall::open(dir)?),
        "redb" => Arc::new(redb::Redb::open(dir)?),
        #[cfg(feature = "rocksdb")]
        "rocksdb" => Arc::new(rocksdb::Rocks::open(dir)?),
        "sqlite" => Arc::new(sqlite::Sqlite::open(dir)?),
        other => return Err(format!("no engine called {other}").into()),
    })
}
