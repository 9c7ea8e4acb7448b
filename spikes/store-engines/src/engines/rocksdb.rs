//! RocksDB: the LSM tree the others are measured by, in C++.

use super::{Engine, Key, OUTCOME, Op, Res};
use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DB, Direction, IteratorMode, Options, WriteBatch,
    WriteOptions,
};
use std::path::Path;

pub struct Rocks {
    db: DB,
}

impl Rocks {
    pub fn open(dir: &Path) -> Res<Self> {
        let mut base = Options::default();
        base.create_if_missing(true);
        base.create_missing_column_families(true);
        base.set_max_background_jobs(2);
        let mut table = BlockBasedOptions::default();
        table.set_block_cache(&Cache::new_lru_cache(32 << 20)?);
        let mut family = Options::default();
        family.set_write_buffer_size(16 << 20);
        family.set_block_based_table_factory(&table);
        let families =
            ["events", "ids"].map(|name| ColumnFamilyDescriptor::new(name, family.clone()));
        Ok(Self { db: DB::open_cf_descriptors(&base, dir, families)? })
    }
}

impl Engine for Rocks {
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()> {
        let events = self.db.cf_handle("events").ok_or("no events")?;
        let ids = self.db.cf_handle("ids").ok_or("no ids")?;
        let mut batch = WriteBatch::default();
        for op in ops {
            match op {
                Op::Enqueue { key, id, event } => {
                    batch.put_cf(events, key, event);
                    batch.put_cf(ids, id, key);
                }
                Op::Settle { key, id } => {
                    batch.delete_cf(events, key);
                    batch.put_cf(ids, id, OUTCOME);
                }
            }
        }
        let mut options = WriteOptions::default();
        options.set_sync(sync);
        Ok(self.db.write_opt(batch, &options)?)
    }

    fn scan(&self, from: Key, max: usize) -> Res<Vec<(Key, Vec<u8>)>> {
        let events = self.db.cf_handle("events").ok_or("no events")?;
        let mut found = Vec::with_capacity(max.min(4096));
        for entry in self.db.iterator_cf(events, IteratorMode::From(&from, Direction::Forward)).take(max) {
            let (key, value) = entry?;
            found.push((key.as_ref().try_into()?, value.into_vec()));
        }
        Ok(found)
    }
}
