//! fjall 3: LSM tree in Rust, one journal for all keyspaces.

use super::{Engine, Key, OUTCOME, Op, Res};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::path::Path;

pub struct Fjall {
    db: Database,
    events: Keyspace,
    ids: Keyspace,
}

impl Fjall {
    pub fn open(dir: &Path) -> Res<Self> {
        let db = Database::builder(dir).cache_size(32 << 20).open()?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(16 << 20);
        let events = db.keyspace("events", options)?;
        let ids = db.keyspace("ids", options)?;
        Ok(Self { db, events, ids })
    }
}

impl Engine for Fjall {
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()> {
        let mode = if sync { PersistMode::SyncData } else { PersistMode::Buffer };
        let mut batch = self.db.batch().durability(Some(mode));
        for op in ops {
            match op {
                Op::Enqueue { key, id, event } => {
                    batch.insert(&self.events, *key, event.as_slice());
                    batch.insert(&self.ids, *id, *key);
                }
                Op::Settle { key, id } => {
                    batch.remove(&self.events, *key);
                    batch.insert(&self.ids, *id, OUTCOME);
                }
            }
        }
        Ok(batch.commit()?)
    }

    fn scan(&self, from: Key, max: usize) -> Res<Vec<(Key, Vec<u8>)>> {
        let mut found = Vec::with_capacity(max.min(4096));
        for guard in self.events.range(from..).take(max) {
            let (key, value) = guard.into_inner()?;
            found.push((key.as_ref().try_into()?, value.to_vec()));
        }
        Ok(found)
    }
}
