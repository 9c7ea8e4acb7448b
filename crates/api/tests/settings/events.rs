//! Lambent's own API for events, and what senders may ask of an event beyond AWS's contract.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::app::{Answer, App, done, missing, ok, parameter};

const INVOKE: &str = "/2015-03-31/functions/there/invocations";
const OLDER: &str = "/2014-11-13/functions/there/invoke-async/";
const EVENTS: &str = "/_lambent/v1/events";
const THERE: &str = "/_lambent/v1/functions/there";

/// With a queue that stands still, so that an event stays where it was put.
async fn paused() -> App {
    let app = App::start().await;
    let answer = app.ask("POST", &format!("{THERE}/events/pause"), Value::Null).await;
    assert_eq!(answer, ok(200, json!({"paused": true})));
    app
}

/// Sends an event with headers; says the answer and the request id in it.
async fn send(app: &App, target: &str, headers: &[(&str, &str)], payload: &str) -> (Answer, String) {
    let mut all = vec![("x-amz-invocation-type", "Event")];
    all.extend(headers);
    app.send_for_id(target, &all, Bytes::copy_from_slice(payload.as_bytes())).await
}

async fn status(app: &App, id: &str) -> Value {
    let answer = app.ask_in_full("GET", &format!("{EVENTS}/{id}"), Value::Null).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// A failed event of the function `there`: nothing of it may run.
async fn failed(app: &App, payload: &str) -> String {
    let (answer, id) = send(app, INVOKE, &[], payload).await;
    assert_eq!(answer.status, 202);
    let target = format!("{EVENTS}/{id}?waitSeconds=60");
    let ended = app.ask_in_full("GET", &target, Value::Null).await.body;
    assert_eq!((&ended["state"], &ended["deadLetter"]), (&json!("failed"), &json!(true)), "{ended}");
    id
}

async fn reserve_nothing(app: &App) {
    let target = "/2017-10-31/functions/there/concurrency";
    let set = app.ask("PUT", target, json!({"ReservedConcurrentExecutions": 0})).await;
    assert_eq!(set.status, 200, "{set:?}");
}

pub(crate) async fn an_event_is_shown_and_ended() {
    let app = paused().await;
    let (answer, id) = send(&app, INVOKE, &[("x-lambent-priority", "high")], r#"{"n":1}"#).await;
    assert_eq!(answer, ok(202, Value::Null));
    let shown = status(&app, &id).await;
    assert_eq!((&shown["state"], &shown["priority"]), (&json!("queued"), &json!("high")), "{shown}");
    assert_eq!(app.get(&format!("{EVENTS}/{id}/payload")).await, ok(200, json!({"n": 1})));
    let result = app.get(&format!("{EVENTS}/{id}/result")).await;
    assert_eq!(result, missing("The event's result is not kept."));
    // Who waits for what does not end is told so when the time is up.
    let waited = app.ask_in_full("GET", &format!("{EVENTS}/{id}?waitSeconds=1"), Value::Null).await;
    assert_eq!(waited.body["state"], "queued");
    let cancelled = app.ask_in_full("POST", &format!("{EVENTS}/{id}/cancel"), Value::Null).await;
    assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &json!("cancelled")), "{cancelled:?}");
    let again = app.ask("POST", &format!("{EVENTS}/{id}/cancel"), Value::Null).await;
    assert_eq!((again.status, again.kind.as_deref()), (409, Some("ResourceConflictException")), "{again:?}");
    let redriven = app.ask("POST", &format!("{EVENTS}/{id}/redrive"), Value::Null).await;
    assert_eq!((redriven.status, redriven.kind.as_deref()), (409, Some("ResourceConflictException")));
}

