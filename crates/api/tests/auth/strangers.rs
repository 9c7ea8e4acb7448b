//! What is told to those who may not: nothing, and in particular not whether there is such a function.

use std::collections::BTreeSet;

use lambent_api::Auth;
use lambent_api::authorization::actions::requirement;
use lambent_api::generated::lambda::operations::Operation;
use lambent_api::generated::lambda::routes::ROUTES;
use lambent_api::model::Segment;

use super::fixture::{Fixture, refusal};
use super::server::{self, FUNCTION, Reply, Setup};

/// Allows something, and nothing of what is asked for here.
const NOTHING: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000";

/// Every route there is, with labels that name the function, or a thing of the route's kind.
fn requests() -> Vec<(Operation, &'static str, String)> {
    let mut all = Vec::new();
    for dated in ROUTES {
        for route in dated.routes {
            let mut path = format!("/{}", dated.date);
            let mut before = "";
            for segment in route.segments {
                path.push('/');
                match segment {
                    Segment::Literal(literal) => {
                        path.push_str(literal);
                        before = literal;
                    }
                    Segment::Label => path.push_str(&label(before)),
                }
            }
            let query = match route.operation {
                Operation::GetLayerVersionByArn => format!("find=LayerVersion&Arn={ARN}:layer:l:1"),
                Operation::UntagResource => "tagKeys=a".to_owned(),
                _ => route.query.map(|(name, value)| format!("{name}={value}")).unwrap_or_default(),
            };
            all.push((route.operation, route.method, format!("{path}?{query}")));
        }
    }
    all
}

fn label(before: &str) -> String {
    match before {
        "versions" | "policy" => "1".to_owned(),
        "tags" | "resource-policy" => format!("{ARN}:function:{FUNCTION}"),
        "code-signing-configs" => format!("{ARN}:code-signing-config:csc-0123456789abcdef0"),
        "durable-executions" => {
            format!(
                "{ARN}:function:{FUNCTION}:1%2Fdurable-execution%2Fa%2F00000000-0000-4000-8000-000000000000"
            )
        }
        _ => FUNCTION.to_owned(),
    }
}

/// An answer but for what differs each time.
fn told(reply: &Reply) -> String {
    let differs = |line: &str| {
        let line = line.to_ascii_lowercase();
        line.starts_with("date:") || line.starts_with("x-amzn-requestid:")
    };
    let head: Vec<&str> = reply.head.lines().filter(|line| !differs(line)).collect();
    format!("{}\n{}", head.join("\n"), reply.body)
}

pub(crate) fn nothing_tells_whether_a_function_exists() {
    let fixture = Fixture::set_up(Setup { auth: Auth::Required, ..Setup::default() });
    let powerless = fixture.key("powerless", NOTHING);
    let body = server::create_body(FUNCTION);
    let ask = || -> Vec<(String, String)> {
        let named = requests().into_iter().filter(|(_, _, target)| target.contains(FUNCTION));
        let own = ["/_lambent/v1/events?function=there", "/metrics"].map(|target| ("GET", target.to_owned()));
        let all = named.map(|(_, method, target)| (method, target)).chain(own);
        let create = ("POST", "/2015-03-31/functions".to_owned());
        all.chain([create])
            .flat_map(|(method, target)| {
                let stranger = fixture.server.ask(method, &target, &[], body.as_bytes());
                let known = fixture.ask(&powerless, method, &target, body.as_bytes());
                assert_eq!((stranger.status, known.status), (403, 403), "{method} {target}: {known:?}");
                let what = format!("{method} {target}");
                [(what.clone(), told(&stranger)), (what, told(&known))]
            })
            .collect()
    };
    let before = ask();
    assert!(before.len() > 100, "only {} answers", before.len());
    fixture.create(FUNCTION);
    assert_eq!(ask(), before);
    // Nor whether somebody else was given a right to it.
    let permission = br#"{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"arn:aws:iam::000000000000:user/ann"}"#;
    let added = fixture.ask(&fixture.owner, "POST", "/2015-03-31/functions/there/policy", permission);
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(ask(), before);
}

