//! E1 by force: a process that enqueues is killed with SIGKILL in the middle of it, and every event it had been told was
//! accepted is there afterwards, once, and is delivered.
//!
//! The process is this test binary again, running the ignored test [`child`].

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its helpers are outside of test functions"
)]

use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, EventState, Priority};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::embedded::{EmbeddedQueue, EmbeddedStore, Options};
use lambent_store::queue::{EventQueue, Settlement};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const DIR: &str = "LAMBENT_TEST_CRASH_DIR";
const FIRST: &str = "LAMBENT_TEST_CRASH_FIRST";
const CALLERS: u64 = 16;
const ROUNDS: u64 = 4;
const LEASE: Duration = Duration::from_secs(600);
const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn open(dir: &Path) -> EmbeddedStore {
    EmbeddedStore::open(dir, Options::default(), Arc::new(Standing)).unwrap()
}

fn function(number: u64) -> FunctionName {
    FunctionName::new(&format!("f{}", number % 3)).unwrap()
}

fn event(number: u64) -> Event {
    Event {
        request_id: RequestId::from_bytes(u128::from(number).to_be_bytes()),
        function: function(number),
        qualifier: None,
        payload: Bytes::from(vec![b'x'; 512]),
        trace: None,
        tenant_id: None,
        accepted_at: NOW,
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    }
}

fn number(id: RequestId) -> u64 {
    u128::from_be_bytes(*id.as_bytes()).try_into().unwrap()
}

/// Enqueues and settles for ever; prints `+n` once event n is accepted and `-n` once it is settled.
#[test]
#[ignore = "is started, and killed, by the other test"]
fn child() {
    let (Some(dir), Some(first)) = (std::env::var_os(DIR), std::env::var_os(FIRST)) else { return };
    let first: u64 = first.to_str().unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let queue = open(Path::new(&dir)).events;
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for caller in 0..CALLERS {
            tasks.spawn(enqueue_for_ever(Arc::clone(&queue), first + caller));
        }
        tasks.spawn(settle_for_ever(queue));
        tasks.join_next().await.unwrap().unwrap();
    });
}

/// One write, so that a line is whole or missing.
fn say(sign: char, number: u64) {
    std::io::stdout().write_all(format!("{sign}{number}\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

async fn enqueue_for_ever(queue: Arc<EmbeddedQueue>, mut number: u64) {
    loop {
        queue.enqueue(event(number)).await.unwrap();
        say('+', number);
        number += CALLERS;
    }
}

/// Settles the even ones and keeps the odd ones leased.
async fn settle_for_ever(queue: Arc<EmbeddedQueue>) {
    let settlement = Settlement::without_run(Disposition::Succeeded, NOW);
    loop {
        let function = queue.next_ready().await;
        loop {
            let deliveries = queue.receive(&function, 8, LEASE, NOW).await.unwrap();
            if deliveries.is_empty() {
                break;
            }
            for delivery in deliveries {
                let number = number(delivery.event.request_id);
                if number.is_multiple_of(2) {
                    queue.settle(delivery, settlement.clone()).await.unwrap();
                    say('-', number);
                }
            }
        }
    }
}

/// Lets the child work until it has said so much, kills it, and returns what it had said.
fn run_and_kill(dir: &Path, first: u64, lines: usize) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env(DIR, dir)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut accepted, mut settled) = (BTreeSet::new(), BTreeSet::new());
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut take = |line: String| {
        if let Some(number) = line.strip_prefix('+').and_then(|number| number.parse().ok()) {
            accepted.insert(number);
        } else if let Some(number) = line.strip_prefix('-').and_then(|number| number.parse().ok()) {
            settled.insert(number);
        }
    };
    said.by_ref().take(lines).for_each(&mut take);
    child.kill().unwrap();
    // What was said before the kill and not yet read counts as well.
    said.for_each(&mut take);
    child.wait().unwrap();
    (accepted, settled)
}

#[tokio::test]
async fn what_was_accepted_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let (mut accepted, mut settled) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..ROUNDS {
        let lines = usize::try_from(200 + round * 371).unwrap();
        let (more, done) = run_and_kill(dir.path(), round * 10_000_000, lines);
        assert!(!more.is_empty(), "the child accepted nothing");
        accepted.extend(more);
        settled.extend(done);
        let store = open(dir.path());
        for number in &accepted {
            let status = store.events.status(event(*number).request_id).await.unwrap();
            let state = status.unwrap_or_else(|| panic!("event {number} of round {round} is lost")).state;
            let done = settled.contains(number);
            assert!(if done { state == EventState::Succeeded } else { state != EventState::Running });
        }
    }
    let store = open(dir.path());
    let mut delivered = BTreeMap::<u64, u32>::new();
    for kind in 0..3 {
        loop {
            let deliveries = store.events.receive(&function(kind), 64, LEASE, NOW).await.unwrap();
            if deliveries.is_empty() {
                break;
            }
            for delivery in deliveries {
                let number = number(delivery.event.request_id);
                assert_eq!(delivery.event, event(number));
                *delivered.entry(number).or_default() += 1;
            }
        }
    }
    assert!(delivered.values().all(|times| *times == 1), "delivered twice in one life of the server");
    assert!(settled.iter().all(|number| !delivered.contains_key(number)), "settled and delivered again");
    for number in accepted.iter().filter(|number| !number.is_multiple_of(2)) {
        assert!(delivered.contains_key(number), "event {number} was accepted and not delivered");
    }
    println!(
        "accepted {}, settled {}, delivered at the end {}",
        accepted.len(),
        settled.len(),
        delivered.len()
    );
}
