//! Events by their commands: what becomes of them, and what can be done to them.

use crate::program::{Finished, PATIENCE, Server, lambent, python, run};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Instant;

/// Returns the event, or fails if that says so.
const OBEYS: &str = "def handler(event, context):\n    print('saw', event)\n    if event.get('fail'):\n        \
                     raise ValueError('as it was told')\n    return event\n";
const FAILING: &str = "{\"fail\":1}";

/// A server that runs each event once and keeps results, with a function `f`.
fn server(data: &Path) -> Server {
    let config = data.join("l.toml");
    fs::write(&config, "[events]\nretry_attempts_max = 0\nresults = \"payload\"\n").unwrap();
    let server = Server::start(&data.join("data"), &["--config", config.to_str().unwrap()]);
    let (_directory, path) = python(OBEYS);
    server.client(&["deploy", "f", path.to_str().unwrap()]).code(0);
    server
}

/// Sends an event to `f`, and gives its request id.
fn event(server: &Server, arguments: &[&str]) -> String {
    let id = server.client(&[&["invoke", "f", "--event"], arguments].concat()).code(0).stdout();
    assert_eq!(id.len(), 37, "{id:?}");
    id.trim_end().to_owned()
}

fn json(finished: &Finished) -> serde_json::Value {
    serde_json::from_str(&finished.stdout()).unwrap_or_else(|error| panic!("{error}: {}", finished.stdout()))
}

#[test]
fn an_event_that_succeeds_is_waited_for_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let waited =
        server.client(&["invoke", "f", "--event", "--wait", "--tail", "--payload", "{\"a\":1}"]).code(0);
    let said = waited.stderr();
    let id =
        said.lines().find_map(|line| line.strip_prefix("accepted as ")).unwrap_or_else(|| panic!("{said}"));
    for part in ["\nsucceeded in ", "\nsaw {'a': 1}\n", &format!("\nREPORT RequestId: {id}")] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let shown = server.client(&["events", "show", id]).code(0).stdout();
    for part in
        ["State     succeeded\n", "Function  f\n", "\nRuns\n  1  ", "/aws/lambda/f  20", "succeeded in "]
    {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
    assert_eq!(json(&server.client(&["events", "show", id, "--json"]).code(0))["state"], "succeeded");
    let listed = server.client(&["events", "list"]).code(0).stdout();
    let row: Vec<&str> = listed.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!((row[0], row[1], row[3], row[4]), (id, "succeeded", "1", "f"), "{listed}");
    let waited = server.client(&["events", "wait", id]).code(0).stdout();
    assert!(waited.starts_with(&format!("{id}  succeeded  in ")), "{waited}");
    assert_eq!(server.client(&["events", "show", id, "--result"]).code(0).stdout(), "{\"a\": 1}");
    server.client(&["events", "show", id, "--payload"]).code(5);
    let unknown = server.client(&["events", "show", "00000000-0000-4000-8000-000000000000"]).code(5);
    assert!(unknown.stderr().contains("\nhint: an event's end is known for"), "{}", unknown.stderr());
}

#[test]
fn a_failed_event_has_a_code_of_its_own_and_can_be_run_again() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let failed = server.client(&["invoke", "f", "--event", "--wait", "--payload", FAILING]).code(7);
    let said = failed.stderr();
    assert!(
        said.contains("\nfailed RetriesExhausted, dead letter: ValueError: as it was told\nlog: /aws/"),
        "{said}"
    );
    let id = said.lines().find_map(|line| line.strip_prefix("accepted as ")).unwrap();
    event(&server, &[]);
    let of = |filter: &[&str]| {
        let listed = json(&server.client(&[&["events", "list", "f", "--json"], filter].concat()).code(0));
        listed
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["requestId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&["--error", "valueERROR", "--since", "1h"]), [id]);
    assert_eq!(of(&["--dead-letters"]), [id]);
    assert_eq!(of(&["--state", "failed", "--until", "1h"]), Vec::<String>::new());
    assert_eq!(of(&["--limit", "1"]).len(), 1);
    assert_eq!(server.client(&["events", "show", id, "--payload"]).code(0).stdout(), FAILING);

    let again = server.client(&["events", "redrive", id]).code(0).stdout();
    let again = again.trim_end();
    let waited = server.client(&["events", "wait", id, again]).code(7).stdout();
    assert_eq!(waited.lines().count(), 2, "{waited}");
    let shown = server.client(&["events", "show", id]).code(0).stdout();
    assert!(shown.contains(&format!("Redriven as  {again}\n")), "{shown}");
    let twice = server.client(&["events", "redrive", id]).code(5).stderr();
    assert!(twice.contains(again) && twice.contains("\nhint: `lambent events show "), "{twice}");
}

#[test]
fn a_delayed_event_is_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let id = event(&server, &["--delay", "2h", "--priority", "high", "--idempotency-key", "k"]);
    assert_eq!(event(&server, &["--delay", "2h", "--idempotency-key", "k"]), id);
    server.client(&["invoke", "f", "--event", "--idempotency-key", "k", "--payload", "[1]"]).code(5);
    let shown = server.client(&["events", "show", &id]).code(0).stdout();
    assert!(
        shown.contains("State     delayed\n") && shown.contains("(in 1h59m)\nPriority  high\n"),
        "{shown}"
    );
    let timed_out = server.client(&["events", "wait", &id, "--timeout", "1s"]).code(9).stdout();
    assert!(timed_out.contains("  delayed  runs in 1h59m"), "{timed_out}");
    assert_eq!(server.client(&["events", "cancel", &id]).code(0).stdout(), format!("{id}  cancelled\n"));
    assert_eq!(server.client(&["events", "wait", &id]).code(8).stdout(), format!("{id}  cancelled\n"));
    // The others are not kept from it, and the code says that one was refused.
    let other = event(&server, &["--delay", "1h"]);
    let both = server.client(&["events", "cancel", &id, &other]).code(5);
    assert_eq!(both.stdout(), format!("{other}  cancelled\n"));
    assert!(both.stderr().contains("ResourceConflictException"), "{}", both.stderr());
}

