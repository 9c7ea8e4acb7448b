//! How a server stops: in order at the first signal, at once at the second, and without losing anything.

use crate::program::{PATIENCE, Server, python};
use rustix::process::Signal;
use std::time::Instant;

const SLEEPS: &str = "import time\ndef handler(event, context):\n    print('begun', flush=True)\n    \
                      time.sleep(event['secs'])\n    return 'slept'\n";

fn deploy(server: &Server, source: &str) {
    let (_directory, path) = python(source);
    server.client(&["deploy", "sleeper", path.to_str().unwrap(), "--timeout", "60"]).code(0);
}

#[test]
fn the_first_signal_lets_what_runs_end() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &[]);
    deploy(&server, SLEEPS);
    let call = server.client_started(&["invoke", "sleeper", "--payload", "{\"secs\": 2}"]);
    server.await_log("sleeper", "begun");
    server.signal(Signal::TERM);
    assert_eq!(server.ended().code(), Some(0));
    let answer = call.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&answer.stdout), "\"slept\"\n");
    assert_eq!(answer.status.code(), Some(0));
}

#[test]
fn what_does_not_end_in_time_is_cut_off_and_runs_again() {
    let data = tempfile::tempdir().unwrap();
    let config = data.path().join("short.toml");
    std::fs::write(&config, "[server]\ndrain_timeout_secs = 0\n").unwrap();
    let mut server = Server::start(&data.path().join("data"), &["--config", config.to_str().unwrap()]);
    deploy(&server, SLEEPS);
    server.client(&["invoke", "sleeper", "--event", "--payload", "{\"secs\": 50}"]).code(0);
    server.await_log("sleeper", "begun");
    server.signal(Signal::INT);
    assert_eq!(server.ended().code(), Some(0));

    let server = Server::start(&data.path().join("data"), &[]);
    let deadline = Instant::now() + PATIENCE;
    let begun = || server.client(&["logs", "sleeper"]).stdout().matches("begun").count();
    while begun() < 2 {
        assert!(Instant::now() < deadline, "the event did not run again");
    }
}

#[test]
fn the_second_signal_stops_at_once_and_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &["--log-level", "info"]);
    deploy(&server, SLEEPS);
    server.client(&["invoke", "sleeper", "--event", "--payload", "{\"secs\": 50}"]).code(0);
    server.await_log("sleeper", "begun");
    let began = Instant::now();
    server.signal(Signal::TERM);
    // The port is closed once the drain has begun.
    while server.client(&["functions"]).0.status.code() == Some(0) {
        assert!(began.elapsed() < PATIENCE, "the drain did not begin");
    }
    server.signal(Signal::TERM);
    assert_eq!(server.ended().code(), Some(130));
    assert!(began.elapsed().as_secs() < 25, "it did not stop at once: {:?}", began.elapsed());

    let server = Server::start(data.path(), &[]);
    let deadline = Instant::now() + PATIENCE;
    while server.client(&["logs", "sleeper"]).stdout().matches("begun").count() < 2 {
        assert!(Instant::now() < deadline, "the event did not run again");
    }
}
