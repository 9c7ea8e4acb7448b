//! Measures the log store beside its limit: the same bytes written to a plain file with as many calls.
//!
//! `cargo run --release -p lambent-engine --example log_throughput`

#![expect(clippy::print_stdout, reason = "it prints what it measures")]

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::logs::{
    Direction, EventQuery, LogLimits, LogRecord, LogStore, NameMatch, StreamChoice, StreamOrder, StreamQuery,
};

const BATCHES: u64 = 200_000;
const GROUPS: u64 = 10_000;
const MESSAGES: [&[u8]; 3] = [
    b"START RequestId: 6960f94b-add0-473c-ab1a-f854a3f92817 Version: $LATEST\n",
    b"END RequestId: 6960f94b-add0-473c-ab1a-f854a3f92817\n",
    b"REPORT RequestId: 6960f94b-add0-473c-ab1a-f854a3f92817\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n",
];

/// A millisecond for every reading, so that events are spread over time.
#[derive(Debug, Default)]
struct Ticks(AtomicU64);

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    limit(&dir.path().join("plain"))?;
    for threads in [1, 2] {
        for one_group in [true, false] {
            appends(&dir.path().join(format!("appends-{threads}-{one_group}")), threads, one_group)?;
        }
    }
    reads(&dir.path().join("appends-1-true"))?;
    many_groups(&dir.path().join("groups"))?;
    Ok(())
}

fn rate(what: &str, records: u64, took: Duration) {
    println!("{what}: {:.0} thousand records/s", num(records) / took.as_secs_f64() / 1_000.0);
}

fn num(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn limit(path: &Path) -> io::Result<()> {
    let batch = MESSAGES.concat();
    let mut file = File::create(path)?;
    let begun = Instant::now();
    for _ in 0..BATCHES {
        file.write_all(&batch)?;
    }
    rate("limit: write() of 3 lines, 1 thread", 3 * BATCHES, begun.elapsed());
    Ok(())
}

fn appends(dir: &Path, threads: u64, one_group: bool) -> io::Result<()> {
    let store = LogStore::open(dir, LogLimits::default(), Arc::new(Ticks::default()))?;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let group = if one_group { "g".to_owned() } else { format!("g{thread}") };
            let writer = store.writer(&group, &format!("2025/09/02/[$LATEST]{thread:032x}"));
            scope.spawn(move || {
                for batch in 0..BATCHES {
                    let timestamp = Timestamp::from_millis(1_700_000_000_000 + batch);
                    writer.append(&MESSAGES.map(|message| LogRecord { timestamp, message }));
                }
            });
        }
    });
    let place = if one_group { "one group" } else { "a group each" };
    rate(
        &format!("append of 3 records, {threads} thread(s), {place}"),
        3 * threads * BATCHES,
        begun.elapsed(),
    );
    println!("  dropped: {}", store.dropped_records());
    Ok(())
}

fn reads(dir: &Path) -> io::Result<()> {
    let store = LogStore::open(dir, LogLimits::default(), Arc::new(Ticks::default()))?;
    let stored: u64 =
        store.groups(NameMatch::All, None, 1).groups.iter().map(|group| group.stored_bytes).sum();
    println!("a group of {} MiB, opened again:", stored >> 20);
    let nothing = |_: &str| false;
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
    let streams =
        StreamQuery { prefix: "", order: StreamOrder::LastEvent, descending: true, after: None, limit: 50 };
    let begun = Instant::now();
    store.streams("g", &streams)?;
    println!("  streams: {:?}", begun.elapsed());
    for (what, query) in [
        ("first page", query),
        ("first page again", query),
        ("last page", EventQuery { direction: Direction::Backward, ..query }),
        ("a page of a pattern that never matches", EventQuery { matches: &nothing, ..query }),
    ] {
        let begun = Instant::now();
        let events = store.events("g", &query)?.map_or(0, |page| page.events.len());
        println!("  {what}: {events} events, {:?}", begun.elapsed());
    }
    Ok(())
}

fn many_groups(dir: &Path) -> io::Result<()> {
    let store = LogStore::open(dir, LogLimits::default(), Arc::new(Ticks::default()))?;
    let timestamp = Timestamp::from_millis(1_700_000_000_000);
    let begun = Instant::now();
    for group in 0..GROUPS {
        let writer = store.writer(&format!("/aws/lambda/function-{group}"), "s");
        writer.append(&MESSAGES.map(|message| LogRecord { timestamp, message }));
    }
    println!(
        "{GROUPS} new groups: {:?}, {} open files",
        begun.elapsed(),
        std::fs::read_dir("/proc/self/fd")?.count()
    );
    drop(store);
    let begun = Instant::now();
    let store = LogStore::open(dir, LogLimits::default(), Arc::new(Ticks::default()))?;
    println!("opening {GROUPS} groups: {:?}, {} KiB resident in all", begun.elapsed(), resident_kib()?);
    let begun = Instant::now();
    store.enforce(timestamp);
    println!("retention over {GROUPS} groups: {:?}", begun.elapsed());
    Ok(())
}

fn resident_kib() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}
