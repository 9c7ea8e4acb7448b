//! The engine's journal after a power failure: what to do with a last batch of which not every sector arrived.
//!
//! The engine cuts off by itself a batch that ends too early or stops making sense. One that has its beginning and its end
//! and a hole between them it refuses to open, with everything before it. But what stands in the journal from such a
//! batch on was never flushed, or the hole would not be there, so nobody was told that it is kept: it is cut off like the
//! others. It is put aside and not deleted, because a disk that loses what it had flushed looks the same.
//!
//! A batch is `1, items: u32, sequence: u64`, its items, `3, checksum: u64, "FJL" 3`; an item is `2, kind: u8,
//! compression: u8, keyspace: u64, bytes of the key: u16, of the value: u32, of the value as it is stored: u32`, key and
//! value, or `4, keyspace: u64`. The checksum is XXH3 over the items. Numbers are little endian.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: [u8; 4] = *b"FJL\x03";
/// How much of an item is in memory at a time.
const CHUNK: usize = 1 << 14;

/// Cuts a broken last batch, and what follows it, off the journal that was being written; says whether there was one.
pub(super) fn cut_broken_tail(db: &Path) -> io::Result<bool> {
    let Some(path) = newest(db)? else { return Ok(false) };
    let Some(tail) = find_broken(&path)? else { return Ok(false) };
    let mut journal = File::options().read(true).write(true).open(&path)?;
    let aside = path.with_extension(format!("jnl.cut-at-{}", tail.start));
    journal.seek(SeekFrom::Start(tail.start))?;
    let mut kept = File::create(&aside)?;
    io::copy(&mut Read::by_ref(&mut journal).take(tail.end - tail.start), &mut kept)?;
    kept.sync_all()?;
    journal.set_len(tail.start)?;
    journal.sync_all()?;
    File::open(db)?.sync_all()?;
    tracing::error!(
        journal = %path.display(), aside = %aside.display(), bytes = tail.end - tail.start,
        batches_whole = tail.whole_batches,
        "the end of the journal is damaged, as by a power failure, and was cut off; nothing acknowledged is missing \
         unless the disk lost what it had flushed"
    );
    Ok(true)
}

/// The journal with the highest number: the others were flushed whole before it was begun.
fn newest(db: &Path) -> io::Result<Option<PathBuf>> {
    let mut newest = None;
    for entry in fs::read_dir(db)? {
        let path = entry?.path();
        let number =
            path.file_name().and_then(|name| name.to_str()?.strip_suffix(".jnl")?.parse::<u64>().ok());
        newest = newest.max(number.map(|number| (number, path)));
    }
    Ok(newest.map(|(_, path)| path))
}

/// From the first broken batch to the end of what is written.
#[derive(Debug, PartialEq, Eq)]
struct Tail {
    start: u64,
    end: u64,
    whole_batches: u64,
}

fn find_broken(path: &Path) -> io::Result<Option<Tail>> {
    let mut reader = Reader { from: BufReader::new(File::open(path)?), at: 0, hash: Xxh3::new() };
    let mut tail: Option<Tail> = None;
    loop {
        let start = reader.at;
        let found = match reader.batch() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Found::Nothing,
            found => found?,
        };
        match (found, &mut tail) {
            (Found::Nothing, _) => return Ok(tail),
            (Found::Broken, None) => tail = Some(Tail { start, end: reader.at, whole_batches: 0 }),
            (Found::Broken, Some(tail)) => tail.end = reader.at,
            (Found::Whole, Some(tail)) => {
                (tail.end, tail.whole_batches) = (reader.at, tail.whole_batches + 1)
            }
            (Found::Whole, None) => {}
        }
    }
}

enum Found {
    /// As it was written.
    Whole,
    /// It has an end, and not all that belongs before it.
    Broken,
    /// No batch, or one without an end: the engine knows what to do.
    Nothing,
}

struct Reader<R> {
    from: R,
    at: u64,
    hash: Xxh3,
}

impl<R: Read> Reader<R> {
    fn batch(&mut self) -> io::Result<Found> {
        if self.take::<1>()? != [START] {
            return Ok(Found::Nothing);
        }
        let items = u32::from_le_bytes(self.take()?);
        let _sequence: [u8; 8] = self.take()?;
        self.hash.reset();
        let mut found = 0_u32;
        loop {
            let [tag] = self.take()?;
            match tag {
                ITEM => self.item()?,
                CLEAR => {
                    let keyspace: [u8; 8] = self.take()?;
                    self.hash.update(&[CLEAR]);
                    self.hash.update(&keyspace);
                }
                END => {
                    let checksum = u64::from_le_bytes(self.take()?);
                    let is_end = self.take()? == TRAILER;
                    let is_whole = found == items && self.hash.digest() == checksum;
                    return Ok(match (is_end, is_whole) {
                        (true, true) => Found::Whole,
                        (true, false) => Found::Broken,
                        (false, _) => Found::Nothing,
                    });
                }
                _ => return Ok(Found::Nothing),
            }
            found = found.saturating_add(1);
        }
    }

