//! Keys of the queue's keyspaces. All numbers are big-endian, so that bytes sort as the values do.
//!
//! A function's name has no zero byte, so a zero behind it keeps `a` and `ab` apart and every function's keys together.

use super::record::malformed;
use crate::StorageError;
use crate::embedded::disk::Keyspace;
use fjall::UserKey;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::Priority;
use lambent_domain::time::Timestamp;
use std::ops::Bound;

/// An event's place in its function's order: in which lane, when it may run, then in which order it was written.
///
/// Each writing of an event (acceptance, then every retry) has a sequence number of its own, so a place is used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) lane: Priority,
    pub(super) due: Timestamp,
    pub(super) sequence: u64,
}

/// The first bit of a place says that it is in the lane of high events. Times do not need it: what is due behind the
/// last instant that leaves it free, in the year 292 million, is due then.
const HIGH_BIT: u64 = 1 << 63;

impl Place {
    const BYTES: usize = 16;

    /// In the lane of normal events, or in an order that has no lanes.
    pub(super) fn new(due: Timestamp, sequence: u64) -> Self {
        Self::in_lane(Priority::Normal, due, sequence)
    }

    pub(super) fn in_lane(lane: Priority, due: Timestamp, sequence: u64) -> Self {
        Self { lane, due: due.min(Timestamp::from_millis(HIGH_BIT - 1)), sequence }
    }

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let lane = if self.lane == Priority::High { HIGH_BIT } else { 0 };
        ((u128::from(lane | self.due.as_millis()) << 64) | u128::from(self.sequence)).to_be_bytes()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (due, sequence) = bytes.split_first_chunk::<8>()?;
        let due = u64::from_be_bytes(*due);
        let lane = if due & HIGH_BIT == 0 { Priority::Normal } else { Priority::High };
        let due = Timestamp::from_millis(due & !HIGH_BIT);
        Some(Self { lane, due, sequence: number(sequence)? })
    }
}

/// Reads eight bytes as a number.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// `name 0`, followed by `rest`.
fn behind_name(function: &FunctionName, rest: &[u8]) -> Vec<u8> {
    let name = function.as_str().as_bytes();
    let mut key = Vec::with_capacity(name.len() + 1 + rest.len());
    key.extend_from_slice(name);
    key.push(0);
    key.extend_from_slice(rest);
    key
}

/// Key of an event.
pub(super) fn event(function: &FunctionName, place: Place) -> Vec<u8> {
    behind_name(function, &place.to_bytes())
}

/// Both keys of a new event, from one allocation besides their own.
pub(super) fn event_and_history(function: &FunctionName, place: Place, accepted: u64) -> (UserKey, UserKey) {
    let mut key = event(function, place);
    let event = UserKey::from(key.as_slice());
    key.truncate(key.len() - Place::BYTES);
    key.extend_from_slice(&accepted.to_be_bytes());
    (event, UserKey::from(key.as_slice()))
}

/// Key of an event in the order of acceptance.
pub(super) fn history(function: &FunctionName, accepted: u64) -> Vec<u8> {
    behind_name(function, &accepted.to_be_bytes())
}

/// All keys of a function's events behind `after`, the normal ones before the high ones.
pub(super) fn events_behind(
    function: &FunctionName,
    after: Option<Place>,
) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let from = match after {
        Some(place) => Bound::Excluded(event(function, place)),
        None => Bound::Included(behind_name(function, &[])),
    };
    (from, Bound::Excluded(end(function)))
}

/// All keys of a function's events of one lane behind `after`, which is a place in it.
pub(super) fn lane_behind(
    function: &FunctionName,
    lane: Priority,
    after: Option<Place>,
) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let high = || event(function, Place::in_lane(Priority::High, Timestamp::from_millis(0), 0));
    let from = match (after, lane) {
        (Some(place), _) => Bound::Excluded(event(function, place)),
        (None, Priority::Normal) => Bound::Included(behind_name(function, &[])),
        (None, Priority::High) => Bound::Included(high()),
    };
    let to = if lane == Priority::High { end(function) } else { high() };
    (from, Bound::Excluded(to))
}

