//! What is refused, with which code and which words.

use crate::program::{Server, run, run_in};

#[test]
fn a_second_server_on_the_same_data_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = Server::start(directory.path(), &[]);
    let path = directory.path().to_str().unwrap();
    let second = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", path]).code(1);
    assert!(second.stderr().contains(&format!("in use by process {}", first.id())), "{}", second.stderr());
    assert!(second.stderr().contains("hint: ") && second.stdout().is_empty());
}

#[test]
fn a_taken_port_is_refused_with_a_way_out() {
    let directory = tempfile::tempdir().unwrap();
    let first = Server::start(directory.path(), &[]);
    let address = first.endpoint.strip_prefix("http://").unwrap();
    for command in ["serve", "demo"] {
        let second = run_in(directory.path(), &[command, "--listen", address]).code(1);
        assert!(second.stderr().contains("hint: `--listen 127.0.0.1:0`"), "{}", second.stderr());
    }
    assert!(!directory.path().join("lambent-data").exists(), "a data directory was made for nothing");
}

#[test]
fn beyond_loopback_nothing_is_listened_on_in_the_clear_or_without_signatures() {
    let directory = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:9400"] {
        let clear = run_in(directory.path(), &["serve", "--listen", address]).code(6);
        assert!(clear.stderr().contains("could read what is sent\nhint: "), "{}", clear.stderr());
        let flags = ["serve", "--listen", address, "--auth", "loopback"];
        let unsigned = run_in(directory.path(), &flags).code(6);
        assert!(unsigned.stderr().contains("server.auth can't be `loopback`"), "{}", unsigned.stderr());
    }
    assert!(!directory.path().join("lambent-data").exists(), "a data directory was made for nothing");
}

#[test]
fn a_configuration_that_is_wrong_is_refused_by_file_and_key() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("lambent.toml"), "[events]\nretry_base_dely_secs = 1\n").unwrap();
    let refused = run_in(directory.path(), &["serve", "--listen", "127.0.0.1:0"]).code(6);
    let expected = "lambent.toml: `events.retry_base_dely_secs` is not a setting\nhint: did you mean \
                    `events.retry_base_delay_secs`?";
    assert!(refused.stderr().contains(expected), "{}", refused.stderr());
    let shown = run_in(directory.path(), &["config", "show", "--config", "/dev/null"]).code(0);
    assert!(shown.stdout().contains("events.retry_base_delay_secs"), "{}", shown.stdout());
}

#[test]
fn a_command_line_that_is_wrong_and_a_server_that_is_not_there_have_codes_of_their_own() {
    run(&["serve", "--no-such-flag"]).code(2);
    run(&["functions", "--endpoint", "ftp://127.0.0.1:1"]).code(2);
    let unreachable = run(&["functions", "--endpoint", "http://127.0.0.1:1"]).code(4);
    assert!(
        unreachable.stderr().contains("no server answers at http://127.0.0.1:1"),
        "{}",
        unreachable.stderr()
    );
}
