//! Where nobody has to sign: signatures of known keys are checked all the same, and web pages stay out.

use super::fixture::{Fixture, refusal};
use super::reference::Key;
use super::server::{FUNCTION, Setup, create_body};

const FUNCTIONS: &str = "/2015-03-31/functions";

fn start() -> Fixture {
    let fixture = Fixture::set_up(Setup::default());
    assert_eq!(fixture.server.ask("POST", FUNCTIONS, &[], create_body(FUNCTION).as_bytes()).status, 201);
    fixture
}

pub(crate) fn known_keys_are_checked_and_others_taken() {
    let fixture = start();
    let reader = fixture.key("reader", r#"{"Effect":"Allow","Action":"lambda:Get*","Resource":"*"}"#);
    let disabled = fixture.key("disabled", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    fixture.disable("disabled");
    let any = Key { id: "test".to_owned(), secret: "test".to_owned(), token: None };
    let wrong = Key { secret: "test".to_owned(), ..fixture.owner.clone() };
    for (key, status, kind) in [
        (&any, 200, "none"),
        (&fixture.owner, 200, "none"),
        (&wrong, 403, "InvalidSignatureException"),
        (&disabled, 403, "UnrecognizedClientException"),
        (&reader, 403, "AccessDeniedException"),
    ] {
        let (got, name, message) = refusal(&fixture.ask(key, "GET", FUNCTIONS, b""));
        assert_eq!((got, name.as_str()), (status, kind), "{message}");
    }
    assert_eq!(fixture.ask(&reader, "GET", "/2015-03-31/functions/there", b"").status, 200);
    // What is meant for somebody else says nothing here; a signature that cannot be read is a client's mistake.
    for (authorization, status) in [
        ("Bearer abc", 200),
        ("Basic dXNlcjpwYXNz", 200),
        ("", 200),
        ("AWS4-HMAC-SHA256 Credential=test", 400),
        ("AWS4-HMAC-SHA256", 400),
        ("AWS test:abc", 400),
    ] {
        let reply = fixture.server.ask("GET", FUNCTIONS, &[("authorization", authorization)], b"");
        assert_eq!(reply.status, status, "{authorization}: {reply:?}");
    }
}

pub(crate) fn web_pages_are_refused() {
    let fixture = start();
    let own = format!("http://{}", fixture.server.address());
    for (name, value, status) in [
        ("origin", "http://evil.test", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 200),
        ("sec-fetch-site", "cross-site", 403),
        ("host", "evil.test", 403),
        ("host", "localhost", 200),
    ] {
        let reply = fixture.server.ask("GET", FUNCTIONS, &[(name, value)], b"");
        assert_eq!(reply.status, status, "{name}: {value}: {reply:?}");
        // A key of somebody else's choice does not help a page.
        let sent = fixture.request("GET", FUNCTIONS, b"");
        let any = Key { id: "test".to_owned(), secret: "test".to_owned(), token: None };
        let mut sent = any.signer().sign(&sent);
        if name == "host" {
            sent.set(name, value)
        } else {
            sent = sent.with(name, value)
        }
        assert_eq!(fixture.send(&sent).status, status, "{name}: {value}, signed");
    }
}