pub(crate) fn every_operation_refuses_who_may_do_nothing() {
    let fixture = Fixture::start();
    let powerless = fixture.key("powerless", NOTHING);
    let denied = fixture.key(
        "denied",
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"lambda:*","Resource":"*"}"#,
    );
    let mut seen = BTreeSet::new();
    for (operation, method, target) in requests() {
        let action = requirement(operation).action;
        for (key, user, reason) in [
            (&powerless, "powerless", format!("because no identity-based policy allows the {action} action")),
            (&denied, "denied", "with an explicit deny in an identity-based policy".to_owned()),
        ] {
            let reply = fixture.ask(key, method, &target, b"{}");
            let (status, kind, message) = refusal(&reply);
            assert_eq!(
                (status, kind.as_str()),
                (403, "AccessDeniedException"),
                "{method} {target}: {message}"
            );
            let start = format!(
                "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: {action} on resource: "
            );
            let rest = message.strip_prefix(&start).unwrap_or_else(|| panic!("{method} {target}: {message}"));
            let resource =
                rest.strip_suffix(&reason).unwrap_or_else(|| panic!("{method} {target}: {message}"));
            assert!(resource == "* " || resource.starts_with(ARN), "{method} {target}: {message}");
        }
        seen.insert(operation.traits().name);
    }
    assert_eq!(seen.len(), Operation::ALL.len());
    assert_eq!(fixture.ask(&fixture.owner, "GET", "/2015-03-31/functions/there", b"").status, 200);
}

