//! Too much of everything, on a server where everybody has to sign.

use std::io::{Read, Write};
use std::num::NonZeroU32;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lambent_api::rate::Rate;
use lambent_api::{Auth, Limits, Tls};

use super::fixture::{Fixture, refusal};
use super::reference::Key;
use super::server::{self, FUNCTION, Server, Setup, create_body};

const FUNCTIONS: &str = "/2015-03-31/functions";

pub(crate) fn heads_that_are_too_much_are_refused() {
    let fixture = Fixture::start();
    let long = |bytes: usize| format!("AWS4-HMAC-SHA256 Credential={}", "a".repeat(bytes));
    let names: Vec<String> = (0..9_000).map(|number| format!("h{number:04}")).collect();
    let many = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/lambda/aws4_request, SignedHeaders={}, Signature={}",
        fixture.owner.id,
        names.join(";"),
        "0".repeat(64)
    );
    let date = ("x-amz-date", "20260101T000000Z");
    for (what, value, status) in [
        ("60 KB", long(60_000), 400),
        ("nine thousand signed headers", many, 403),
        (
            "no names",
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=, Signature=0".to_owned(),
            403,
        ),
        ("no slashes", "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0".to_owned(), 400),
        ("only commas", ",".repeat(60_000), 400),
    ] {
        let reply = fixture.server.ask("GET", FUNCTIONS, &[("authorization", &value), date], b"");
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        assert!(reply.body.len() < 2_000, "{what}: {} bytes", reply.body.len());
    }
    let head = |header: &str| format!("GET {FUNCTIONS} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
    let endless = fixture.server.raw(&[head(&format!("Authorization: {}\r\n", long(300_000))).as_bytes()]);
    assert!(endless.starts_with("HTTP/1.1 431 "), "{endless}");
    let lines: String = (0..200).map(|number| format!("x-amz-h{number}: 1\r\n")).collect();
    let several = fixture.server.raw(&[head(&lines).as_bytes()]);
    assert!(several.starts_with("HTTP/1.1 431 "), "{several}");
    // Bytes that are no text.
    let mut bytes = head("").into_bytes();
    bytes.truncate(bytes.len() - 2);
    bytes.extend_from_slice(
        b"Authorization: AWS4-HMAC-SHA256 Credential=\xff\xfe\r\nConnection: close\r\n\r\n",
    );
    let garbage = fixture.server.raw(&[&bytes]);
    assert!(garbage.starts_with("HTTP/1.1 400 "), "{garbage}");
    for query in
        ["X-Amz-Signature=%FF", "X-Amz-Signature=%", "X-Amz-Algorithm=&X-Amz-Algorithm=", "X-Amz-Credential"]
    {
        let reply = fixture.server.ask("GET", &format!("{FUNCTIONS}?{query}"), &[], b"");
        assert_eq!(
            reply.header("x-amzn-errortype"),
            Some("IncompleteSignatureException"),
            "{query}: {reply:?}"
        );
    }
}

