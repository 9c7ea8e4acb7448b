//! Lines of the outbox: on the disk the records of a target stand in a line of their own, in the order in which they are
//! due, so that a target that does not answer can be left alone whole, at no cost for the others.

use super::keys::{self, Place};
use super::record::malformed;
use crate::StorageError;
use crate::embedded::disk::{Entries, Keyspace};
use sha2::{Digest, Sha256};

/// Names the line of a target. Two targets whose hashes begin alike would share one and wait together, which by chance
/// does not happen and on purpose takes 2⁶⁴ tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line(u64);

impl Line {
    pub(super) fn of(target: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(target.as_bytes()).into();
        Self(digest.first_chunk().copied().map_or(0, u64::from_be_bytes))
    }

    /// Key of what stands at this place of the line.
    pub(super) fn key(self, place: Place) -> [u8; 24] {
        self.key_of(place.to_bytes())
    }

    fn key_of(self, place: [u8; 16]) -> [u8; 24] {
        let mut key = [0; 24];
        let (line, rest) = key.split_at_mut(8);
        line.copy_from_slice(&self.0.to_be_bytes());
        rest.copy_from_slice(&place);
        key
    }

    /// What stands in the line at this place and behind it.
    pub(super) fn from(self, outbox: &Keyspace, place: Place) -> Entries {
        outbox.range(self.key(place)..=self.key_of([u8::MAX; 16]))
    }
}

/// Every line that has a record, with the place of its first: one look-up for each, however many records there are.
pub(super) fn firsts(outbox: &Keyspace) -> Result<Vec<(Line, Place)>, StorageError> {
    let mut firsts = Vec::new();
    let mut from = Some(Line(0));
    while let Some(line) = from {
        let Some(entry) = outbox.range(line.key_of([0; 16])..).next() else { break };
        let (key, _) = entry?;
        let read = || {
            let (line, place) = key.split_first_chunk::<8>().filter(|(_, place)| place.len() == 16)?;
            Some((Line(u64::from_be_bytes(*line)), keys::place(place)?))
        };
        let (line, first) = read().ok_or_else(|| malformed("record's place"))?;
        firsts.push((line, first));
        from = line.0.checked_add(1).map(Line);
    }
    Ok(firsts)
}
