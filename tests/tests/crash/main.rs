//! E1 and E2 on the real binary: whatever was answered 202 comes to its one end, though the server is killed again and
//! again.
//!
//! In each round a server is started on the same data directory, callers use it, and it gets `SIGKILL` after a random time.
//! Here only events that succeed are sent, and every process of the server is looked after; [`whole`] does all that can be
//! done with an event. A failing run prints its seed; `LAMBENT_TEST_SEED` runs it again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends with what it did not expect, and says what it does"
)]

mod ledger;
mod proof;
mod whole;
mod workload;

use lambent_tests::server::{descendants, is_alive, wait_for};
use lambent_tests::{Chance, Package, Server, http, runtime};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CALLERS: usize = 4;
/// Bounds the backlog, so that the test's length depends on the rounds alone.
const EVENTS_PER_ROUND_MAX: u64 = 400;
const FUNCTION: &str = "
def handler(event, context):
    print('ran %d' % event['n'])
";

#[test]
fn crash_after_crash_every_accepted_event_is_run() {
    let rounds = if lambent_tests::is_long() { 50 } else { 5 };
    let mut chance = Chance::new();
    let numbers = Arc::new(AtomicU64::new(0));
    let mut accepted: HashMap<String, u64> = HashMap::new();

    let mut server = Server::start();
    server.create_function(
        "count",
        runtime::python(),
        "app.handler",
        Package::of("app.py", FUNCTION),
        json!({}),
    );
    for round in 1..=rounds {
        // At least one environment is there to be left behind.
        assert_eq!(server.invoke("count", r#"{"n": 0}"#).status, 200);
        let life = Duration::from_millis(chance.within(50..600));
        accepted.extend(load_and_kill(&mut server, life, &numbers));
        println!("round {round}: killed after {life:?}, {} accepted so far", accepted.len());
        server = server.restart();
    }
    assert!(!accepted.is_empty(), "nothing was accepted in {rounds} rounds");
    for id in accepted.keys() {
        let event = server.settled(id, Duration::from_secs(120));
        assert_eq!(event["state"], "succeeded", "{event}");
    }
    let runs = runs_in_log(&server);
    let missing: Vec<&u64> = accepted.values().filter(|number| !runs.contains_key(number)).collect();
    assert!(missing.is_empty(), "accepted and not run: {missing:?}");
    let executed: HashSet<&u64> = accepted.values().collect();
    let repeated: usize = executed.iter().filter_map(|number| runs.get(number)).map(|times| times - 1).sum();
    println!("accepted {}, executed {}, repeated {repeated}", accepted.len(), executed.len());

    let family = descendants(server.pid());
    assert_eq!(server.terminate(), 0);
    all_gone(&family);
}

/// Callers send events until the server dies; gives the numbers of those that were answered 202, by request id.
fn load_and_kill(server: &mut Server, life: Duration, numbers: &Arc<AtomicU64>) -> HashMap<String, u64> {
    let answered = Arc::new(Mutex::new(HashMap::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let last = numbers.load(Ordering::Relaxed) + EVENTS_PER_ROUND_MAX;
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (address, numbers) = (server.address(), Arc::clone(numbers));
            let (answered, stop) = (Arc::clone(&answered), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = numbers.fetch_add(1, Ordering::Relaxed) + 1;
                    if number > last {
                        return;
                    }
                    if let Some(id) = call(address, number) {
                        answered.lock().unwrap().insert(id, number);
                    }
                }
            })
        })
        .collect();
    let end = Instant::now() + life;
    wait_for(life + Duration::from_secs(5), "the server's hour", || (Instant::now() >= end).then_some(()));
    let family = descendants(server.pid());
    server.kill();
    stop.store(true, Ordering::Relaxed);
    callers.into_iter().for_each(|caller| caller.join().unwrap());
    all_gone(&family);
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let data = server.data_dir();
    assert!(!mounts.contains(data.to_str().unwrap()), "something is still mounted from {}", data.display());
    std::mem::take(&mut answered.lock().unwrap())
}

/// One InvokeAsync; none if the server is gone or refuses.
fn call(address: SocketAddr, number: u64) -> Option<String> {
    let (path, body) = ("/2014-11-13/functions/count/invoke-async/", json!({ "n": number }).to_string());
    let reply = http::try_request(address, "POST", path, &[], body.as_bytes()).ok()?;
    (reply.status == 202).then(|| reply.request_id())
}

/// X4: whatever the server had started ends with it.
fn all_gone(family: &[(u32, u64)]) {
    wait_for(Duration::from_secs(30), "everything the server had started to be gone", || {
        (!family.iter().any(|process| is_alive(*process))).then_some(())
    });
}

/// How often each number was run, by the function's own word in the log.
fn runs_in_log(server: &Server) -> HashMap<u64, usize> {
    let mut runs = HashMap::new();
    for message in server.log_messages("/aws/lambda/count", "ran") {
        if let Some(number) = message.trim().strip_prefix("ran ").and_then(|number| number.parse().ok()) {
            *runs.entry(number).or_default() += 1;
        }
    }
    runs
}
