//! Purges: all that waits of a function is over at once, and its records are removed behind it.
//!
//! A purge writes one mark, by which an event is over if it was written up to then and is not spared; those are spared
//! that run. The count changes with the mark, so that everything adds up from that moment on, through a restart too; the
//! events' records become outcomes in small batches, between other work of the committer.

use super::keys::{Place, number};
use super::record::{Reader, malformed};
use crate::StorageError;
use crate::embedded::disk::Disk;
use lambent_domain::arn::FunctionName;
use lambent_domain::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

const FORM: u8 = 1;

/// One function's purge whose records are not all removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purge {
    /// When it was asked for.
    pub(super) at: Timestamp,
    /// The last sequence number that had been written.
    pub(super) up_to: u64,
    /// Sequence numbers of events that ran.
    pub(super) spared: BTreeSet<u64>,
    /// Records that are not removed yet.
    pub(super) left: u64,
}

/// By function.
pub(super) type Purges = HashMap<FunctionName, Arc<Purge>>;

impl Purge {
    /// Whether the event that waits at this place is over.
    pub(super) fn covers(&self, place: Place) -> bool {
        place.sequence <= self.up_to && !self.spared.contains(&place.sequence)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        for value in [self.at.as_millis(), self.up_to, self.left].iter().chain(&self.spared) {
            bytes.extend_from_slice(&value.to_be_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reader(bytes);
        let [form] = rest.take()?;
        (form == FORM).then_some(())?;
        let at = Timestamp::from_millis(u64::from_be_bytes(rest.take()?));
        let up_to = u64::from_be_bytes(rest.take()?);
        let left = u64::from_be_bytes(rest.take()?);
        let spared = rest.0.chunks(8).map(number).collect::<Option<_>>()?;
        Some(Self { at, up_to, spared, left })
    }
}

/// Those that a restart goes on with.
pub(super) fn read(disk: &Disk) -> Result<Purges, StorageError> {
    let mut purges = Purges::new();
    for entry in disk.purges.iter() {
        let (key, value) = entry?;
        let read = || -> Option<(FunctionName, Purge)> {
            let function = FunctionName::new(std::str::from_utf8(&key).ok()?).ok()?;
            Some((function, Purge::from_bytes(&value)?))
        };
        let (function, purge) = read().ok_or_else(|| malformed("purge"))?;
        purges.insert(function, Arc::new(purge));
    }
    Ok(purges)
}

/// Whether the event that waits at this place is over.
pub(super) fn covers(purges: &Purges, function: &FunctionName, place: Place) -> bool {
    purges.get(function).is_some_and(|purge| purge.covers(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_purge_reads_back_as_written(at: u64, up_to: u64, left: u64, spared: BTreeSet<u64>) {
            let purge = Purge { at: Timestamp::from_millis(at), up_to, spared, left };
            prop_assert_eq!(Purge::from_bytes(&purge.to_bytes()), Some(purge));
        }

        #[test]
        fn noise_is_no_purge_or_another(noise: Vec<u8>) {
            let _ = Purge::from_bytes(&noise);
        }
    }

    #[test]
    fn what_ran_or_came_later_is_not_covered() {
        let at = Timestamp::from_millis(9);
        let purge = Purge { at, up_to: 7, spared: BTreeSet::from([3]), left: 1 };
        let covered = [2, 3, 7, 8].map(|sequence| purge.covers(Place::new(at, sequence)));
        assert_eq!(covered, [true, false, true, false]);
    }
}