#[test]
fn dead_letters_are_redriven_by_filter_and_only_if_it_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let ids: Vec<String> = (0..3).map(|_| event(&server, &["--payload", FAILING])).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    server.client(&[&["events", "wait"], &ids[..]].concat()).code(7);
    let (_directory, path) = python("def handler(event, context):\n    return 1\n");
    server.client(&["deploy", "f", path.to_str().unwrap()]).code(0);

    let by_filter = ["events", "redrive", "--function", "f", "--error", "ValueError", "--since", "1h"];
    let unasked = server.client(&by_filter).code(2).stderr();
    assert!(unasked.contains("nobody can be asked whether it is meant\nhint: --yes"), "{unasked}");
    server.client(&["events", "redrive", "--since", "1h"]).code(2);
    server.client(&["events", "redrive", ids[0], "--function", "f"]).code(2);
    let redriven = server.client(&[&by_filter[..], &["--yes", "--per-second", "1000"]].concat()).code(0);
    assert_eq!(redriven.stdout(), "3 events redriven\n");
    let again = server.client(&[&by_filter[..], &["--yes"]].concat()).code(0);
    assert_eq!(again.stdout(), "0 events redriven\n");
    let listed = json(&server.client(&["events", "list", "f", "--json", "--limit", "3"]).code(0));
    let new: Vec<&str> =
        listed.as_array().unwrap().iter().map(|event| event["requestId"].as_str().unwrap()).collect();
    server.client(&[&["events", "wait"], &new[..]].concat()).code(0);
}

#[test]
fn a_paused_function_keeps_its_events() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    assert_eq!(server.client(&["events", "pause", "f"]).code(0).stdout(), "paused\n");
    let id = event(&server, &[]);
    server.client(&["events", "wait", &id, "--timeout", "1s"]).code(9);
    let stats = server.client(&["events", "stats"]).code(0).stdout();
    let row: Vec<&str> = stats.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!((row[0], row[1], row[3], *row.last().unwrap()), ("f", "1", "0", "paused"), "{stats}");
    assert_eq!(server.client(&["events", "resume", "f"]).code(0).stdout(), "running\n");
    server.client(&["events", "wait", &id]).code(0);
    let stats = json(&server.client(&["events", "stats", "f", "--json"]).code(0));
    assert_eq!((&stats[0]["paused"], &stats[0]["queued"]), (&false.into(), &0.into()), "{stats}");
    assert_eq!(server.client(&["events", "stats"]).code(0).stdout(), "");
}

#[test]
fn a_queue_and_a_dead_letter_list_are_purged() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let waiting = [event(&server, &["--delay", "1h"]), event(&server, &["--delay", "1h"])];
    server.client(&["invoke", "f", "--event", "--wait", "--payload", FAILING]).code(7);
    server.client(&["events", "purge", "f"]).code(2);
    assert_eq!(server.client(&["events", "purge", "f", "--yes"]).code(0).stdout(), "2 events cancelled\n");
    for id in &waiting {
        server.client(&["events", "wait", id]).code(8);
    }
    let purged = server.client(&["events", "purge", "f", "--dead-letters", "--yes"]).code(0).stdout();
    assert_eq!(purged, "1 dead letter dropped\n");
    assert_eq!(
        json(&server.client(&["events", "list", "--dead-letters", "--json"]).code(0)),
        serde_json::json!([])
    );
}