    fn item(&mut self) -> io::Result<()> {
        let kind: [u8; 2] = self.take()?;
        let keyspace: [u8; 8] = self.take()?;
        let key_bytes: [u8; 2] = self.take()?;
        let value_bytes: [u8; 4] = self.take()?;
        let stored_bytes: [u8; 4] = self.take()?;
        for part in [&[ITEM][..], &kind, &keyspace, &key_bytes, &value_bytes, &stored_bytes] {
            self.hash.update(part);
        }
        let mut left = u64::from(u16::from_le_bytes(key_bytes)) + u64::from(u32::from_le_bytes(stored_bytes));
        let mut chunk = [0; CHUNK];
        while left > 0 {
            let length = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let Some(part) = chunk.get_mut(..length) else { break };
            self.from.read_exact(part)?;
            self.hash.update(part);
            let read = u64::try_from(length).unwrap_or(left);
            (self.at, left) = (self.at + read, left - read);
        }
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        self.at += u64::try_from(N).unwrap_or_default();
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
    use std::os::unix::fs::FileExt;

    const BATCHES: u8 = 5;

    fn open(dir: &Path) -> fjall::Result<(Database, Keyspace)> {
        let db = Database::builder(dir).open()?;
        let keyspace = db.keyspace("k", KeyspaceCreateOptions::default)?;
        Ok((db, keyspace))
    }

    /// Batches of two values that no compression makes smaller; gives where the journal ended after each.
    fn write(dir: &Path) -> Vec<u64> {
        let (db, keyspace) = open(dir).unwrap();
        let journal = File::open(newest(dir).unwrap().unwrap()).unwrap();
        let mut bytes = vec![0; 1 << 16];
        let mut ends = Vec::new();
        for number in 0..BATCHES {
            let mut batch = db.batch().durability(Some(PersistMode::SyncAll));
            for key in [[number, 0], [number, 1]] {
                batch.insert(&keyspace, key, vec![number + 1; 2_000]);
            }
            batch.commit().unwrap();
            journal.read_exact_at(&mut bytes, 0).unwrap();
            ends.push(u64::try_from(bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1).unwrap());
        }
        ends
    }

    fn damage(dir: &Path, at: u64, bytes: &[u8]) {
        let journal = File::options().write(true).open(newest(dir).unwrap().unwrap()).unwrap();
        journal.write_all_at(bytes, at).unwrap();
    }

    fn batches_there(dir: &Path) -> Vec<u8> {
        let (_db, keyspace) = open(dir).unwrap();
        let has = |number: u8, half: u8| keyspace.get([number, half]).unwrap().is_some();
        (0..BATCHES).filter(|number| has(*number, 0) && has(*number, 1)).collect()
    }

    #[test]
    fn a_hole_in_the_last_batch_is_cut_off_and_kept_aside() {
        let dir = tempfile::tempdir().unwrap();
        let ends = write(dir.path());
        damage(dir.path(), ends[3] + 1_000, &[0; 512]);
        let refused = open(dir.path()).map(drop).unwrap_err();
        assert!(matches!(refused, fjall::Error::JournalRecovery(_)), "what this is for: {refused}");
        assert!(cut_broken_tail(dir.path()).unwrap());
        let aside = dir.path().join(format!("0.jnl.cut-at-{}", ends[3]));
        assert_eq!(fs::metadata(aside).unwrap().len(), ends[4] - ends[3]);
        assert_eq!(batches_there(dir.path()), [0, 1, 2, 3]);
        assert!(!cut_broken_tail(dir.path()).unwrap(), "there is nothing left to cut");
        assert_eq!(batches_there(dir.path()), [0, 1, 2, 3], "and it opens again");
    }

    #[test]
    fn what_follows_a_broken_batch_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let ends = write(dir.path());
        damage(dir.path(), ends[1] + 3_000, b"damage");
        let tail = find_broken(&newest(dir.path()).unwrap().unwrap()).unwrap();
        assert_eq!(tail, Some(Tail { start: ends[1], end: ends[4], whole_batches: 2 }));
        assert!(cut_broken_tail(dir.path()).unwrap());
        assert_eq!(batches_there(dir.path()), [0, 1]);
    }

    #[test]
    fn a_sound_journal_and_one_that_only_ends_early_are_left_to_the_engine() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!cut_broken_tail(dir.path()).unwrap(), "no journal at all");
        let ends = write(dir.path());
        assert!(!cut_broken_tail(dir.path()).unwrap());
        for cut in [ends[4] - 1, ends[4] - 700, ends[3] + 5] {
            let journal = File::options().write(true).open(newest(dir.path()).unwrap().unwrap()).unwrap();
            journal.set_len(cut).unwrap();
            assert!(!cut_broken_tail(dir.path()).unwrap());
        }
        assert_eq!(batches_there(dir.path()), [0, 1, 2, 3]);
    }
}
