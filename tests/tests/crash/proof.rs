//! What must be true of a server after all its crashes.

use crate::ledger::{Fate, Ledger, Told};
use crate::workload::{PLAIN, TOLD};
use lambent_tests::Server;
use lambent_tests::events::Metrics;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;

type Events = HashMap<String, Value>;

/// received = succeeded + failed + cancelled + what is not over, at every scrape.
pub(crate) fn identity(metrics: &Metrics) -> u64 {
    let sum = |prefix: &str| -> u64 {
        metrics.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, value)| value).sum()
    };
    let received = metrics["lambent_async_events_received_total"];
    let known = sum("lambent_async_events_settled_total{") + sum("lambent_async_events{");
    assert_eq!(received, known, "{metrics:#?}");
    received
}

/// What is over stays as it is. Looks at the newest events; gives how many.
pub(crate) fn ends_stay(server: &Server, ledger: &Ledger) -> usize {
    let page = server.get_json("/_lambent/v1/events?limit=500");
    let events = page["events"].as_array().unwrap();
    events.iter().filter(|event| is_over(event)).for_each(|event| ledger.ended(event));
    events.len()
}

/// Everything, once nothing is under way any more.
pub(crate) fn all(server: &Server, ledger: &Ledger, metrics: &Metrics) {
    let events: Events =
        server.events("").into_iter().map(|event| (text(&event["requestId"]), event)).collect();
    events.values().for_each(|event| ledger.ended(event));
    counts(&events, metrics);
    let runs = runs(server);
    let dead_letters: HashSet<String> =
        server.events("deadLetters=true").iter().map(|event| text(&event["requestId"])).collect();
    ledger.told(|told| {
        told.accepted.keys().for_each(|id| one(told, id, &events, &runs));
        kept(server, told, &events, &dead_letters);
        records(server, told, &events);
        println!(
            "{} events, {} of them acknowledged, {} runs, {} cancelled, {} redriven, {} keys, {} dead letters",
            events.len(),
            told.accepted.len(),
            runs.values().map(Vec::len).sum::<usize>(),
            told.cancelled.len(),
            told.redriven.len(),
            told.keyed.len(),
            dead_letters.len()
        );
    });
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn is_over(event: &Value) -> bool {
    matches!(event["state"].as_str(), Some("succeeded" | "failed" | "cancelled"))
}

/// The counters count what the list shows: nothing is lost, and nothing ended twice.
fn counts(events: &Events, metrics: &Metrics) {
    assert_eq!(identity(metrics), u64::try_from(events.len()).unwrap(), "received, and listed");
    for state in ["succeeded", "failed", "cancelled"] {
        let listed = events.values().filter(|event| event["state"] == state).count();
        let counted = metrics[&format!("lambent_async_events_settled_total{{disposition=\"{state}\"}}")];
        assert_eq!(counted, u64::try_from(listed).unwrap(), "{state}, counted and listed");
    }
}

/// Which numbers were run, and under which request id each time, by the functions' own word.
fn runs(server: &Server) -> HashMap<u64, Vec<String>> {
    let mut runs: HashMap<u64, Vec<String>> = HashMap::new();
    for function in [PLAIN, TOLD] {
        for message in server.log_messages(&format!("/aws/lambda/{function}"), "ran") {
            let words: Vec<&str> = message.split_whitespace().collect();
            if let ["ran", number, "as", id] = words[..] {
                runs.entry(number.parse().unwrap()).or_default().push(id.to_owned());
            }
        }
    }
    runs
}

/// An event that was acknowledged.
fn one(told: &Told, id: &str, events: &Events, runs: &HashMap<u64, Vec<String>>) {
    let sent = told.accepted[id];
    let event = events.get(id).unwrap_or_else(|| panic!("{id} was accepted and is lost: {sent:?}"));
    assert_eq!(event["function"], sent.function, "{event}");
    let state = event["state"].as_str().unwrap();
    let runs = runs.get(&sent.number).map(Vec::as_slice).unwrap_or_default();
    let ran = runs.iter().filter(|run| *run == id).count();
    if let Some(cancelled) = told.cancelled.get(id) {
        assert_eq!(state, "cancelled", "{event}");
        let before = cancelled["attempts"].as_array().map_or(0, Vec::len);
        assert!(before > 0 || ran == 0, "it was cancelled before it ran, and ran: {event}");
    }
    match (state, sent.fate) {
        ("succeeded", Fate::Succeeds | Fate::Either) => assert!(ran > 0, "never ran: {event}"),
        ("failed", Fate::Fails | Fate::Either) => {
            let retries = if sent.function == TOLD { 2 } else { 0 };
            let attempts = event["attempts"].as_array().unwrap();
            assert_eq!(attempts.len(), retries + 1, "{event}");
            assert_eq!(event["condition"], "RetriesExhausted", "{event}");
        }
        // Somebody may have asked for it and not have had the answer.
        ("cancelled", _) => {}
        _ => panic!("{sent:?} ended so: {event}"),
    }
    // Every run has the request id of the event it is of: no run is of an event that nobody knows.
    assert!(runs.iter().all(|run| events.contains_key(run)), "runs of {} under {runs:?}", sent.number);
    if !told.redriven.contains_key(id) && event["redriveOf"].is_null() && event["redrivenAs"].is_null() {
        assert!(runs.iter().all(|run| run == id), "runs of {id} under {runs:?}");
    }
}

/// A failed event of which nobody is told is in the dead-letter list until it is redriven, with its payload.
fn kept(server: &Server, told: &Told, events: &Events, dead_letters: &HashSet<String>) {
    for (id, event) in events {
        let failed_alone = event["function"] == PLAIN && event["state"] == "failed";
        let is_kept = failed_alone && event["redrivenAs"].is_null();
        assert_eq!(dead_letters.contains(id), is_kept, "in the list of dead letters: {event}");
        if let Some(again) = event["redrivenAs"].as_str() {
            assert_eq!(events[again]["redriveOf"], id.as_str(), "{event}");
        }
        if let (true, Some(sent)) = (is_kept, told.accepted.get(id)) {
            let payload = server.get_json(&format!("/_lambent/v1/events/{id}/payload"));
            assert_eq!(payload["n"], sent.number, "{event}");
        }
    }
    for (id, again) in &told.redriven {
        assert_eq!(events[id]["redrivenAs"], again.as_str(), "{}", events[id]);
    }
    for (number, id) in &told.keyed {
        let made = told.accepted.iter().filter(|(_, sent)| sent.number == 1_000_000_000 + number).count();
        assert_eq!(made, 1, "events of the key {number}, of which the first is {id}");
    }
}

/// Of every event of the function that has a destination there is a record with its request id and its end, and of no
/// event two that differ.
fn records(server: &Server, told: &Told, events: &Events) {
    let mut conditions: HashMap<String, HashSet<String>> = HashMap::new();
    let mut lines = 0_usize;
    for line in record_lines(server) {
        let body = &line["body"];
        let context = &body["requestContext"];
        let (id, condition) = (text(&context["requestId"]), text(&context["condition"]));
        if let Some(sent) = told.accepted.get(&id) {
            assert_eq!(body["requestPayload"]["n"], sent.number, "{line}");
        }
        conditions.entry(id).or_default().insert(condition);
        lines += 1;
    }
    for (id, event) in events.iter().filter(|(_, event)| event["function"] == TOLD) {
        let expected: HashSet<String> = match event["state"].as_str().unwrap() {
            "succeeded" => HashSet::from(["Success".to_owned()]),
            "failed" => HashSet::from(["RetriesExhausted".to_owned()]),
            _ => HashSet::new(),
        };
        let found = conditions.remove(id).unwrap_or_default();
        assert_eq!(found, expected, "records of {event}");
        let arrived = event["deliveries"].as_array().into_iter().flatten();
        arrived.for_each(|delivery| assert_eq!(delivery["state"], "delivered", "{event}"));
    }
    assert!(conditions.is_empty(), "records of events that nobody knows: {conditions:?}");
    println!("{lines} records arrived");
}

/// What stands in the destination's file, and in those put aside. A line that a crash cut short is none.
fn record_lines(server: &Server) -> Vec<Value> {
    let directory = server.data_dir().join("destinations");
    let files: Vec<_> = fs::read_dir(&directory).map(|files| files.flatten().collect()).unwrap_or_default();
    let text = |file: fs::DirEntry| fs::read_to_string(file.path()).unwrap();
    files
        .into_iter()
        .map(text)
        .flat_map(|text| {
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<Value>>()
        })
        .collect()
}
