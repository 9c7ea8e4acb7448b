//! Policies as a whole: the three operations on resource policies.

use serde_json::{Value, json};

use crate::app::{ARN, App, done, missing, ok, parameter, stale};
use crate::permissions::{GONE, POLICY, permission, policy, statement};

const READ_BY: &str = "GetResourcePolicy";

fn whole(arn: &str) -> String {
    format!("/2026-07-09/resource-policy/{}", arn.replace(':', "%3A"))
}

fn put(text: &str) -> Value {
    json!({"Policy": text})
}

pub(crate) async fn a_whole_policy_takes_the_place_of_what_was_added() {
    let app = App::start().await.with_alias().await;
    assert_eq!(app.ask("POST", POLICY, permission("added")).await.status, 201);
    let target = whole(ARN);
    let answer = |text: &str| ok(200, json!({"Policy": text, "RevisionId": "<revision>"}));
    let added = policy(&[statement("added", ARN)]);
    assert_eq!(app.get(&target).await, answer(&added));

    // As it is written, but for white space.
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":{{"AWS":"*"}},"Action":["lambda:Invoke*"],"Resource":"{ARN}"}}}}"#
    );
    let spaced = text.replace(',', " ,\n ");
    assert_eq!(app.ask("PUT", &target, put(&spaced)).await, answer(&text));
    assert_eq!(app.get(&target).await, answer(&text));
    assert_eq!(app.get(POLICY).await, answer(&text), "GetPolicy shows the same policy");
    assert_eq!(app.ask("POST", POLICY, permission("more")).await.status, 201);
    let both = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":{{"AWS":"*"}},"Action":["lambda:Invoke*"],"Resource":"{ARN}"}},{}]}}"#,
        statement("more", ARN)
    );
    assert_eq!(app.get(&target).await, answer(&both));

    // The revision is the policy's own: a change of the function is none of the policy.
    let revision = app.read(&target, "RevisionId").await;
    let described = json!({"Description": "text"});
    let changed = app.ask("PUT", "/2015-03-31/functions/there/configuration", described).await;
    assert_eq!(changed.status, 200);
    let mut at = put(&added);
    at["RevisionId"] = revision.clone();
    assert_eq!(app.ask("PUT", &target, at.clone()).await, answer(&added));
    assert_eq!(app.ask("PUT", &target, at).await, stale(READ_BY));
    let old = format!("{target}?RevisionId={}", revision.as_str().unwrap());
    assert_eq!(app.delete(&old).await, stale(READ_BY));
    let revision = app.read(&target, "RevisionId").await;
    let current = format!("{target}?RevisionId={}", revision.as_str().unwrap());
    assert_eq!(app.delete(&current).await, done());
    assert_eq!(app.get(&target).await, missing(GONE));
    assert_eq!(app.get(POLICY).await, missing(GONE));
    assert_eq!(app.delete(&target).await, missing(GONE));

    for qualifier in ["1", "live"] {
        let arn = format!("{ARN}:{qualifier}");
        let text = policy(&[statement("sid", &arn)]);
        assert_eq!(app.ask("PUT", &whole(&arn), put(&text)).await, answer(&text));
        assert_eq!(app.get(&format!("{POLICY}?Qualifier={qualifier}")).await, answer(&text));
    }
    assert_eq!(app.get(&target).await, missing(GONE));
}

pub(crate) async fn policies_that_may_not_be_are_refused() {
    let app = App::start().await.with_alias().await;
    let target = whole(ARN);
    let legal = policy(&[statement("sid", ARN)]);
    assert_eq!(app.ask("PUT", &target, put(&legal)).await.status, 200);
    let nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody";
    let not_found = |arn: &str| missing(&format!("Function not found: {arn}"));
    let latest = || parameter("We currently do not support adding policies for $LATEST.");
    app.refuses(vec![
        ("PUT", &whole(nobody), put(&legal), not_found(nobody)),
        ("DELETE", &whole(nobody), Value::Null, not_found(nobody)),
        ("GET", &whole(nobody), Value::Null, missing(GONE)),
        ("PUT", &whole(&format!("{ARN}:9")), put(&legal), not_found(&format!("{ARN}:9"))),
        ("PUT", &whole(&format!("{ARN}:none")), put(&legal), {
            missing(&format!("Cannot find alias arn: {ARN}:none"))
        }),
        ("PUT", &whole(&format!("{ARN}:$LATEST")), put(&legal), latest()),
        ("PUT", &whole(&ARN.replace("us-east-1", "eu-west-1")), put(&legal), {
            missing("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")
        }),
        ("PUT", &target, json!({"Policy": legal, "RevisionId": "00000000-0000-4000-8000-000000000000"}), {
            stale(READ_BY)
        }),
        // Where there is no policy, no revision fits.
        (
            "PUT",
            &whole(&format!("{ARN}:1")),
            json!({
                "Policy": legal, "RevisionId": "00000000-0000-4000-8000-000000000000",
            }),
            stale(READ_BY),
        ),
        ("DELETE", &whole(&format!("{ARN}:live")), Value::Null, missing(GONE)),
    ])
    .await;
    for text in [
        "no JSON",
        "[]",
        "{}",
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        &legal.replace("2012-10-17", "2026-01-01"),
        &legal.replace("Allow", "Perhaps"),
        &legal.replace("Effect", "Affect"),
        &legal.replace(r#""Principal":{"Service":"s3.amazonaws.com"},"#, ""),
        &policy(&[statement("sid", ARN), statement("sid", ARN)]),
        &"[".repeat(10_000),
    ] {
        let refused = app.ask("PUT", &target, put(text)).await;
        assert_eq!((refused.status, refused.kind.as_deref()), (400, Some("InvalidParameterValueException")));
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.starts_with("The policy document is malformed: "), "{message}");
        assert!(message.len() < 400, "{message}");
    }
    for (target, body) in [
        (target.clone(), json!({})),
        (target.clone(), put("")),
        (target.clone(), put(&format!("{legal}{}", " ".repeat(20_480)))),
        (whole("there"), put(&legal)),
        (whole("arn:aws:lambda:us-east-1:000000000000:layer:tools"), put(&legal)),
    ] {
        let refused = app.ask("PUT", &target, body).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{target} {refused:?}");
    }
    assert_eq!(app.read(&target, "Policy").await, legal, "nothing was changed");
}

/// What AWS does is not recorded. Here it is kept, because it cannot do harm: it never applies.
pub(crate) async fn a_statement_about_something_else_is_kept() {
    let app = App::start().await;
    let text = policy(&[statement("sid", "arn:aws:lambda:us-east-1:000000000000:function:other")]);
    assert_eq!(app.ask("PUT", &whole(ARN), put(&text)).await.status, 200);
    assert_eq!(app.read(POLICY, "Policy").await, text);
}