pub(crate) async fn an_event_waits_until_its_sender_wants_it_run() {
    let app = paused().await;
    for header in [("x-lambent-delay-seconds", "3600"), ("x-lambent-not-before", &in_an_hour(&app))] {
        for target in [INVOKE, OLDER] {
            let (answer, id) = send(&app, target, &[header], "{}").await;
            assert_eq!(answer.status, 202, "{answer:?}");
            let shown = status(&app, &id).await;
            let due = shown["nextAttemptAt"].as_u64().unwrap() - shown["acceptedAt"].as_u64().unwrap();
            assert_eq!(shown["state"], "delayed", "{shown}");
            assert!((3_598_000..=3_602_000).contains(&due), "{header:?}: {due}");
        }
    }
    let summary = app.get(&format!("{THERE}/events")).await.body;
    assert_eq!((&summary["queued"], &summary["delayed"]), (&json!(0), &json!(4)), "{summary}");
    let (answer, id) = send(&app, INVOKE, &[("x-lambent-not-before", "0")], "{}").await;
    assert_eq!((answer.status, &status(&app, &id).await["state"]), (202, &json!("queued")));
}

fn in_an_hour(app: &App) -> String {
    (app.state.clock.now().as_millis() / 1_000 + 3_600).to_string()
}

pub(crate) async fn an_event_with_a_key_is_accepted_once() {
    let app = paused().await;
    let key = ("x-lambent-idempotency-key", "order 17");
    let (answer, first) = send(&app, INVOKE, &[key], r#"{"n":1}"#).await;
    assert_eq!(answer.status, 202);
    for target in [INVOKE, OLDER] {
        let (answer, id) = send(&app, target, &[key], r#"{"n":1}"#).await;
        assert_eq!((answer.status, &id), (202, &first), "{target}");
    }
    let (other, id) = send(&app, INVOKE, &[key], r#"{"n":2}"#).await;
    assert_eq!((other.status, other.kind.as_deref()), (409, Some("IdempotentParameterMismatchException")));
    assert_ne!(id, first, "a refusal is its own request");
    let (another, id) = send(&app, INVOKE, &[("x-lambent-idempotency-key", "order 18")], r#"{"n":1}"#).await;
    assert!(another.status == 202 && id != first);
    let long = ("x-lambent-idempotency-window-seconds", "86401");
    let (refused, _) = send(&app, INVOKE, &[key, long], "{}").await;
    let text = "The header x-lambent-idempotency-window-seconds must be 1 to 86400 seconds on this server.";
    assert_eq!(refused, parameter(text));
    let listed = app.ask_in_full("GET", &format!("{EVENTS}?function=there"), Value::Null).await.body;
    assert_eq!(listed["events"].as_array().unwrap().len(), 2, "{listed}");
}

pub(crate) async fn a_batch_is_answered_line_by_line() {
    let app = paused().await;
    let target = format!("{THERE}/events");
    let headers = [("x-lambent-idempotency-key", "batch 1"), ("x-lambent-priority", "high")];
    let body = Bytes::from_static(b"{\"n\":1}\nnot json\n{\"n\":1}\n");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let text = app.send_for_text("POST", &target, &headers, body.clone()).await;
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let statuses: Vec<u64> = lines.iter().map(|line| line["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [202, 400, 202], "{text}");
        assert_eq!(lines[1]["type"], "InvalidRequestContentException");
        seen.push([lines[0]["requestId"].clone(), lines[2]["requestId"].clone()]);
    }
    assert_eq!(seen[0], seen[1], "the same batch again is the same events");
    let ids: BTreeSet<&str> = seen[0].iter().filter_map(Value::as_str).collect();
    assert_eq!(ids.len(), 2, "lines that are alike are two events");
    for id in ids {
        assert_eq!(status(&app, id).await["priority"], "high");
    }
    let summary = app.get(&target).await;
    let expected = json!({"function": "there", "paused": true, "queued": 2, "delayed": 0, "running": 0,
        "bytes": summary.body["bytes"]});
    assert_eq!(summary, ok(200, expected));
    let purged = app.ask("POST", &format!("{target}/purge"), json!({"what": "waiting"})).await;
    assert_eq!(purged, ok(200, json!({"purged": 2})));
    let resumed = app.ask("POST", &format!("{target}/resume"), json!({})).await;
    assert_eq!(resumed, ok(200, json!({"paused": false})));
    let summary = app.get(&target).await.body;
    assert_eq!((&summary["queued"], &summary["paused"]), (&json!(0), &json!(false)));
}

pub(crate) async fn failed_events_are_listed_and_sent_again() {
    let app = App::start().await;
    reserve_nothing(&app).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(failed(&app, &number.to_string()).await);
    }
    app.ask("POST", &format!("{THERE}/events/pause"), Value::Null).await;
    assert_eq!(app.get(&format!("{EVENTS}/{}/payload", ids[0])).await, ok(200, json!(0)));
    let (sizes, listed) =
        app.pages_by("next", "before", &format!("{EVENTS}?deadLetters=true&limit=2"), "events").await;
    let listed: Vec<&str> = listed.iter().filter_map(|event| event["requestId"].as_str()).collect();
    let newest_first: Vec<&str> = ids.iter().rev().map(String::as_str).collect();
    assert_eq!(listed, newest_first, "{sizes:?}");

    let redrive = format!("{EVENTS}/{}/redrive", ids[0]);
    let again = app.ask_in_full("POST", &redrive, Value::Null).await;
    let id = again.body["requestId"].as_str().unwrap().to_owned();
    assert_eq!(again.status, 202);
    let shown = status(&app, &id).await;
    assert_eq!((&shown["state"], &shown["redriveOf"]), (&json!("queued"), &json!(ids[0])), "{shown}");
    assert_eq!(status(&app, &ids[0]).await["redrivenAs"], json!(id));
    let twice = app.ask("POST", &redrive, Value::Null).await;
    assert_eq!((twice.status, twice.kind.as_deref()), (409, Some("ResourceConflictException")), "{twice:?}");

    let all = format!("{EVENTS}/redrive");
    let none = app.ask("POST", &all, json!({"function": "there", "acceptedBefore": 1})).await;
    assert_eq!(none, ok(200, json!({"redriven": 0, "failed": 0})));
    let from = status(&app, &ids[3]).await["acceptedAt"].clone();
    let some =
        app.ask("POST", &all, json!({"function": "there", "acceptedFrom": from, "perSecond": 50})).await;
    assert_eq!(some, ok(200, json!({"redriven": 2, "failed": 0})));
    let purged = app.ask("POST", &format!("{THERE}/events/purge"), json!({"what": "deadLetters"})).await;
    assert_eq!(purged, ok(200, json!({"purged": 2})));
    let rest = app.ask("POST", &all, json!({})).await;
    assert_eq!(rest, ok(200, json!({"redriven": 0, "failed": 0})));
    assert_eq!(app.get(&format!("{THERE}/events")).await.body["queued"], 3);
}

/// What could not be run is not taken out of the list: the alias it was sent to is gone.
pub(crate) async fn what_has_nowhere_to_go_is_not_sent_again() {
    let app = App::start().await;
    reserve_nothing(&app).await;
    let aliases = "/2015-03-31/functions/there/aliases";
    let alias = json!({"Name": "live", "FunctionVersion": "$LATEST"});
    assert_eq!(app.ask("POST", aliases, alias.clone()).await.status, 201);
    let (_, id) = send(&app, &format!("{INVOKE}?Qualifier=live"), &[], "{}").await;
    let ended = app.ask_in_full("GET", &format!("{EVENTS}/{id}?waitSeconds=60"), Value::Null).await.body;
    assert_eq!(ended["deadLetter"], json!(true), "{ended}");
    app.ask("POST", &format!("{THERE}/events/pause"), Value::Null).await;
    assert_eq!(app.delete(&format!("{aliases}/live")).await, done());
    let redrive = format!("{EVENTS}/{id}/redrive");
    let gone = missing("Function not found: arn:aws:lambda:us-east-1:000000000000:function:there:live");
    assert_eq!(app.ask("POST", &redrive, Value::Null).await, gone);
    let many = app.ask("POST", &format!("{EVENTS}/redrive"), json!({"function": "there"})).await;
    assert_eq!(many, ok(200, json!({"redriven": 0, "failed": 1})));
    assert_eq!(status(&app, &id).await["deadLetter"], json!(true));
    assert_eq!(app.ask("POST", aliases, alias).await.status, 201);
    assert_eq!(app.ask("POST", &redrive, Value::Null).await.status, 202);
}

pub(crate) async fn a_retry_policy_is_kept_until_it_is_deleted() {
    let app = App::start().await;
    let target = format!("{THERE}/retry-policy");
    let absent = missing(
        "The function arn:aws:lambda:us-east-1:000000000000:function:there doesn't have a retry policy.",
    );
    assert_eq!(app.get(&target).await, absent);
    let given = json!({"maximumAttempts": 5, "initialSeconds": 1.0, "multiplier": 3.0, "maximumSeconds": 60.0,
        "jitter": 0.5, "errors": [{"errorType": "Value*", "maximumAttempts": 1}]});
    assert_eq!(app.ask("PUT", &target, given.clone()).await, ok(200, given.clone()));
    assert_eq!(app.get(&target).await, ok(200, given));
    assert_eq!(app.delete(&target).await, done());
    assert_eq!(app.delete(&target).await, absent);
}

/// Events come, are cancelled, fail and are purged; whenever it is looked at, all of them are accounted for.
pub(crate) async fn the_metrics_add_up_at_every_scrape() {
    let app = App::start().await;
    reserve_nothing(&app).await;
    let flow = async {
        for number in 0..150 {
            let (answer, id) = send(&app, INVOKE, &[], "{}").await;
            assert_eq!(answer.status, 202);
            let (_, delayed) = send(&app, INVOKE, &[("x-lambent-delay-seconds", "60")], "{}").await;
            match number % 3 {
                0 => drop(app.ask("POST", &format!("{EVENTS}/{delayed}/cancel"), Value::Null).await),
                1 => drop(app.ask("POST", &format!("{EVENTS}/{id}/redrive"), Value::Null).await),
                _ if number % 30 == 29 => {
                    drop(app.ask("POST", &format!("{THERE}/events/purge"), json!({"what": "waiting"})).await);
                }
                _ => {}
            }
        }
    };
    let mut scrapes = 0;
    let mut last = 0;
    let scraping = async {
        loop {
            let text = app.send_for_text("GET", "/metrics", &[], Bytes::new()).await;
            let sum = |prefix: &str| -> u64 {
                let lines = text.lines().filter(|line| line.starts_with(prefix));
                lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
            };
            let received = sum("lambent_async_events_received_total ");
            let over = sum("lambent_async_events_settled_total{");
            assert_eq!(received, over + sum("lambent_async_events{"), "{text}");
            assert!(received >= last, "a counter went back");
            (last, scrapes) = (received, scrapes + 1);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = flow => {}
        () = scraping => {}
    }
    assert!(scrapes > 20 && last > 100, "{scrapes} scrapes, {last} events");
    let text = app.send_for_text("GET", "/metrics", &[], Bytes::new()).await;
    for name in [
        "lambent_async_events_dropped_total ",
        "lambent_async_event_age_milliseconds_count ",
        "lambent_dead_letter_errors_total 0",
        "lambent_destination_delivery_failures_total 0",
        "lambent_destination_records_waiting 0",
        "lambent_recursive_invocations_dropped_total 0",
        "lambent_throttles_total ",
        "lambent_dead_letters ",
        "lambent_dead_letter_bytes ",
    ] {
        assert!(text.lines().any(|line| line.starts_with(name)), "no {name} in {text}");
    }
}
