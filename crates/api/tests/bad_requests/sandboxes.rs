//! What sandboxes may take from the server, and for how long.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use lambent_api::Limits;
use lambent_api::sigv4::Credentials;
use lambent_engine::tasks::Tasks;

use super::server::{self, FUNCTION, PATIENCE, Served, Server, parse};

const MEBIBYTE: usize = 1024 * 1024;
/// Far more than cutting connections off takes, far less than the function that is called.
const SOON: Duration = Duration::from_secs(15);

/// The head of a call that the function in a sandbox signed.
fn call(session: &Credentials, address: SocketAddr, function: &str, body: &[u8]) -> String {
    let target = format!("/2015-03-31/functions/{function}/invocations");
    let mut head = format!("POST {target} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in server::signed(session, address, "POST", &target, &[], body) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    head
}

pub(crate) fn all_of_them_share_one_room_for_bodies() {
    let server = Server::start_with(Limits { body_bytes_in_memory_max: 8 * MEBIBYTE, ..server::limits() });
    let (first, second) = (server.sandbox(Tasks::spawn), server.sandbox(Tasks::spawn));
    let body = format!("\"{}\"", "x".repeat(5 * MEBIBYTE - 2));
    let target = format!("/2015-03-31/functions/{FUNCTION}/invocations");
    let (session, _guard) = server.session(server::ROLE);
    let ask = || server::ask_signed(&session, second.address, "POST", &target, &[], body.as_bytes()).status;
    assert_eq!(ask(), 502, "the function's runtime is not there");

    let mut holding = server::connect(first.address);
    let (most, rest) = body.split_at(4 * MEBIBYTE);
    holding.write_all(call(&session, first.address, FUNCTION, body.as_bytes()).as_bytes()).unwrap();
    holding.write_all(most.as_bytes()).unwrap();
    // The server may not have looked at the first body yet.
    let begun = Instant::now();
    while ask() != 503 {
        assert!(begun.elapsed() < PATIENCE, "two sandboxes hold more than there is for all");
    }
    holding.write_all(rest.as_bytes()).unwrap();
    let answer = server::read_to_end(&mut holding);
    assert_eq!(parse(&answer).map(|reply| reply.status), Some(502), "{answer}");
    assert_eq!(ask(), 502, "the room was given back");
}

pub(crate) fn calls_in_flight_end_with_their_sandbox() {
    // Whether the future that serves is told to stop or is dropped.
    let ways: [fn(&Tasks, Served); 2] = [Tasks::spawn, Tasks::spawn_until_stopped];
    for way in ways {
        let server = Server::start();
        let create = server::create_sleeper("sleeper");
        let created = server.ask("POST", "/2015-03-31/functions", &[], create.as_bytes());
        assert_eq!(created.status, 201, "{created:?}");
        let sandbox = server.sandbox(way);
        let address = sandbox.address;
        let (session, _guard) = server.session(server::ROLE);
        let mut calling = server::connect(address);
        calling.write_all(call(&session, address, "sleeper", b"{}").as_bytes()).unwrap();
        calling.write_all(b"{}").unwrap();
        let begun = Instant::now();
        while !server.ask("GET", "/metrics", &[], b"").body.contains("lambent_concurrent_executions 1\n") {
            assert!(begun.elapsed() < PATIENCE, "the function was never called");
        }
        assert!(server.end(&sandbox, SOON), "the private API goes on without its sandbox");
        let begun = Instant::now();
        assert_eq!(server::read_to_end(&mut calling), "", "nobody answers for a sandbox that is gone");
        assert!(begun.elapsed() < SOON, "the connection outlived its sandbox by {:?}", begun.elapsed());
        while TcpStream::connect(address).is_ok() {
            assert!(begun.elapsed() < SOON, "the listener outlived its sandbox");
        }
    }
}
