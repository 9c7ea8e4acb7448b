//! SQLite in WAL mode with `synchronous=FULL`, statements prepared once.

use super::{Engine, Key, OUTCOME, Op, Res};
use rusqlite::{Connection, params};
use std::{path::Path, sync::Mutex};

pub struct Sqlite {
    connection: Mutex<Connection>,
}

impl Sqlite {
    pub fn open(dir: &Path) -> Res<Self> {
        let connection = Connection::open(dir.join("store.sqlite"))?;
        connection.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;
             CREATE TABLE IF NOT EXISTS events(key BLOB PRIMARY KEY, event BLOB) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS ids(id BLOB PRIMARY KEY, entry BLOB) WITHOUT ROWID;",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }
}

impl Engine for Sqlite {
    fn commit(&self, ops: &[Op], sync: bool) -> Res<()> {
        let mut connection = self.connection.lock().unwrap();
        connection.pragma_update(None, "synchronous", if sync { "FULL" } else { "NORMAL" })?;
        let transaction = connection.transaction()?;
        {
            let mut put = transaction.prepare_cached("INSERT INTO events VALUES(?1,?2)")?;
            let mut remove = transaction.prepare_cached("DELETE FROM events WHERE key=?1")?;
            let mut index = transaction.prepare_cached("INSERT OR REPLACE INTO ids VALUES(?1,?2)")?;
            for op in ops {
                match op {
                    Op::Enqueue { key, id, event } => {
                        put.execute(params![key, event])?;
                        index.execute(params![id, key])?;
                    }
                    Op::Settle { key, id } => {
                        remove.execute(params![key])?;
                        index.execute(params![id, OUTCOME])?;
                    }
                }
            }
        }
        Ok(transaction.commit()?)
    }

    fn scan(&self, from: Key, max: usize) -> Res<Vec<(Key, Vec<u8>)>> {
        let connection = self.connection.lock().unwrap();
        let mut statement =
            connection.prepare_cached("SELECT key, event FROM events WHERE key>=?1 ORDER BY key LIMIT ?2")?;
        let rows = statement.query_map(params![from, max as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
