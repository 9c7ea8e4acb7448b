//! Bad input through the whole front: sockets, HTTP, routes, validation, JSON, packages.
//!
//! Each row is a request somebody could send, and the exact answer it must get. None may be a 500, a hang or silence.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod functions;
mod sandboxes;
mod server;
mod table;
mod wire;

use lambent_engine::tasks::Tasks;
use libtest_mimic::{Arguments, Trial};
use server::{FUNCTION, Server};
use std::process::ExitCode;

fn main() -> ExitCode {
    // A sandbox's first process is this program again.
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return lambent_sandbox::sandbox_init_main();
    }
    let tests: [(&str, fn()); 21] = [
        ("every_bad_request_gets_its_answer", every_bad_request_gets_its_answer),
        ("message_keys_and_types_are_those_of_the_shapes", message_keys_and_types_are_those_of_the_shapes),
        ("good_requests_get_the_recorded_headers", good_requests_get_the_recorded_headers),
        ("a_function_lives_as_its_owner_says", a_function_lives_as_its_owner_says),
        (
            "functions_reach_what_their_roles_allow_and_nothing_else",
            functions_reach_what_their_roles_allow_and_nothing_else,
        ),
        ("functions::answers_have_the_recorded_members", functions::answers_have_the_recorded_members),
        ("functions::versions_come_and_go", functions::versions_come_and_go),
        ("functions::layers_are_named_and_taken_away", functions::layers_are_named_and_taken_away),
        ("functions::members_are_kept_and_cleared", functions::members_are_kept_and_cleared),
        ("functions::a_download_needs_its_signature", functions::a_download_needs_its_signature),
        (
            "sandboxes::all_of_them_share_one_room_for_bodies",
            sandboxes::all_of_them_share_one_room_for_bodies,
        ),
        (
            "sandboxes::calls_in_flight_end_with_their_sandbox",
            sandboxes::calls_in_flight_end_with_their_sandbox,
        ),
        ("wire::malformed_http_is_answered_400_or_cut_off", wire::malformed_http_is_answered_400_or_cut_off),
        (
            "wire::lengths_that_contradict_each_other_are_refused",
            wire::lengths_that_contradict_each_other_are_refused,
        ),
        ("wire::endless_heads_are_refused", wire::endless_heads_are_refused),
        ("wire::a_chunked_body_is_bounded_like_any_other", wire::a_chunked_body_is_bounded_like_any_other),
        ("wire::slow_senders_are_sent_away", wire::slow_senders_are_sent_away),
        ("wire::pipelined_requests_are_answered_in_order", wire::pipelined_requests_are_answered_in_order),
        (
            "wire::a_client_that_has_finished_sending_still_gets_its_answer",
            wire::a_client_that_has_finished_sending_still_gets_its_answer,
        ),
        (
            "wire::a_client_that_asks_first_is_told_to_go_on_or_not",
            wire::a_client_that_asks_first_is_told_to_go_on_or_not,
        ),
        (
            "wire::many_silent_connections_do_not_keep_others_out",
            wire::many_silent_connections_do_not_keep_others_out,
        ),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

/// The texts, the error types and the statuses, all in one run so that a change of wording shows as a whole.
fn every_bad_request_gets_its_answer() {
    let server = Server::start();
    let rows = table::rows();
    assert!(rows.len() >= 60, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let reply = server.ask(row.method, &row.target, &row.headers(), &row.body);
        let kind = reply.header("x-amzn-errortype").unwrap_or("none");
        let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let message = body.get("Message").or_else(|| body.get("message")).and_then(|text| text.as_str());
        let right = reply.status == row.status
            && kind == row.kind
            && message.is_some_and(|message| message.contains(&row.text));
        if !right {
            wrong.push(format!(
                "{} {}\n  expected {} {} {}\n  got      {} {kind} {message:?}",
                row.method, row.target, row.status, row.kind, row.text, reply.status
            ));
        }
    }
    // `ask` has seen a request id in each of them.
    for status in [400, 403, 404, 405, 413, 415, 501] {
        assert!(rows.iter().any(|row| row.status == status), "no row is answered {status}");
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn message_keys_and_types_are_those_of_the_shapes() {
    let server = Server::start();
    let missing = server.ask("GET", "/2015-03-31/functions/absent", &[], b"");
    assert_eq!(
        missing.body,
        r#"{"Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:absent","Type":"User"}"#
    );
    let target = format!("/2015-03-31/functions/{FUNCTION}:$LATEST/invocations?Qualifier=1");
    let differing = server.ask("POST", &target, &[], b"{}");
    assert_eq!(
        differing.body,
        r#"{"Type":"User","message":"The derived qualifier from the function name does not match the specified qualifier."}"#
    );
}

fn good_requests_get_the_recorded_headers() {
    let server = Server::start();
    let accepted = server.ask("POST", &format!("/2014-11-13/functions/{FUNCTION}/invoke-async/"), &[], b"{}");
    assert_eq!(accepted.status, 202);
    assert_eq!(accepted.body, "");
    assert_eq!(accepted.header("content-length"), Some("0"));
    assert_eq!(accepted.header("content-type"), Some("application/json"));
    assert!(accepted.header("date").is_some() && accepted.header("x-amzn-trace-id").is_none());

    let invoke = format!("/2015-03-31/functions/{FUNCTION}/invocations");
    let event = server.ask("POST", &invoke, &[("X-Amz-Invocation-Type", "Event")], b"{}");
    assert_eq!((event.status, event.body.as_str()), (202, ""));
    assert_eq!(event.header("x-amzn-remapped-content-length"), Some("0"));
    assert_eq!(event.header("content-type"), None);
    assert!(event.header("x-amzn-trace-id").is_some_and(|trace| trace.starts_with("root=1-")));

    let id = event.header("x-amzn-requestid").unwrap();
    let known = server.ask("GET", &format!("/_lambent/v1/events/{id}"), &[], b"");
    assert_eq!(known.status, 200, "{known:?}");
    assert!(known.body.contains(id) && known.body.contains(r#""function":"there""#), "{}", known.body);
    let listed = server.ask("GET", &format!("/_lambent/v1/events?function={FUNCTION}"), &[], b"");
    assert!(listed.body.contains(id), "{}", listed.body);

    let dry = server.ask("POST", &invoke, &[("X-Amz-Invocation-Type", "DryRun")], b"");
    assert_eq!((dry.status, dry.header("x-amzn-remapped-content-length")), (204, Some("0")));
}

fn a_function_lives_as_its_owner_says() {
    let server = Server::start();
    let path = format!("/2015-03-31/functions/{FUNCTION}");
    let json = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    let got = json(&server.ask("GET", &path, &[], b"").body);
    let configuration = &got["Configuration"];
    assert_eq!(configuration["State"], "Active");
    assert_eq!(configuration["Version"], "$LATEST");
    assert_eq!(configuration["MemorySize"], 128);
    assert_eq!(configuration["LoggingConfig"]["LogGroup"], "/aws/lambda/there");
    let location = got["Code"]["Location"].as_str().unwrap();
    let (_, download) = location.split_once(&server.address().to_string()).unwrap();
    assert_eq!(server.ask("GET", download, &[], b"").header("content-type"), Some("application/zip"));

    let update = br#"{"Timeout":7,"Environment":{"Variables":{"KEY":"value"}}}"#;
    let updated = json(&server.ask("PUT", &format!("{path}/configuration"), &[], update).body);
    assert_eq!((&updated["Timeout"], &updated["MemorySize"]), (&7.into(), &128.into()));
    assert_eq!(updated["Environment"]["Variables"]["KEY"], "value");
    assert_ne!(updated["RevisionId"], configuration["RevisionId"]);
    let stale = format!(r#"{{"Timeout":8,"RevisionId":{}}}"#, configuration["RevisionId"]);
    let refused = server.ask("PUT", &format!("{path}/configuration"), &[], stale.as_bytes());
    assert_eq!(
        (refused.status, refused.header("x-amzn-errortype")),
        (412, Some("PreconditionFailedException"))
    );

    let second = server.ask("POST", "/2015-03-31/functions/", &[], server::create_body("alpha").as_bytes());
    assert_eq!(second.status, 201);
    let page = json(&server.ask("GET", "/2015-03-31/functions?MaxItems=1", &[], b"").body);
    assert_eq!(
        (&page["Functions"][0]["FunctionName"], &page["NextMarker"]),
        (&"alpha".into(), &"YWxwaGE6JExBVEVTVA".into())
    );
    let next = format!("/2015-03-31/functions?Marker={}", page["NextMarker"].as_str().unwrap());
    let rest = json(&server.ask("GET", &next, &[], b"").body);
    assert_eq!((&rest["Functions"][0]["FunctionName"], &rest["NextMarker"]), (&FUNCTION.into(), &().into()));

    assert_eq!(server.ask("DELETE", &path, &[], b"").status, 204);
    assert_eq!(server.ask("GET", &path, &[], b"").status, 404);
}

fn functions_reach_what_their_roles_allow_and_nothing_else() {
    let server = Server::start();
    let sandbox = server.sandbox(Tasks::spawn);
    let (session, guard) = server.session(server::ROLE);
    let ask =
        |method, target: &str| server::ask_signed(&session, sandbox.address, method, target, &[], b"{}");
    let event = ask("POST", &format!("/2014-11-13/functions/{FUNCTION}/invoke-async"));
    assert_eq!(event.status, 202, "{event:?}");
    let invocations = format!("/2015-03-31/functions/{FUNCTION}/invocations");
    assert_eq!(ask("POST", &invocations).status, 502);
    let function = format!("/2015-03-31/functions/{FUNCTION}");
    let others = [
        ("GET", function.as_str()),
        ("DELETE", function.as_str()),
        ("POST", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/functions"),
        ("GET", "/metrics"),
        ("GET", "/_lambent/v1/events?function=there"),
    ];
    for (method, target) in others {
        let refused = ask(method, target);
        assert_eq!(refused.status, 403, "{method} {target}: {refused:?}");
        assert_eq!(refused.header("x-amzn-errortype"), Some("AccessDeniedException"), "{method} {target}");
        assert!(refused.body.contains("arn:aws:sts::000000000000:assumed-role/r/there"), "{refused:?}");
    }
    // The same unsigned: this machine's own programs need no key, a function on it does.
    for (method, target) in others.into_iter().chain([("POST", invocations.as_str())]) {
        let refused = server::ask_at(sandbox.address, method, target, &[], b"{}");
        assert_eq!(refused.status, 403, "{method} {target}: {refused:?}");
        assert_eq!(refused.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
    }
    // Its credentials end with its environment.
    drop(guard);
    let late = ask("POST", &invocations);
    assert_eq!((late.status, late.header("x-amzn-errortype")), (403, Some("UnrecognizedClientException")));
}
