//! The yardstick: append the batch to a file and `fdatasync`. It cannot read anything back.

use super::{Engine, Key, Op, Res};
use std::{fs::File, io::Write, path::Path, sync::Mutex};

pub struct Append {
    file: Mutex<File>,
}

impl Append {
    pub fn open(dir: &Path) -> Res<Self> {
        let file = File::options().create(true).append(true).open(dir.join("log"))?;
        Ok(Self { file: Mutex::new(file) })
    }
}

impl Engine for Append {
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()> {
        let mut buffer = Vec::with_capacity(ops.len() * 640);
        for op in ops {
            match op {
                Op::Enqueue { key, id, event } => {
                    buffer.extend_from_slice(key);
                    buffer.extend_from_slice(id);
                    buffer.extend_from_slice(event);
                }
                Op::Settle { key, .. } => buffer.extend_from_slice(key),
            }
        }
        let mut file = self.file.lock().unwrap();
        file.write_all(&buffer)?;
        if sync {
            file.sync_data()?;
        }
        Ok(())
    }

    fn scan(&self, _from: Key, _max: usize) -> Res<Vec<(Key, Vec<u8>)>> {
        Ok(Vec::new())
    }
}
