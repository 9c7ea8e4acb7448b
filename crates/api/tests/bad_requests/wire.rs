//! What is wrong below HTTP's semantics: malformed, endless, contradictory and slow requests.

use std::io::Write;
use std::time::{Duration, Instant};

use super::server::{FUNCTION, Server, parse};

fn status(text: &str) -> Option<u16> {
    parse(text).map(|reply| reply.status)
}

fn head(server: &Server, more: &str) -> Vec<u8> {
    format!(
        "POST /2014-11-13/functions/{FUNCTION}/invoke-async/ HTTP/1.1\r\nHost: {}\r\n{more}\r\n",
        server.address()
    )
    .into_bytes()
}

pub(crate) fn malformed_http_is_answered_400_or_cut_off() {
    let server = Server::start();
    for bytes in [
        &b"\0\0\0\0"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: \x01\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = server.raw(&[bytes]);
        assert!(
            answer.is_empty() || status(&answer) == Some(400),
            "{}: {answer}",
            String::from_utf8_lossy(bytes)
        );
    }
}

pub(crate) fn lengths_that_contradict_each_other_are_refused() {
    let server = Server::start();
    for headers in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: two\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
    ] {
        let answer = server.raw(&[&head(&server, headers), b"{}"]);
        assert_eq!(status(&answer), Some(400), "{headers}: {answer}");
    }
    // Both given: the chunks count, nothing behind them is taken for a second request.
    let both = head(&server, "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n");
    let answer = server.raw(&[&both, b"2\r\n{}\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"]);
    assert!(!answer.contains("lambent_invocations_total"), "{answer}");
    assert!(matches!(status(&answer), Some(202 | 400)), "{answer}");
}

pub(crate) fn endless_heads_are_refused() {
    let server = Server::start();
    let long = format!("X-Long: {}\r\n", "x".repeat(200_000));
    assert_eq!(status(&server.raw(&[&head(&server, &long)])), Some(431));
    let many = "X-Many: x\r\n".repeat(200);
    assert_eq!(status(&server.raw(&[&head(&server, &many)])), Some(431));
    let target = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(200_000));
    assert!(matches!(status(&server.raw(&[target.as_bytes()])), Some(414 | 431)));
}

pub(crate) fn a_chunked_body_is_bounded_like_any_other() {
    let server = Server::start();
    let fine = head(&server, "Connection: close\r\nTransfer-Encoding: chunked\r\n");
    assert_eq!(status(&server.raw(&[&fine, b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"])), Some(202));
    let mut chunks = Vec::new();
    for _ in 0..40 {
        chunks.extend_from_slice(b"2000\r\n");
        chunks.extend_from_slice(&[b' '; 0x2000]);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    let answer = server.raw(&[&fine, &chunks]);
    assert!(answer.contains("327680 byte payload is too large for the Event invocation type"), "{answer}");
    let broken = server.raw(&[&fine, b"zz\r\n{}"]);
    assert!(matches!(status(&broken), None | Some(400)), "{broken}");
}

pub(crate) fn slow_senders_are_sent_away() {
    let server = Server::start();
    let begun = Instant::now();
    // Half a head, then nothing.
    let answer = server.raw_and_wait(&[b"POST /2014-11-13/functions/there/invoke-async/ HT"]);
    assert!(matches!(status(&answer), None | Some(408)), "{answer}");
    // Half a body, then nothing.
    let answer = server.raw_and_wait(&[&head(&server, "Content-Length: 100\r\nConnection: close\r\n"), b"{"]);
    assert_eq!(status(&answer), Some(408), "{answer}");
    assert!(parse(&answer).is_some_and(|reply| reply.has_request_id()), "{answer}");
    // A connection that says nothing at all.
    assert_eq!(server.raw_and_wait(&[]), "");
    assert!(begun.elapsed() < Duration::from_secs(45), "took {:?}", begun.elapsed());
}

pub(crate) fn pipelined_requests_are_answered_in_order() {
    let server = Server::start();
    let mut bytes = head(&server, "Content-Length: 2\r\n");
    bytes.extend_from_slice(b"{}");
    bytes.extend_from_slice(&head(&server, "Content-Length: 1\r\n"));
    bytes.extend_from_slice(b"{");
    bytes.extend_from_slice(&head(&server, "Content-Length: 2\r\nConnection: close\r\n"));
    bytes.extend_from_slice(b"{}");
    let answers = server.raw_and_wait(&[&bytes]);
    let order: Vec<&str> =
        answers.match_indices("HTTP/1.1 ").filter_map(|(at, _)| answers.get(at + 9..at + 12)).collect();
    assert_eq!(order, ["202", "400", "202"], "{answers}");
}

pub(crate) fn a_client_that_has_finished_sending_still_gets_its_answer() {
    let server = Server::start();
    // `raw` shuts its sending side down before it reads.
    let mut bytes = head(&server, "Content-Length: 2\r\n");
    bytes.extend_from_slice(b"{}");
    assert_eq!(status(&server.raw(&[&bytes])), Some(202));
    // One that ends within its body does not get an event accepted.
    let cut = server.raw(&[&head(&server, "Content-Length: 20\r\n"), b"{}"]);
    assert!(matches!(status(&cut), None | Some(400)), "{cut}");
}

pub(crate) fn a_client_that_asks_first_is_told_to_go_on_or_not() {
    let server = Server::start();
    let asking = head(&server, "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n");
    let answer = server.raw(&[&asking, b"{}"]);
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202"), "{answer}");
    let begun = Instant::now();
    let refused = server.raw_and_wait(&[&head(
        &server,
        "Expect: 100-continue\r\nContent-Length: 900000\r\nConnection: close\r\n",
    )]);
    assert_eq!(status(&refused), Some(413), "{refused}");
    assert!(parse(&refused).is_some_and(|reply| reply.has_request_id()), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(20), "it waited for a body nobody asked for");
}

pub(crate) fn many_silent_connections_do_not_keep_others_out() {
    let server = Server::start();
    let mut silent: Vec<_> = (0..200).map(|_| server.connect()).collect();
    for stream in &mut silent {
        stream.write_all(b"POST / HTTP/1.1\r\n").unwrap();
    }
    let answer = server.ask("GET", "/_lambent/health", &[], b"");
    assert_eq!(answer.status, 200);
}
