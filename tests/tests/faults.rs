//! E1 on a disk that fails: the server refuses, says so, and has everything it acknowledged when it is started again.
//!
//! The disk's failures are made by a library that stands before the C library (`tests/faults/faults.c`): the server under
//! test is the real one, and sees what the kernel would have told it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends with what it did not expect, and says what it does"
)]

use lambent_tests::faults::Fault;
use lambent_tests::server::wait_for;
use lambent_tests::{Chance, Faults, Package, Server, http, runtime};
use serde_json::json;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

const EIO: u64 = 5;
const ENOSPC: u64 = 28;
const JOURNAL: &str = ".jnl";
const CALLERS: usize = 3;
/// Bounds what a test sends that never gets the answer it waits for.
const CALLS_MAX: usize = 2_000;
const LONG: Duration = Duration::from_secs(60);

/// What a caller is told; no answer at all is none.
type Answer = Option<http::Reply>;

fn call(address: SocketAddr, payload: &str) -> Answer {
    let path = "/2014-11-13/functions/quick/invoke-async/";
    let body = json!({ "payload": payload }).to_string();
    http::try_request(address, "POST", path, &[], body.as_bytes()).ok()
}

fn start(faults: &Faults) -> Server {
    let variables = faults.variables();
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = Server::start_with(&[], &variables);
    let package = Package::of("app.py", "def handler(event, context):\n    return len(event['payload'])\n");
    server.create_function("quick", runtime::python(), "app.handler", package, json!({}));
    server
}

/// Sends events from several connections until `enough` of an answer, and gives the request ids of those accepted.
fn send_until(
    server: &Server,
    payload: &str,
    enough: impl Fn(&Answer, usize) -> bool + Sync,
) -> HashSet<String> {
    let accepted = Mutex::new(HashSet::new());
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                for _ in 0..CALLS_MAX {
                    let answer = call(server.address(), payload);
                    let mut accepted = accepted.lock().unwrap();
                    if let Some(reply) = answer.as_ref().filter(|reply| reply.status == 202) {
                        accepted.insert(reply.request_id());
                    }
                    if enough(&answer, accepted.len()) {
                        return;
                    }
                }
                panic!("{CALLS_MAX} calls, and never the answer that is waited for");
            });
        }
    });
    accepted.into_inner().unwrap()
}

/// Every one of them is known, and comes to its end.
fn all_succeed<'a>(server: &Server, accepted: impl IntoIterator<Item = &'a String>) {
    for id in accepted {
        let event = server.settled(id, LONG);
        assert_eq!(event.get("state").unwrap(), "succeeded", "{event}");
    }
}

fn refuses_until_it_is_started_again(what: &str, fault: Fault, payload_bytes: usize) {
    println!("--- {what}");
    let mut faults = Faults::none();
    let mut server = start(&faults);
    let payload = Chance::new().text(payload_bytes);
    let mut accepted = send_until(&server, &payload, |_, accepted| accepted >= 10);
    let before = accepted.len();

    faults.set(fault, 0);
    accepted.extend(send_until(
        &server,
        &payload,
        |answer, _| !matches!(answer, Some(reply) if reply.status == 202),
    ));
    let refusal = call(server.address(), &payload).expect("a refusal, and not a closed connection");
    assert_eq!(refusal.status, 503, "{what}: {refusal:?}");
    let health = server.request("GET", "/_lambent/health", &[], b"");
    assert_eq!(health.status, 503, "{what}: {}", health.text());

    // What is on the disk is not known any more, so a disk that is well again changes nothing before a restart.
    faults.clear();
    assert_eq!(
        call(server.address(), &payload).unwrap().status,
        503,
        "{what}: accepted after a failed write"
    );
    println!("accepted {before} before and {} after", accepted.len() - before);

    let _ = server.terminate();
    let server = server.restart();
    assert_eq!(server.request("GET", "/_lambent/health", &[], b"").status, 200, "{what}");
    accepted.extend(send_until(&server, &payload, |_, _| true));
    all_succeed(&server, &accepted);
}

#[test]
fn a_journal_that_cannot_be_written_ends_in_refusal() {
    let of = |call, what, value| Fault { call, what, value, path: JOURNAL };
    refuses_until_it_is_started_again("no space", of("write", "fail", ENOSPC), 512);
    refuses_until_it_is_started_again("no space in the middle of a write", of("write", "part", ENOSPC), 512);
    refuses_until_it_is_started_again("a write fails", of("write", "fail", EIO), 512);
    refuses_until_it_is_started_again("a flush fails", of("sync", "fail", EIO), 512);
}

#[test]
fn a_table_that_cannot_be_written_ends_in_refusal() {
    let of = |call, what, value| Fault { call, what, value, path: "/tables/" };
    refuses_until_it_is_started_again("no space", of("write", "fail", ENOSPC), 200_000);
    refuses_until_it_is_started_again("a flush fails", of("sync", "fail", EIO), 200_000);
}

#[test]
fn a_log_that_cannot_be_written_costs_no_event() {
    let mut faults = Faults::none();
    let server = start(&faults);
    faults.set(Fault { call: "write", what: "fail", value: ENOSPC, path: "/data/logs/" }, 0);
    let accepted = send_until(&server, "x", |_, accepted| accepted >= 20);
    all_succeed(&server, &accepted);
    let health = server.get_json("/_lambent/health");
    assert_eq!(health.get("logs").unwrap(), "failing", "{health}");
}

/// The end of a torn write: what was acknowledged before it is there, and the server starts.
#[test]
fn a_torn_last_write_costs_nothing_that_was_acknowledged() {
    let mut chance = Chance::new();
    let mut faults = Faults::none();
    let mut server = start(&faults);
    let mut accepted = HashSet::new();
    let rounds = if lambent_tests::is_long() { 60 } else { 12 };
    for round in 0..rounds {
        let payload = chance.text(usize::try_from(chance.clone().within(100..6_000)).unwrap());
        accepted.extend(send_until(&server, &payload, |_, accepted| accepted >= 10));
        let what = ["tear", "hole", "flip"][round % 3];
        // The first bytes of a batch have no checksum: a single bit there is no torn write, and nobody would know.
        let fault = Fault { call: "write", what, value: chance.within(50..1000), path: JOURNAL };
        println!("round {round}: {fault:?}, payloads of {} bytes", payload.len());
        faults.set(fault, chance.within(0..20));
        accepted.extend(send_until(&server, &payload, |answer, _| answer.is_none()));
        wait_for(LONG, "the server's end", || server.has_ended().then_some(()));
        faults.clear();
        server = server.restart();
        for id in &accepted {
            let _ = server.event(id);
        }
    }
    all_succeed(&server, &accepted);
    assert_eq!(server.terminate(), 0);
}
