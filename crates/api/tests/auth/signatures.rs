//! Signatures over the wire: each way in which one can be wrong, and AWS's answer to it.

use lambent_domain::time::{Clock as _, Timestamp};
use lambent_engine::clock::SystemClock;

use super::fixture::{Fixture, refusal};
use super::reference::{Key, Sent, Signer, hash};

const INVALID: &str = "InvalidSignatureException";
const INCOMPLETE: &str = "IncompleteSignatureException";
const UNRECOGNIZED: &str = "UnrecognizedClientException";
const MISSING: &str = "MissingAuthenticationTokenException";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";
const UNKNOWN: &str = "The security token included in the request is invalid.";

/// A call that is checked and not made: 204.
fn call(fixture: &Fixture) -> Sent {
    let target = "/2015-03-31/functions/there/invocations?Qualifier=%24LATEST";
    fixture.request("POST", target, br#"{"a":1}"#).with("X-Amz-Invocation-Type", "DryRun")
}

pub(crate) fn right_ones_are_taken() {
    let fixture = Fixture::start();
    let (session, _guard) = fixture.session(SystemClock.now());
    for key in [&fixture.owner, &session] {
        let sent = key.signer().sign(&call(&fixture));
        assert_eq!(fixture.send(&sent).status, 204);
        for shift in [-280, 280] {
            let sent = Signer { shift, ..key.signer() }.sign(&call(&fixture));
            assert_eq!(fixture.send(&sent).status, 204, "{shift} seconds off");
        }
    }
    // Without blanks, and with the parameters in another order.
    let mut sent = fixture.owner.signer().sign(&call(&fixture));
    let text = sent.header("authorization").replace(", ", ",");
    sent.set("authorization", &text);
    assert_eq!(fixture.send(&sent).status, 204);
    // In the query, with a session's token too; valid for longer than clocks may differ.
    let get = fixture.request("GET", "/2015-03-31/functions/there", b"");
    let sent = Signer { shift: -3_000, ..fixture.owner.signer() }.presign(&get, 3_600);
    assert_eq!(fixture.send(&sent).status, 200);
    let dry = fixture.request("POST", "/2014-11-13/functions/there/invoke-async/", b"{}");
    assert_eq!(fixture.send(&session.signer().presign(&dry, 60)).status, 202);
    let listed = fixture.request("POST", "/", br#"{"logGroupNamePrefix":"/"}"#);
    let listed = listed.with("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
    let sent = Signer { service: "logs", ..fixture.owner.signer() }.sign(&listed);
    assert_eq!(fixture.send(&sent).status, 200);
}

/// How a request that was signed is changed before it is sent.
type Change = fn(&mut Sent);

/// A change, and the answer to it.
type Row = (&'static str, Change, u16, &'static str, &'static str);

fn mismatch(what: &'static str, change: Change) -> Row {
    (what, change, 403, INVALID, MISMATCH)
}

fn incomplete(what: &'static str, text: &'static str, change: Change) -> Row {
    (what, change, 400, INCOMPLETE, text)
}

fn invalid(what: &'static str, text: &'static str, change: Change) -> Row {
    (what, change, 403, INVALID, text)
}

fn changed_requests() -> Vec<Row> {
    vec![
        mismatch("body", |sent| sent.body = br#"{"a":2}"#.to_vec()),
        mismatch("body gone", |sent| sent.body.truncate(0)),
        mismatch("query", |sent| sent.target = sent.target.replace("%24LATEST", "1")),
        mismatch("query gone", |sent| sent.target = sent.target.replace("?Qualifier=%24LATEST", "")),
        mismatch("query added", |sent| sent.target.push_str("&a=b")),
        mismatch("path", |sent| sent.target = sent.target.replace("there", "other")),
        mismatch("header", |sent| sent.set("x-amz-invocation-type", "Event")),
        mismatch("host", |sent| sent.set("host", "localhost")),
        mismatch("header gone", |sent| sent.headers.retain(|(name, _)| name != "X-Amz-Invocation-Type")),
        mismatch("header doubled", |sent| sent.add("x-amz-invocation-type", "Event")),
        invalid("host doubled", "'Host' or ':authority' must be a 'SignedHeader'", |sent| {
            sent.add("host", "localhost");
        }),
        invalid(
            "header added",
            "'x-amz-log-type' must be a 'SignedHeader' in the AWS Authorization.",
            |sent| {
                sent.add("x-amz-log-type", "Tail");
            },
        ),
    ]
}

fn changed_signatures() -> Vec<Row> {
    vec![
        mismatch("signature", |sent| {
            let text = sent.header("authorization").to_owned();
            let (head, _) = text.rsplit_once('=').unwrap();
            sent.set("authorization", &format!("{head}={}", "0".repeat(64)));
        }),
        mismatch("signature cut", |sent| {
            let text = sent.header("authorization").to_owned();
            sent.set("authorization", &text[..text.len() - 1]);
        }),
        invalid("date", "Date in Credential scope does not match YYYYMMDD", |sent| {
            sent.set("x-amz-date", "20200101T000000Z");
        }),
        incomplete("date doubled", "'x-amz-date' may be there only once", |sent| {
            sent.add("x-amz-date", "20200101T000000Z");
        }),
        incomplete("authorization doubled", "'authorization' may be there only once", |sent| {
            let again = sent.header("authorization").to_owned();
            sent.add("authorization", &again);
        }),
        incomplete("scheme", "Invalid key=value pair (missing equal-sign) in Authorization header", |sent| {
            sent.set("authorization", "Bearer abc");
        }),
        incomplete("both ways", "Only one auth mechanism allowed", |sent| {
            sent.target.push_str("&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b");
            sent.target.push_str("&X-Amz-Date=c&X-Amz-SignedHeaders=d&X-Amz-Expires=1");
        }),
        (
            "authorization gone",
            |sent| sent.headers.retain(|(name, _)| name != "Authorization"),
            403,
            MISSING,
            "Missing Authentication Token",
        ),
    ]
}

pub(crate) fn what_was_changed_on_the_way_is_refused() {
    let fixture = Fixture::start();
    for (what, change, status, kind, text) in changed_requests().into_iter().chain(changed_signatures()) {
        let mut sent = fixture.owner.signer().sign(&call(&fixture));
        change(&mut sent);
        let (got, name, message) = refusal(&fixture.send(&sent));
        assert_eq!((got, name.as_str()), (status, kind), "{what}: {message}");
        assert!(message.contains(text), "{what}: {message}");
        assert!(!message.contains(&fixture.owner.secret), "{what}");
    }
    // A signature for one method is none for another.
    let mut sent = fixture.owner.signer().sign(&fixture.request("GET", "/2015-03-31/functions/there", b""));
    "DELETE".clone_into(&mut sent.method);
    assert_eq!(refusal(&fixture.send(&sent)), (403, INVALID.to_owned(), MISMATCH.to_owned()));
    assert_eq!(fixture.ask(&fixture.owner, "GET", "/2015-03-31/functions/there", b"").status, 200);
}

/// A signer, and the answer to what it signs.
type Signed<'a> = (&'static str, Signer<'a>, &'static str, &'static str);

/// Refuses what it signs in the header and, unless it says `header only`, in the query.
fn refuses(fixture: &Fixture, (what, signer, kind, text): Signed<'_>) {
    let get = fixture.request("GET", "/2015-03-31/functions/there", b"");
    let presigned = (!what.contains("header only")).then(|| signer.presign(&get, 100));
    for sent in presigned.into_iter().chain([signer.sign(&call(fixture))]) {
        let (status, name, message) = refusal(&fixture.send(&sent));
        assert_eq!((status, name.as_str()), (403, kind), "{what}: {message}");
        assert!(message.contains(text), "{what}: {message}");
    }
}

pub(crate) fn wrong_keys_are_refused() {
    let fixture = Fixture::start();
    let other = fixture.key("other", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let disabled = fixture.key("disabled", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    fixture.disable("disabled");
    let now = SystemClock.now();
    let (session, _guard) = fixture.session(now);
    let (second, _second) = fixture.session(now);
    let half_a_day_ago = Timestamp::from_millis(now.as_millis() - 12 * 3_600_000 - 1_000);
    let (expired, _expired) = fixture.session(half_a_day_ago);
    let (ended, guard) = fixture.session(now);
    drop(guard);

    let owner = &fixture.owner;
    let unknown = Key { id: "AKIAAAAAAAAAAAAAAAAA".to_owned(), ..owner.clone() };
    let token = |key: &Key, token: Option<&str>| Key { token: token.map(str::to_owned), ..key.clone() };
    let foreign = token(&session, second.token.as_deref());
    let (bare, laden) = (token(&session, None), token(owner, session.token.as_deref()));
    let mixed = Key { secret: other.secret.clone(), ..owner.clone() };
    let over = "The security token included in the request is expired";
    for row in [
        ("wrong secret", mixed.signer(), INVALID, MISMATCH),
        ("unknown", unknown.signer(), UNRECOGNIZED, UNKNOWN),
        ("disabled", disabled.signer(), UNRECOGNIZED, UNKNOWN),
        ("another's token", foreign.signer(), UNRECOGNIZED, UNKNOWN),
        ("no token", bare.signer(), UNRECOGNIZED, UNKNOWN),
        ("a token too many", laden.signer(), UNRECOGNIZED, UNKNOWN),
        ("ended session", ended.signer(), UNRECOGNIZED, UNKNOWN),
        ("expired session", expired.signer(), "ExpiredTokenException", over),
        ("no key", Signer { id: "", ..owner.signer() }, UNRECOGNIZED, UNKNOWN),
    ] {
        refuses(&fixture, row);
    }
    let unsigned = refusal(&fixture.send(&call(&fixture)));
    assert_eq!(unsigned, (403, MISSING.to_owned(), "Missing Authentication Token".to_owned()));
    // In the form of CloudWatch Logs, which says everything in the body.
    let logs = fixture.send(&fixture.request("POST", "/", b"{}"));
    assert_eq!((logs.status, logs.body.contains(MISSING)), (400, true), "{logs:?}");
}

pub(crate) fn wrong_times_and_scopes_are_refused() {
    let fixture = Fixture::start();
    let signer = || fixture.owner.signer();
    let (region, service) = ("scoped to a valid region. ", "scoped to correct service: 'lambda'. ");
    for row in [
        // A presigned request may be as old as it says itself.
        ("old, header only", Signer { shift: -310, ..signer() }, INVALID, "Signature expired: "),
        ("very old", Signer { shift: -90_000, ..signer() }, INVALID, "Signature expired: "),
        ("future", Signer { shift: 310, ..signer() }, INVALID, "Signature not yet current: "),
        ("region", Signer { region: "eu-west-1", ..signer() }, INVALID, region),
        ("service", Signer { service: "s3", ..signer() }, INVALID, service),
        ("logs", Signer { service: "logs", ..signer() }, INVALID, service),
    ] {
        refuses(&fixture, row);
    }
}

pub(crate) fn presigned_queries_are_held_to_what_they_say() {
    let fixture = Fixture::start();
    let get = fixture.request("GET", "/2015-03-31/functions/there?Qualifier=%24LATEST", b"");
    let right = fixture.owner.signer().presign(&get, 60);
    assert_eq!(fixture.send(&right).status, 200);
    let changes: [(&str, Change, u16, &str); 11] = [
        ("body", |sent| sent.body = b"{}".to_vec(), 403, INVALID),
        ("query", |sent| sent.target = sent.target.replace("%24LATEST", "1"), 403, INVALID),
        ("longer", |sent| sent.target = sent.target.replace("Expires=60", "Expires=600"), 403, INVALID),
        ("added", |sent| sent.target.push_str("&x=y"), 403, INVALID),
        ("unsigned header", |sent| sent.headers.push(("x-amz-log-type".into(), "Tail".into())), 403, INVALID),
        ("week", |sent| sent.target = sent.target.replace("Expires=60", "Expires=604801"), 400, INCOMPLETE),
        ("negative", |sent| sent.target = sent.target.replace("Expires=60", "Expires=-1"), 400, INCOMPLETE),
        ("no expiry", |sent| sent.target = sent.target.replace("&X-Amz-Expires=60", ""), 400, INCOMPLETE),
        ("signature twice", |sent| sent.target.push_str("&X-Amz-Signature=00"), 400, INCOMPLETE),
        ("credential twice", |sent| sent.target.push_str("&X-Amz-Credential=a"), 400, INCOMPLETE),
        ("date twice", |sent| sent.target.push_str("&X-Amz-Date=20200101T000000Z"), 400, INCOMPLETE),
    ];
    for (what, change, status, kind) in changes {
        let mut sent = right.clone();
        change(&mut sent);
        let (got, name, message) = refusal(&fixture.send(&sent));
        assert_eq!((got, name.as_str()), (status, kind), "{what}: {message}");
    }
    let old = Signer { shift: -61, ..fixture.owner.signer() }.presign(&get, 60);
    let (status, kind, message) = refusal(&fixture.send(&old));
    assert_eq!((status, kind.as_str()), (403, INVALID));
    assert!(message.starts_with("Signature expired: ") && message.ends_with("- 1 min.)"), "{message}");
}

/// The forms in which the clients send bodies that they do not hash, or hash piece by piece.
pub(crate) fn bodies_come_as_clients_send_them() {
    const SHA: &str = "x-amz-content-sha256";
    let fixture = Fixture::start();
    let signer = fixture.owner.signer();
    let said = |value: &str| call(&fixture).with(SHA, value);
    assert_eq!(fixture.send(&signer.sign(&said(&hash(br#"{"a":1}"#)))).status, 204);
    assert_eq!(fixture.send(&signer.sign(&said("UNSIGNED-PAYLOAD"))).status, 204);
    let mut other = signer.sign(&said("UNSIGNED-PAYLOAD"));
    other.body = b"[]".to_vec();
    assert_eq!(fixture.send(&other).status, 204, "nothing is said of the body");
    for (value, status, kind) in [(hash(b"else").as_str(), 403, INVALID), ("SIGNED-PAYLOAD", 400, INCOMPLETE)]
    {
        let (got, name, message) = refusal(&fixture.send(&signer.sign(&said(value))));
        assert_eq!((got, name.as_str()), (status, kind), "{message}");
    }

    let body = br#"{"the body":"in three chunks or so"}"#;
    let length = body.len().to_string();
    let chunked = |value: &str| {
        said(value).with("x-amz-decoded-content-length", &length).with("content-encoding", "aws-chunked")
    };
    let head = signer.sign(&chunked("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
    let whole = Sent { body: signer.chunks(body, 15, &head), ..head.clone() };
    assert_eq!(fixture.send(&whole).status, 204);
    let mut text = String::from_utf8(whole.body.clone()).unwrap();
    text = text.replace("three", "seven");
    let (status, kind, _) = refusal(&fixture.send(&Sent { body: text.into_bytes(), ..head.clone() }));
    assert_eq!((status, kind.as_str()), (403, INVALID), "a chunk was changed");
    let without_end = whole.body.len() - 85;
    let (status, ..) = refusal(&fixture.send(&Sent { body: whole.body[..without_end].to_vec(), ..head }));
    assert_eq!(status, 400, "the last chunk is missing");

    let trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    let head = signer.sign(&chunked(trailer).with("x-amz-trailer", "x-amz-checksum-crc32"));
    let mut unsigned = format!("{:x}\r\n", body.len()).into_bytes();
    unsigned.extend_from_slice(body);
    unsigned.extend_from_slice(b"\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n");
    assert_eq!(fixture.send(&Sent { body: unsigned, ..head }).status, 204);
}
