use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lambent_domain::time::{Clock, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::logs::{LogLimits, LogRecord};

#[derive(Debug, Default)]
struct SetClock(AtomicU64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn store(dir: &std::path::Path, segment_bytes: u64) -> LogStore {
    let limits = LogLimits {
        segment_bytes,
        open_groups_max: 4,
        retention_age: Duration::from_secs(3_600),
        ..LogLimits::default()
    };
    LogStore::open(dir, limits, Arc::new(SetClock(AtomicU64::new(1)))).unwrap()
}

fn write(store: &LogStore, stream: &str, timestamp: u64, message: &str) {
    let timestamp = Timestamp::from_millis(timestamp);
    store.writer("g", stream).append(&[LogRecord { timestamp, message: message.as_bytes() }]);
}

fn everything(_: &str) -> bool {
    true
}

fn query(direction: Direction) -> EventQuery<'static> {
    EventQuery {
        streams: StreamChoice::All,
        from: 0,
        before: u64::MAX,
        direction,
        cursor: None,
        events_max: 10_000,
        bytes_max: 1 << 20,
        matches: &everything,
    }
}

/// All pages from the first cursor on, each with its `(timestamp, message)` pairs.
fn pages(store: &LogStore, mut query: EventQuery<'_>) -> Vec<Vec<(u64, String)>> {
    let mut pages = Vec::new();
    loop {
        let page = store.events("g", &query).unwrap().unwrap();
        pages.push(page.events.into_iter().map(|event| (event.position.timestamp, event.message)).collect());
        assert!(pages.len() < 2_000, "the pages do not end");
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return pages,
        }
    }
}

#[test]
fn an_event_id_has_56_digits_and_comes_back() {
    let position = Position { timestamp: 1_700_000_000_123, segment: 42, offset: 99 };
    let digits = position.to_digits();
    assert_eq!(digits.len(), 56);
    assert_eq!(Position::from_digits(&digits), Some(position));
    assert_eq!(Position::from_digits(&digits[1..]), None);
    assert_eq!(Position::from_digits(&"9".repeat(56)), None, "more than a u64 holds");
    assert_eq!(Position::from_digits(&"é".repeat(28)), None);
}

#[test]
fn an_unknown_group_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), 1 << 20);
    drop(store.writer("g", "never written"));
    assert_eq!(store.events("g", &query(Direction::Forward)).unwrap(), None);
}

#[test]
fn a_page_has_no_holes_when_a_large_event_does_not_fit() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), 1 << 20);
    write(&store, "s", 2, &"x".repeat(600));
    write(&store, "s", 1, &"y".repeat(600));
    write(&store, "s", 3, "small");
    let limited = EventQuery { bytes_max: 1_000, ..query(Direction::Forward) };
    let times: Vec<Vec<u64>> =
        pages(&store, limited).iter().map(|page| page.iter().map(|event| event.0).collect()).collect();
    assert_eq!(times, [vec![1], vec![2, 3]]);
}

#[test]
fn the_range_is_half_open_and_streams_are_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), 200);
    for at in 0..20 {
        write(&store, if at % 2 == 0 { "even" } else { "odd" }, at, "m");
    }
    let names = ["odd".to_owned()];
    let chosen =
        EventQuery { from: 5, before: 9, streams: StreamChoice::Named(&names), ..query(Direction::Forward) };
    assert_eq!(pages(&store, chosen), [[(5, "m".to_owned()), (7, "m".to_owned())]]);
    let prefix = EventQuery { streams: StreamChoice::Prefix("ev"), before: 3, ..query(Direction::Backward) };
    assert_eq!(pages(&store, prefix), [[(0, "m".to_owned()), (2, "m".to_owned())]]);
}

#[test]
fn rubbish_is_readable_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), 1 << 20);
    let record = LogRecord { timestamp: Timestamp::from_millis(1), message: b"\xff\x00\xfeok\n" };
    store.writer("g", "s").append(&[record]);
    assert_eq!(pages(&store, query(Direction::Forward)), [[(1, "\u{fffd}\0\u{fffd}ok\n".to_owned())]]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    /// Whatever order events arrive in and however pages are cut, reading gives every event once, in order, in
    /// both directions, and the same after the store is opened again.
    #[test]
    fn pages_hold_every_event_once(
        events in prop::collection::vec((0_u64..30, "[a-z]{1,40}"), 0..120),
        events_max in 1_usize..20, bytes_max in 30_usize..500, segment_bytes in 100_u64..2_000,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let first = store(dir.path(), segment_bytes);
        write(&first, "s", 0, "first");
        for (at, (timestamp, message)) in events.iter().enumerate() {
            write(&first, &format!("s{}", at % 3), *timestamp, message);
        }
        let mut expected = vec![(0, "first".to_owned())];
        expected.extend(events.iter().cloned());
        // Stable: events of one millisecond stay in the order of their arrival.
        expected.sort_by_key(|(timestamp, _)| *timestamp);

        let second = store(dir.path(), segment_bytes);
        for store in [&first, &second] {
            let forward = EventQuery { events_max, bytes_max, ..query(Direction::Forward) };
            prop_assert_eq!(&pages(store, forward).concat(), &expected);
            let backward = EventQuery { events_max, bytes_max, ..query(Direction::Backward) };
            let mut from_behind = pages(store, backward);
            from_behind.reverse();
            prop_assert_eq!(&from_behind.concat(), &expected);
        }
    }
}