#[test]
fn lines_are_sent_and_those_that_are_refused_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let lines: String = (0..1_500).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    let file = dir.path().join("events.jsonl");
    fs::write(&file, format!("\n{{\"n\":\n{lines}")).unwrap();
    let refused = dir.path().join("refused.jsonl");
    let (path, refused_path) = (file.to_str().unwrap(), refused.to_str().unwrap());
    let sent =
        server.client(&["events", "send", "f", path, "--refused", refused_path, "--delay", "1h"]).code(5);
    assert_eq!(sent.stdout().lines().count(), 1_500);
    assert!(sent.stderr().contains("line 2: 400 InvalidRequestContentException: "), "{}", sent.stderr());
    assert!(sent.stderr().contains("1500 events accepted, 1 refused\n"), "{}", sent.stderr());
    assert_eq!(fs::read_to_string(&refused).unwrap(), "{\"n\":\n");
    let waiting = json(&server.client(&["events", "stats", "f", "--json"]).code(0));
    assert_eq!(waiting[0]["delayed"], 1_500, "{waiting}");

    // Under a key the same lines are the same events.
    fs::write(&file, lines).unwrap();
    let keyed = ["events", "send", "f", path, "--idempotency-key", "night", "--delay", "1h"];
    let first = server.client(&keyed).code(0).stdout();
    assert_eq!(server.client(&keyed).code(0).stdout(), first);
    let missing = server.client(&["events", "send", "nobody", path]).code(5).stderr();
    assert!(
        missing.contains("failed to send lines 1 to 1000 to nobody (0 events accepted before them)"),
        "{missing}"
    );
}

#[test]
fn ctrl_c_leaves_the_event_to_itself() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let mut waiting = server.client_started(&["invoke", "f", "--event", "--wait", "--delay", "1h"]);
    let mut said = BufReader::new(waiting.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let id = line.trim_end().strip_prefix("accepted as ").unwrap_or_else(|| panic!("{line}"));
    rustix::process::kill_process(rustix::process::Pid::from_child(&waiting), rustix::process::Signal::INT)
        .unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains(&format!("{id} goes on. `lambent events wait {id}` waits again")), "{rest}");
    assert!(server.client(&["events", "show", id]).code(0).stdout().contains("State     delayed"));
}

#[test]
fn a_retry_policy_is_set_read_and_taken_away() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let none = server.client(&["retry-policy", "get", "f"]).code(5).stderr();
    assert!(none.contains("ResourceNotFoundException") && none.contains("\nhint: without one"), "{none}");
    let set = ["retry-policy", "set", "f", "--attempts", "3", "--initial", "0s", "--error", "KeyError=1"];
    let text = "Attempts        3 runs\nInitial pause   0ms\nMultiplier      2\nLongest pause   1h\nJitter          0\n\
                After KeyError  1 run\n";
    assert_eq!(server.client(&set).code(0).stdout(), text);
    assert_eq!(server.client(&["retry-policy", "get", "f"]).code(0).stdout(), text);
    server.client(&["invoke", "f", "--event", "--wait", "--payload", FAILING]).code(7);
    let listed = json(&server.client(&["events", "list", "f", "--json"]).code(0));
    assert_eq!(listed[0]["attempts"].as_array().unwrap().len(), 3, "{listed}");
    server.client(&["retry-policy", "delete", "f"]).code(0);
    server.client(&["retry-policy", "delete", "f"]).code(5);
    server.client(&["retry-policy", "set", "f", "--attempts", "101"]).code(2);
}

/// The words of a refusal, for a key that may only invoke.
#[test]
fn who_may_not_is_told_which_action_it_takes() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Server::start_saying(&data, &["--auth", "required"], std::process::Stdio::null());
    let policy = dir.path().join("policy.json");
    let only_invoke = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:Invoke*","Resource":"*"}]}"#;
    fs::write(&policy, only_invoke).unwrap();
    let data = data.to_str().unwrap();
    let made = run(&["keys", "create", "few", "--policy", policy.to_str().unwrap(), "--data-dir", data])
        .code(0)
        .stdout();
    let mut command = lambent(&["events", "list", "--endpoint", &server.endpoint]);
    for line in made.lines() {
        let (name, value) = line.trim_start_matches("export ").split_once('=').unwrap();
        command.env(name, value);
    }
    let deadline = Instant::now() + PATIENCE;
    let refused = loop {
        let refused = Finished(command.output().unwrap());
        // The server looks at its keys once a second.
        if !refused.stderr().contains("UnrecognizedClientException") {
            break refused.code(5).stderr();
        }
        assert!(Instant::now() < deadline, "the new key never counts");
    };
    assert!(refused.contains("\nhint: sign with a key whose policy allows lambent:ListEvents;"), "{refused}");
    let unreachable = run(&["events", "list", "--endpoint", "http://127.0.0.1:1"]).code(4).stderr();
    assert!(unreachable.contains("\nhint: start a server with `lambent serve`"), "{unreachable}");
}