/// Each action of Lambent's own API with a request that needs it, and what it is judged by.
fn own_requests(event: &str) -> Vec<(&'static str, &'static str, String, &'static str, &'static str)> {
    let event = |rest: &str| format!("/_lambent/v1/events/{event}{rest}");
    let there = |rest: &str| format!("/_lambent/v1/functions/there/{rest}");
    let events = || "/_lambent/v1/events".to_owned();
    vec![
        ("lambent:ListEvents", "GET", events(), "", "*"),
        ("lambent:ListEvents", "GET", events() + "?function=there", "", "function"),
        ("lambent:ListEvents", "GET", there("events"), "", "function"),
        ("lambent:GetEvent", "GET", event(""), "", "*"),
        ("lambent:GetEvent", "GET", event("?waitSeconds=9"), "", "*"),
        ("lambent:GetEventPayload", "GET", event("/payload"), "", "*"),
        ("lambent:GetEventResult", "GET", event("/result"), "", "*"),
        ("lambent:CancelEvent", "POST", event("/cancel"), "", "*"),
        ("lambent:RedriveEvent", "POST", event("/redrive"), "", "*"),
        ("lambent:RedriveEvent", "POST", events() + "/redrive", "{}", "*"),
        ("lambent:RedriveEvent", "POST", events() + "/redrive", r#"{"function":"there"}"#, "function"),
        ("lambent:PurgeEvents", "POST", there("events/purge"), r#"{"what":"waiting"}"#, "function"),
        ("lambent:PauseEvents", "POST", there("events/pause"), "", "function"),
        ("lambent:ResumeEvents", "POST", there("events/resume"), "", "function"),
        ("lambent:GetRetryPolicy", "GET", there("retry-policy"), "", "function"),
        ("lambent:PutRetryPolicy", "PUT", there("retry-policy"), r#"{"maximumAttempts":3}"#, "function"),
        ("lambent:DeleteRetryPolicy", "DELETE", there("retry-policy"), "", "function"),
        ("lambent:GetMetrics", "GET", "/metrics".to_owned(), "", "*"),
        ("lambda:InvokeFunction", "POST", there("events"), "{}", "function"),
    ]
}

/// An event of `there` that waits for a long time.
fn delayed_event(fixture: &Fixture) -> String {
    let later = [("x-lambent-delay-seconds", "3600")];
    let (key, target) = (fixture.owner.credentials(), "/2014-11-13/functions/there/invoke-async");
    let sent = server::ask_signed(&key, fixture.server.address(), "POST", target, &later, b"{}");
    assert_eq!(sent.status, 202, "{sent:?}");
    // A header of ours that was not signed could have been put there by anybody.
    let address = fixture.server.address();
    let mut signed = server::signed(&key, address, "POST", target, &[], b"{}");
    signed.push(("x-lambent-delay-seconds".to_owned(), "3600".to_owned()));
    let signed: Vec<(&str, &str)> =
        signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let changed = refusal(&fixture.server.ask("POST", target, &signed, b"{}"));
    assert_eq!((changed.0, changed.1.as_str()), (403, "InvalidSignatureException"), "{changed:?}");
    sent.header("x-amzn-requestid").unwrap().to_owned()
}

pub(crate) fn every_action_on_events_refuses_who_may_do_nothing() {
    let fixture = Fixture::start();
    let event = delayed_event(&fixture);
    let powerless = fixture.key("powerless", NOTHING);
    let function = format!("{ARN}:function:there");
    let mut seen = BTreeSet::new();
    for (action, method, target, body, resource) in own_requests(&event) {
        let (status, kind, message) = refusal(&fixture.ask(&powerless, method, &target, body.as_bytes()));
        assert_eq!((status, kind.as_str()), (403, "AccessDeniedException"), "{method} {target}: {message}");
        let resource = if resource == "*" { "*" } else { &function };
        let expected = format!("is not authorized to perform: {action} on resource: {resource} because");
        assert!(message.contains(&expected), "{method} {target}: {message}");
        assert_eq!(
            fixture.server.ask(method, &target, &[], body.as_bytes()).status,
            403,
            "{method} {target}"
        );
        seen.insert(action);
    }
    for action in lambent_api::authorization::own::Action::ALL {
        assert!(seen.contains(action.name()), "{action:?}");
    }
    let left_alone = fixture.ask(&fixture.owner, "GET", &format!("/_lambent/v1/events/{event}"), b"");
    assert!(left_alone.body.contains(r#""state":"delayed""#), "{left_alone:?}");
}

/// Whoever may act on the events of one function learns nothing of another's.
pub(crate) fn nothing_tells_whether_an_event_exists() {
    let fixture = Fixture::start();
    let event = delayed_event(&fixture);
    let nobodys = "00000000-0000-4000-8000-000000000000";
    let allow =
        |resource: &str| format!(r#"{{"Effect":"Allow","Action":"lambent:*","Resource":"{resource}"}}"#);
    let others = fixture.key("others", &allow(&format!("{ARN}:function:other")));
    let all_but = format!(
        r#"{},{{"Effect":"Deny","Action":"lambent:*","Resource":"{ARN}:function:there"}}"#,
        allow("*")
    );
    let all_but = fixture.key("all-but", &all_but);
    let powerless = fixture.key("powerless", NOTHING);
    let theirs = fixture.key("theirs", &allow(&format!("{ARN}:function:there")));
    for (method, rest) in
        [("GET", ""), ("GET", "/payload"), ("GET", "/result"), ("POST", "/redrive"), ("POST", "/cancel")]
    {
        let ask = |key, id: &str| fixture.ask(key, method, &format!("/_lambent/v1/events/{id}{rest}"), b"");
        for (key, status) in [(&powerless, 403), (&others, 403), (&all_but, 404)] {
            let (there, not) = (ask(key, &event), ask(key, nobodys));
            assert_eq!((there.status, not.status), (status, status), "{method} {rest}: {there:?}");
            assert_eq!(told(&there).replace(&event, nobodys), told(&not), "{method} {rest}");
        }
        let known = ask(&theirs, &event);
        assert_ne!(known.status, 403, "{method} {rest}: {known:?}");
    }
}

pub(crate) fn what_is_open_is_open_and_nothing_else() {
    let fixture = Fixture::start();
    for (target, headers, status) in [
        ("/", &[][..], 200),
        ("/_lambent/health", &[], 200),
        ("/_lambent/health", &[("authorization", "Bearer abc")], 200),
        ("/_lambent/v1/code/00000000-0000-4000-8000-000000000000", &[], 403),
        ("/metrics", &[], 403),
        ("/metrics", &[("authorization", "Bearer abc")], 400),
        ("/_lambent/v1/events/00000000-0000-4000-8000-000000000000", &[], 403),
        ("/_lambent/v1/events?function=there", &[], 403),
        ("/nothing", &[], 403),
        ("/_lambent/healthy", &[], 403),
        ("/_lambent/v1/code", &[], 403),
    ] {
        assert_eq!(fixture.server.ask("GET", target, headers, b"").status, status, "{target}");
    }
    // A URL for a package carries its own secret: whoever was given it needs no key.
    let got = fixture.ask(&fixture.owner, "GET", "/2015-03-31/functions/there", b"");
    let got: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    let location = got["Code"]["Location"].as_str().unwrap();
    let (_, download) = location.split_once(&fixture.server.address().to_string()).unwrap();
    assert_eq!(fixture.server.ask("GET", download, &[], b"").status, 200);
}