/// The place of a function's first event in a lane.
pub(super) fn first_in_lane(
    events: &Keyspace,
    function: &FunctionName,
    lane: Priority,
) -> Result<Option<Place>, StorageError> {
    let Some(first) = events.range(lane_behind(function, lane, None)).next() else { return Ok(None) };
    place(&first?.0).map(Some).ok_or_else(|| malformed("event's key"))
}

/// All keys of a function's history before `before`.
pub(super) fn history_before(
    function: &FunctionName,
    before: Option<u64>,
) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let to = before.map_or_else(|| end(function), |accepted| history(function, accepted));
    (Bound::Included(behind_name(function, &[])), Bound::Excluded(to))
}

/// All keys of a function's history behind `after`.
pub(super) fn history_behind(
    function: &FunctionName,
    after: Option<u64>,
) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let from = match after {
        Some(accepted) => Bound::Excluded(history(function, accepted)),
        None => Bound::Included(behind_name(function, &[])),
    };
    (from, Bound::Excluded(end(function)))
}

/// The keys of a function's history in `from..to`.
pub(super) fn history_within(
    function: &FunctionName,
    from: u64,
    to: u64,
) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    (Bound::Included(history(function, from)), Bound::Excluded(history(function, to)))
}

/// The function in a key of an event or of the history.
pub(super) fn function(key: &[u8]) -> Option<FunctionName> {
    let name = key.split(|byte| *byte == 0).next()?;
    FunctionName::new(std::str::from_utf8(name).ok()?).ok()
}

/// Behind the last key of a function: `name 1`.
pub(super) fn end(function: &FunctionName) -> Vec<u8> {
    let mut key = function.as_str().as_bytes().to_vec();
    key.push(1);
    key
}

/// The place in an event's key.
pub(super) fn place(key: &[u8]) -> Option<Place> {
    Place::from_bytes(key.last_chunk::<{ Place::BYTES }>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name() -> impl Strategy<Value = FunctionName> {
        "[a-zA-Z0-9_.-]{1,8}".prop_map(|text| FunctionName::new(&text).unwrap())
    }

    fn place_() -> impl Strategy<Value = Place> {
        (any::<bool>(), any::<u64>(), any::<u64>()).prop_map(|(high, due, sequence)| {
            let lane = if high { Priority::High } else { Priority::Normal };
            Place::in_lane(lane, Timestamp::from_millis(due), sequence)
        })
    }

    proptest! {
        #[test]
        fn keys_sort_as_function_and_place(a in name(), b in name(), p in place_(), q in place_()) {
            let (left, right) = (event(&a, p), event(&b, q));
            // Names sort as bytes with the shorter first, which is what the zero behind them does.
            prop_assert_eq!(left.cmp(&right), (a.as_str(), p).cmp(&(b.as_str(), q)));
            prop_assert_eq!(place(&left), Some(p));
            let (key, behind) = event_and_history(&a, p, p.sequence);
            prop_assert_eq!((key.to_vec(), behind.to_vec()), (left, history(&a, p.sequence)));
        }

        #[test]
        fn a_function_s_range_holds_its_own_keys_only(a in name(), b in name(), p in place_()) {
            use std::ops::RangeBounds;
            prop_assert_eq!(events_behind(&a, None).contains(&event(&b, p)), a == b);
            prop_assert!(!events_behind(&a, Some(p)).contains(&event(&a, p)));
            for lane in [Priority::Normal, Priority::High] {
                let is_in = a == b && p.lane == lane;
                prop_assert_eq!(lane_behind(&a, lane, None).contains(&event(&b, p)), is_in);
            }
            prop_assert!(!lane_behind(&a, p.lane, Some(p)).contains(&event(&a, p)));
        }
    }
}
