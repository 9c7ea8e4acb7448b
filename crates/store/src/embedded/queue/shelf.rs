//! Bytes that are kept for a while after an event's end, the oldest given up first: dead letters, and results.
//!
//! Each is kept under the request id, and stands in a line that is ordered by the time it was put there. Both are written
//! and removed in one batch, with the count and the sum of bytes, so that nothing has to be read to know how full it is.

use super::keys::{self, Place, number};
use super::record::malformed;
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk, Keyspace};
use lambent_domain::request_id::RequestId;
use std::collections::HashSet;

const FORM: u8 = 1;
/// Form and place, ahead of what is kept.
const HEAD_BYTES: usize = 17;

/// Which shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Failed events with their payload, in the form of an event's record.
    Letters,
    /// What functions returned.
    Results,
}

impl Kind {
    fn kept(self, disk: &Disk) -> &Keyspace {
        match self {
            Self::Letters => &disk.letters,
            Self::Results => &disk.results,
        }
    }

    fn line(self, disk: &Disk) -> &Keyspace {
        match self {
            Self::Letters => &disk.letters_line,
            Self::Results => &disk.results_line,
        }
    }

    /// A key that can't be a function's name.
    fn count_key(self) -> &'static str {
        match self {
            Self::Letters => "$letters",
            Self::Results => "$results",
        }
    }
}

/// How full a shelf is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) count: u64,
    pub(super) bytes: u64,
}

/// The oldest of a shelf.
#[derive(Debug)]
pub(super) struct Oldest {
    pub(super) place: Place,
    pub(super) request_id: [u8; 16],
    pub(super) bytes: u64,
}

/// One shelf, as the committer sees it.
#[derive(Debug)]
pub(super) struct Shelf {
    kind: Kind,
    fill: Fill,
    changed: bool,
    /// Nothing is left at or before this place, only traces of removals that a scan would wade through.
    behind: Option<Place>,
    /// Taken out by the batch that is being made; on the disk it is there still.
    taken: HashSet<[u8; 16]>,
}

impl Shelf {
    pub(super) fn open(kind: Kind, disk: &Disk) -> Result<Self, StorageError> {
        let fill = match disk.counts.get(kind.count_key())? {
            None => Fill::default(),
            Some(stored) => {
                let read = stored
                    .split_at_checked(8)
                    .and_then(|(count, bytes)| Some(Fill { count: number(count)?, bytes: number(bytes)? }));
                read.ok_or_else(|| malformed("count of what is kept"))?
            }
        };
        Ok(Self { kind, fill, changed: false, behind: None, taken: HashSet::new() })
    }

    pub(super) fn fill(&self) -> Fill {
        self.fill
    }

    /// Puts the bytes at the end of the line.
    pub(super) fn put(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        place: Place,
        request_id: RequestId,
        bytes: &[u8],
    ) {
        let id = *request_id.as_bytes();
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut kept = Vec::with_capacity(HEAD_BYTES + bytes.len());
        kept.push(FORM);
        kept.extend_from_slice(&place.to_bytes());
        kept.extend_from_slice(bytes);
        let mut line = [0; 24];
        let (line_id, line_length) = line.split_at_mut(16);
        line_id.copy_from_slice(&id);
        line_length.copy_from_slice(&length.to_be_bytes());
        batch.insert(self.kind.kept(disk), id, kept);
        batch.insert(self.kind.line(disk), place.to_bytes(), line);
        // A clock that stepped back files behind what was removed already; the scan has to start there again.
        self.behind = self.behind.filter(|behind| *behind < place);
        self.change(|fill| {
            fill.count += 1;
            fill.bytes += length;
        });
    }

    /// Takes the bytes out, if there are any that this batch has not taken out already.
    pub(super) fn take(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        id: [u8; 16],
    ) -> Result<Option<Vec<u8>>, StorageError> {
        if self.taken.contains(&id) {
            return Ok(None);
        }
        let Some(kept) = self.kind.kept(disk).get(id)? else { return Ok(None) };
        let (place, bytes) = split(&kept)?;
        self.taken.insert(id);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.remove(disk, batch, &Oldest { place, request_id: id, bytes: length });
        Ok(Some(bytes.to_vec()))
    }

    /// Removes what [`Shelf::oldest`] or [`Shelf::take`] has found.
    pub(super) fn remove(&mut self, disk: &Disk, batch: &mut Batch, found: &Oldest) {
        batch.remove(self.kind.kept(disk), found.request_id);
        batch.remove(self.kind.line(disk), found.place.to_bytes());
        self.change(|fill| {
            fill.count = fill.count.saturating_sub(1);
            fill.bytes = fill.bytes.saturating_sub(found.bytes);
        });
    }

    /// The first `max` of the line.
    pub(super) fn oldest(&self, disk: &Disk, max: usize) -> Result<Vec<Oldest>, StorageError> {
        if self.fill.count == 0 {
            return Ok(Vec::new());
        }
        let from = self.behind.map_or_else(Vec::new, |behind| behind.to_bytes().to_vec());
        let entries = self.kind.line(disk).range(from..).take(max);
        entries
            .map(|entry| {
                let (key, value) = entry?;
                let read = || -> Option<Oldest> {
                    let place = keys::place(&key)?;
                    let (id, bytes) = value.split_first_chunk::<16>()?;
                    Some(Oldest { place, request_id: *id, bytes: number(bytes)? })
                };
                read().ok_or_else(|| malformed("place of what is kept"))
            })
            .collect()
    }

    /// Nothing is left at or before this place, once the batch that removed it is written.
    pub(super) fn removed_up_to(&mut self, place: Place) {
        self.behind = Some(place);
    }

    /// Adds the count to the batch if it has changed; the batch is complete with that.
    pub(super) fn write(&mut self, disk: &Disk, batch: &mut Batch) {
        self.taken.clear();
        if std::mem::take(&mut self.changed) {
            let value = ((u128::from(self.fill.count) << 64) | u128::from(self.fill.bytes)).to_be_bytes();
            batch.insert(&disk.counts, self.kind.count_key(), value);
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Fill)) {
        change(&mut self.fill);
        self.changed = true;
    }
}

/// What is kept, without its head.
pub(super) fn split(kept: &[u8]) -> Result<(Place, &[u8]), StorageError> {
    let read = || -> Option<(Place, &[u8])> {
        let (head, bytes) = kept.split_at_checked(HEAD_BYTES)?;
        let (form, place) = head.split_first()?;
        (*form == FORM).then_some(())?;
        Some((Place::from_bytes(place)?, bytes))
    };
    read().ok_or_else(|| malformed("dead letter or result"))
}
