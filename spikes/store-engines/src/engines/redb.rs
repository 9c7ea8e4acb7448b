//! redb 4: copy-on-write B-tree in Rust.

use super::{Engine, Key, OUTCOME, Op, Res};
use redb::{Database, Durability, ReadableDatabase, TableDefinition};
use std::path::Path;

const EVENTS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("events");
const IDS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("ids");

pub struct Redb {
    db: Database,
}

impl Redb {
    pub fn open(dir: &Path) -> Res<Self> {
        let db = Database::builder().set_cache_size(64 << 20).create(dir.join("store.redb"))?;
        let write = db.begin_write()?;
        write.open_table(EVENTS)?;
        write.open_table(IDS)?;
        write.commit()?;
        Ok(Self { db })
    }
}

impl Engine for Redb {
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()> {
        let mut write = self.db.begin_write()?;
        write.set_durability(if sync { Durability::Immediate } else { Durability::None })?;
        {
            let mut events = write.open_table(EVENTS)?;
            let mut ids = write.open_table(IDS)?;
            for op in ops {
                match op {
                    Op::Enqueue { key, id, event } => {
                        events.insert(key, event.as_slice())?;
                        ids.insert(id, key.as_slice())?;
                    }
                    Op::Settle { key, id } => {
                        events.remove(key)?;
                        ids.insert(id, OUTCOME.as_slice())?;
                    }
                }
            }
        }
        Ok(write.commit()?)
    }

    fn scan(&self, from: Key, max: usize) -> Res<Vec<(Key, Vec<u8>)>> {
        let read = self.db.begin_read()?;
        let events = read.open_table(EVENTS)?;
        let mut found = Vec::with_capacity(max.min(4096));
        for entry in events.range::<&[u8; 16]>(&from..)?.take(max) {
            let (key, value) = entry?;
            found.push((*key.value(), value.value().to_vec()));
        }
        Ok(found)
    }
}
