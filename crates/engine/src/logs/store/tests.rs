use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use super::super::{Direction, EventQuery, StreamChoice, StreamOrder, StreamQuery};
use super::*;

#[derive(Debug, Default)]
struct SetClock(AtomicU64);

impl SetClock {
    fn set(&self, now: u64) {
        self.0.store(now, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

struct Fixture {
    dir: tempfile::TempDir,
    clock: Arc<SetClock>,
    limits: LogLimits,
}

impl Fixture {
    fn new() -> Fixture {
        let limits = LogLimits { segment_bytes: 1_000, ..LogLimits::default() };
        Fixture {
            dir: tempfile::tempdir().unwrap(),
            clock: Arc::new(SetClock(AtomicU64::new(1_000))),
            limits,
        }
    }

    fn open(&self) -> LogStore {
        let clock: Arc<SetClock> = Arc::clone(&self.clock);
        LogStore::open(self.dir.path(), self.limits.clone(), clock).unwrap()
    }

    fn segments(&self, group: &str) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(self.dir.path().join(folder_name(group)))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        paths
    }
}

fn append(store: &LogStore, group: &str, stream: &str, timestamp: u64, message: &str) {
    let timestamp = Timestamp::from_millis(timestamp);
    store.writer(group, stream).append(&[LogRecord { timestamp, message: message.as_bytes() }]);
}

fn messages(store: &LogStore, group: &str) -> Vec<String> {
    let everything = |_: &str| true;
    let query = EventQuery {
        streams: StreamChoice::All,
        from: 0,
        before: u64::MAX,
        direction: Direction::Forward,
        cursor: None,
        events_max: 10_000,
        bytes_max: 1 << 20,
        matches: &everything,
    };
    let page = store.events(group, &query).unwrap().unwrap();
    page.events.into_iter().map(|event| event.message).collect()
}

#[test]
fn names_stay_out_of_the_file_system() {
    let fixture = Fixture::new();
    let store = fixture.open();
    for group in ["../../escape", "/aws/lambda/../..", "\0", "a\nb", &"x".repeat(512)] {
        append(&store, group, "../stream", 1, "m");
        assert_eq!(messages(&store, group), ["m"]);
    }
    assert_eq!(fs::read_dir(fixture.dir.path()).unwrap().count(), 5);
    let found = fixture.open().groups(NameMatch::All, None, 10).groups;
    assert!(found.iter().any(|group| &*group.name == "../../escape"));
}

#[test]
fn a_torn_tail_is_cut_and_writing_goes_on() {
    for garbage in [&b"\x40\0\0\0\x01\x02\x03\x04half a frame"[..], &[0; 64], b"\xff\xff\xff\xff"] {
        let fixture = Fixture::new();
        append(&fixture.open(), "g", "s", 1, "before");
        let path = fixture.segments("g").pop().unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(garbage).unwrap();

        let store = fixture.open();
        assert_eq!(messages(&store, "g"), ["before"]);
        append(&store, "g", "s", 2, "behind");
        assert_eq!(messages(&store, "g"), ["before", "behind"]);
        assert_eq!(messages(&fixture.open(), "g"), ["before", "behind"]);
    }
}

#[test]
fn a_segment_cut_anywhere_keeps_its_whole_records_and_takes_more() {
    let fixture = Fixture::new();
    append(&fixture.open(), "g", "s", 1, "one");
    append(&fixture.open(), "g", "s", 2, "two");
    let path = fixture.segments("g").pop().unwrap();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let store = fixture.open();
        append(&store, "g", "s", 3, "three");
        let found = messages(&store, "g");
        let kept: Vec<&str> = found.iter().map(String::as_str).collect();
        assert!(
            [&["three"][..], &["one", "three"], &["one", "two", "three"]].contains(&&kept[..]),
            "cut at {length}: {kept:?}"
        );
        assert_eq!(messages(&fixture.open(), "g"), found, "cut at {length}");
        // A file shorter than its header has been put aside, not overwritten.
        for path in fixture.segments("g") {
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn size_retention_removes_the_oldest_segments() {
    let mut fixture = Fixture::new();
    fixture.limits.retention_bytes_per_group = 5_000;
    let store = fixture.open();
    for at in 0..200 {
        append(&store, "g", "s", at, &format!("{at:0100}"));
    }
    let bytes: u64 = fixture.segments("g").iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!((3_000..=6_500).contains(&bytes), "{bytes}");
    assert_eq!(store.groups(NameMatch::All, None, 1).groups[0].stored_bytes, bytes);
    let kept = messages(&store, "g");
    assert_eq!(kept.last(), Some(&format!("{:0100}", 199)));
    assert!(kept.len() < 60);
}

#[test]
fn age_retention_empties_a_group_but_keeps_its_name() {
    let mut fixture = Fixture::new();
    fixture.limits.retention_age = Duration::from_secs(60);
    let store = fixture.open();
    append(&store, "g", "s", 1, "old");
    store.enforce(Timestamp::from_millis(61_000));
    assert_eq!(messages(&store, "g"), ["old"]);

    fixture.clock.set(61_001);
    store.enforce(Timestamp::from_millis(61_001));
    assert!(messages(&store, "g").is_empty());
    let left = fixture.segments("g");
    store.enforce(Timestamp::from_millis(500_000));
    assert_eq!(fixture.segments("g"), left, "an idle group is left alone");

    let store = fixture.open();
    let groups = store.groups(NameMatch::All, None, 10).groups;
    assert_eq!((&*groups[0].name, groups[0].created), ("g", 1_000));
    append(&store, "g", "s", 2, "new");
    assert_eq!(messages(&store, "g"), ["new"]);
}

#[test]
fn thousands_of_groups_hold_few_files_open() {
    let mut fixture = Fixture::new();
    fixture.limits.open_groups_max = 8;
    let store = fixture.open();
    for round in 0..2 {
        for group in 0..500 {
            append(&store, &format!("g{group}"), "s", round, &format!("{round}"));
            assert!(store.open_group_count() <= 8);
        }
    }
    assert_eq!(messages(&store, "g17"), ["0", "1"]);
    let reopened = fixture.open();
    assert_eq!(reopened.groups(NameMatch::All, None, 1_000).groups.len(), 500);
}

#[test]
fn groups_are_listed_by_prefix_and_part_in_pages() {
    let fixture = Fixture::new();
    let store = fixture.open();
    for group in ["a", "b1", "b2", "b3", "c"] {
        append(&store, group, "s", 1, "m");
    }
    drop(store.writer("b0", "never written"));
    let names = |page: &GroupPage| -> Vec<String> {
        page.groups.iter().map(|group| group.name.to_string()).collect()
    };
    let first = store.groups(NameMatch::Prefix("b"), None, 2);
    assert_eq!((names(&first), first.more), (vec!["b1".into(), "b2".into()], true));
    let second = store.groups(NameMatch::Prefix("b"), Some("b2"), 2);
    assert_eq!((names(&second), second.more), (vec!["b3".into()], false));
    assert_eq!(names(&store.groups(NameMatch::Containing("2"), None, 9)), ["b2"]);
    assert_eq!(store.groups(NameMatch::Prefix("b"), Some("a"), 9).groups.len(), 3);
}

#[test]
fn streams_are_merged_over_segments_and_listed_in_both_orders() {
    let fixture = Fixture::new();
    let store = fixture.open();
    for at in 0..100_u64 {
        fixture.clock.set(1_000 + at);
        append(&store, "g", &format!("s{}", at % 10), 100 - at, &"m".repeat(50));
    }
    assert!(fixture.segments("g").len() > 5);
    let query =
        StreamQuery { prefix: "", order: StreamOrder::Name, descending: false, after: None, limit: 4 };
    for store in [&store, &fixture.open()] {
        let first = store.streams("g", &query).unwrap().unwrap();
        assert_eq!(first.streams.len(), 4);
        assert_eq!(&*first.streams[3].name, "s3");
        assert_eq!(first.streams[3].first_event, 7);
        assert_eq!(first.streams[3].last_event, 97);
        assert_eq!((first.streams[3].created, first.streams[3].last_ingestion), (1_003, 1_093));
        let after = first.next.unwrap();
        let second =
            store.streams("g", &StreamQuery { after: Some(&after), limit: 50, ..query.clone() }).unwrap();
        assert_eq!(second.unwrap().streams.len(), 6);
        let newest = StreamQuery { order: StreamOrder::LastEvent, descending: true, ..query.clone() };
        let newest = store.streams("g", &newest).unwrap().unwrap();
        assert_eq!(&*newest.streams[0].name, "s0");
        assert_eq!(newest.next.unwrap().last_event, 97);
    }
    assert_eq!(store.has_stream("g", "s7").unwrap(), Some(true));
    assert_eq!(store.has_stream("g", "nope").unwrap(), Some(false));
    assert_eq!(store.has_stream("nope", "s7").unwrap(), None);
}

#[test]
fn a_long_message_becomes_several_records_and_an_empty_one_none() {
    let mut fixture = Fixture::new();
    fixture.limits.record_bytes_max = 10;
    let store = fixture.open();
    append(&store, "g", "s", 1, "");
    assert!(store.groups(NameMatch::All, None, 1).groups.is_empty());
    append(&store, "g", "s", 1, "0123456789abcdefghijXYZ");
    assert_eq!(messages(&store, "g"), ["0123456789", "abcdefghij", "XYZ"]);
}

#[test]
fn what_cannot_be_written_is_counted_and_writing_recovers() {
    let fixture = Fixture::new();
    let store = fixture.open();
    // A file where the group's folder should be makes every attempt fail, for root too.
    let obstacle = fixture.dir.path().join(folder_name("g"));
    fs::write(&obstacle, b"").unwrap();
    append(&store, "g", "s", 1, "lost");
    append(&store, "g", "s", 1, "lost");
    let health = store.health();
    assert!(health.failing && health.last_error.is_some());
    assert_eq!(health.dropped_records, 2);

    fs::remove_file(&obstacle).unwrap();
    fixture.clock.set(3_000);
    append(&store, "g", "s", 2, "kept");
    assert_eq!(messages(&store, "g"), ["kept"]);
    assert!(!store.health().failing);
    assert_eq!(store.dropped_records(), 2);
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let mut fixture = Fixture::new();
    fixture.limits.open_groups_max = 2;
    let store = fixture.open();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for at in 0..300 {
                    append(store, &format!("g{}", at % 5), &format!("t{thread}"), at, "0123456789");
                }
            });
        }
    });
    let found: usize = (0..5).map(|group| messages(&store, &format!("g{group}")).len()).sum();
    assert_eq!((found, store.dropped_records()), (1_200, 0));
}