pub(crate) fn bodies_that_are_too_much_are_refused() {
    let fixture = Fixture::start();
    let owner = &fixture.owner;
    let nested = format!(r#"{{"Description":{}{}}}"#, "[".repeat(1_001), "]".repeat(1_001));
    let (policy, configuration) =
        ("/2015-03-31/functions/there/policy", "/2015-03-31/functions/there/configuration");
    let statement = |sid: &str| {
        format!(r#"{{"StatementId":"{sid}","Action":"lambda:InvokeFunction","Principal":"123456789012"}}"#)
    };
    let serialization = "SerializationException";
    for (what, method, target, body, status, kind) in [
        ("depth", "PUT", configuration, nested.into_bytes(), 400, "InvalidRequestContentException"),
        (
            "no UTF-8",
            "PUT",
            configuration,
            b"{\"Description\":\"\xff\"}".to_vec(),
            400,
            "InvalidRequestContentException",
        ),
        // AWS takes the last of two. Two readers must not see two requests, so here there may be only one.
        ("twice", "PUT", configuration, br#"{"Timeout":3,"Timeout":900}"#.to_vec(), 400, serialization),
        (
            "twice, judged",
            "POST",
            policy,
            statement("a").replacen('{', r#"{"Principal":"1","#, 1).into_bytes(),
            400,
            serialization,
        ),
        ("size", "PUT", configuration, vec![b' '; 1_048_577], 413, "RequestEntityTooLargeException"),
    ] {
        let (got, name, message) = refusal(&fixture.ask(owner, method, target, &body));
        assert_eq!((got, name.as_str()), (status, kind), "{what}: {message}");
    }
    let mut added = 0;
    let last = loop {
        let reply = fixture.ask(owner, "POST", policy, statement(&format!("statement-{added}")).as_bytes());
        if reply.status != 201 {
            break refusal(&reply);
        }
        added += 1;
        assert!(added < 200, "a policy without a bound");
    };
    assert_eq!((last.0, last.1.as_str()), (400, "PolicyLengthExceededException"), "{}", last.2);
    assert!(added > 50, "{added} statements");
}

/// A stranger's body costs no memory, and one who asks first is told before sending it.
pub(crate) fn strangers_bodies_are_not_kept() {
    // No body that is not small has room here: one that was kept would be answered 503.
    let limits = Limits { body_bytes_in_memory_max: 128 * 1024, ..server::limits() };
    let fixture = Fixture::set_up(Setup { limits, auth: Auth::Required, ..Setup::default() });
    let unknown = Key { id: "AKIAAAAAAAAAAAAAAAAA".to_owned(), ..fixture.owner.clone() };
    let size = 70 * 1024 * 1024;
    let unsigned = format!("POST {FUNCTIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n");
    let mut signed = unsigned.clone();
    for (name, value) in unknown.signer().sign(&fixture.request("POST", FUNCTIONS, b"")).headers {
        if name != "host" {
            signed.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    for (head, kind) in [(&unsigned, "MissingAuthenticationToken"), (&signed, "UnrecognizedClient")] {
        // Nothing of the body is sent, and nothing is waited for.
        let mut stream = fixture.server.connect();
        stream
            .write_all(format!("{head}Expect: 100-continue\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        let answer = server::read_to_end(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains(kind), "{answer}");

        let mut stream = fixture.server.connect();
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let part = vec![b' '; 1024 * 1024];
        for _ in 0..70 {
            if stream.write_all(&part).is_err() {
                break;
            }
        }
        let answer = server::read_to_end(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains(kind), "{answer}");
    }
}

pub(crate) fn callers_are_held_to_their_rate() {
    let rate = Rate { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(3).unwrap() };
    let fixture = Fixture::set_up(Setup { auth: Auth::Required, rate: Some(rate), ..Setup::default() });
    let other = fixture.key("other", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let replies: Vec<_> = (0..20).map(|_| fixture.ask(&fixture.owner, "GET", FUNCTIONS, b"")).collect();
    let late = replies.iter().find(|reply| reply.status == 429).expect("twenty at once are too many");
    assert_eq!(late.header("x-amzn-errortype"), Some("TooManyRequestsException"), "{late:?}");
    assert!(
        late.header("retry-after").is_some_and(|secs| secs.parse::<u16>().is_ok_and(|secs| secs > 0)),
        "{late:?}"
    );
    assert!(replies.iter().filter(|reply| reply.status == 200).count() >= 3);
    // Each for itself; and who cannot sign takes nothing from those who can.
    for _ in 0..10 {
        let forged = Key { secret: "forged".to_owned(), ..other.clone() };
        assert_eq!(fixture.ask(&forged, "GET", FUNCTIONS, b"").status, 403);
    }
    assert_eq!(fixture.ask(&other, "POST", FUNCTIONS, create_body(FUNCTION).as_bytes()).status, 201);
}

/// Half a head, half a body, and silence, behind a handshake that is as it should be.
pub(crate) fn slow_senders_over_tls_are_sent_away() {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = (dir.path().join("tls.crt"), dir.path().join("tls.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"])
        .args(["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-out"])
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let tls = Some(Tls::load(&certificate, &key).unwrap());
    let server = Server::set_up(Setup { tls, ..Setup::default() });
    let body = "POST /2015-03-31/functions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
    let begun = Instant::now();
    for (sent, expected) in
        [("POST /2015-03-31/functions HT", None), (body, Some("HTTP/1.1 408 ")), ("", None)]
    {
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-connect", &server.address().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Its input stays open, so it is the server that ends it.
        let mut input = client.stdin.take().unwrap();
        input.write_all(sent.as_bytes()).unwrap();
        let mut answer = String::new();
        client.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        client.wait().unwrap();
        let is_right = match expected {
            Some(start) => answer.starts_with(start),
            None => answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
        };
        assert!(is_right, "{sent:?}: {answer}");
    }
    assert!(begun.elapsed() < Duration::from_secs(45), "took {:?}", begun.elapsed());
}
