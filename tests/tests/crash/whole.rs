//! Rounds of everything that can be done with an event, each ended by `SIGKILL`: after a random time, or in place of a
//! certain call: the flush of a batch, the writing of a record, the making of a table.

use crate::ledger::Ledger;
use crate::proof;
use crate::workload::{self, configuration, create_functions};
use lambent_tests::faults::Fault;
use lambent_tests::server::wait_for;
use lambent_tests::{Chance, Faults, Server, is_long};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CALLERS: usize = 4;
/// Bounds the backlog, and with it the length of the test.
const CALLS_PER_CALLER_MAX: u64 = 60;
const LONG: Duration = Duration::from_secs(180);
/// A round ends then at the latest, if the call it was to end at never comes.
const LIFE_MAX: Duration = Duration::from_secs(2);

#[test]
fn crash_after_crash_every_event_comes_to_its_one_end() {
    let rounds = if is_long() { 200 } else { 6 };
    let mut chance = Chance::new();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("lambent.toml");
    std::fs::write(&file, configuration()).unwrap();
    let mut faults = Faults::none();
    let mut server = start(&faults, file.to_str().unwrap());
    create_functions(&server);
    let ledger = Ledger::default();
    for round in 1..=rounds {
        let how = kill_after(&mut server, &mut faults, &ledger, &mut chance);
        server = server.restart();
        proof::identity(&server.metrics());
        let looked = proof::ends_stay(&server, &ledger);
        let accepted = ledger.told(|told| told.accepted.len());
        println!("round {round}: killed {how}; {accepted} accepted so far, {looked} of the newest looked at");
    }
    let metrics = server.quiet(LONG);
    proof::all(&server, &ledger, &metrics);
    assert_eq!(server.terminate(), 0);
}

fn start(faults: &Faults, file: &str) -> Server {
    let variables = faults.variables();
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    Server::start_with(&["--config", file], &variables)
}

/// Callers do what they like until the server is killed; says how that was.
fn kill_after(server: &mut Server, faults: &mut Faults, ledger: &Ledger, chance: &mut Chance) -> String {
    let address = server.address();
    let callers: Vec<Chance> = (0..CALLERS).map(|_| chance.fork()).collect();
    let life = Duration::from_millis(chance.within(100..900));
    let fault = fault(chance);
    std::thread::scope(|scope| {
        for chance in callers {
            scope.spawn(move || workload::call(address, chance, ledger, CALLS_PER_CALLER_MAX));
        }
        let begun = Instant::now();
        let reached = |end: Duration| (begun.elapsed() >= end).then_some(());
        let how = match fault {
            None => {
                wait_for(LONG, "the server's hour", || reached(life));
                format!("after {life:?}")
            }
            Some((fault, after)) => {
                faults.set(fault, after);
                wait_for(LONG, "the server's end", || {
                    server.has_ended().then_some(()).or_else(|| reached(LIFE_MAX))
                });
                let ended = if server.has_ended() { "in place of" } else { "while waiting for" };
                format!("{ended} {} {after} of {}", fault.call, fault.path)
            }
        };
        server.kill();
        faults.clear();
        how
    })
}

fn fault(chance: &mut Chance) -> Option<(Fault, u64)> {
    let kill = |call, path| Fault { call, what: "kill", value: 0, path };
    match chance.within(0..6) {
        0 => Some((kill("sync", ".jnl"), chance.within(0..60))),
        1 => Some((kill("write", ".jnl"), chance.within(0..150))),
        2 => Some((kill("write", "/destinations/"), chance.within(0..20))),
        3 => Some((kill("sync", "/destinations/"), chance.within(0..20))),
        _ => None,
    }
}
