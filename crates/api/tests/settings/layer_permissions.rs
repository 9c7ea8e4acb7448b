//! Permissions of layer versions.

use serde_json::{Value, json};

use crate::app::{App, conflict, done, missing, ok, parameter, stale, validation};
use crate::layers::{LAYER_ARN, LAYERS, publish};

const POLICY: &str = "/2018-10-31/layers/tools/versions/1/policy";
const READ_BY: &str = "GetLayerPolicy";

fn permission(sid: &str) -> Value {
    json!({"StatementId": sid, "Action": "lambda:GetLayerVersion", "Principal": "*"})
}

fn statement(sid: &str, principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"lambda:GetLayerVersion","Resource":"{LAYER_ARN}:tools:1"{condition}}}"#
    )
}

fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{}]}}"#, statements.join(","))
}

pub(crate) async fn a_policy_lives_as_recorded() {
    let app = App::start().await;
    publish(&app, "tools").await;
    publish(&app, "tools").await;
    let none = missing("No policy is associated with the given resource.");
    assert_eq!(app.get(POLICY).await, none);
    let everybody = statement("s1", r#""*""#, "");
    let added = app.ask("POST", POLICY, permission("s1")).await;
    assert_eq!(added, ok(201, json!({"Statement": everybody, "RevisionId": "<revision>"})));
    let got =
        |statements: &[String]| ok(200, json!({"Policy": policy(statements), "RevisionId": "<revision>"}));
    assert_eq!(app.get(POLICY).await, got(std::slice::from_ref(&everybody)));

    let mut organization = permission("s2");
    organization["OrganizationId"] = "o-1234567890".into();
    let condition = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}"#;
    let second = statement("s2", r#""*""#, condition);
    let added = app.ask_in_full("POST", POLICY, organization).await;
    assert_eq!(added.body["Statement"], second);
    assert_eq!(added.body["RevisionId"], app.read(POLICY, "RevisionId").await);
    let mut account = permission("s3");
    account["Principal"] = "111111111111".into();
    let target = format!("{POLICY}?RevisionId={}", added.body["RevisionId"].as_str().unwrap());
    assert_eq!(app.ask("POST", &target, account).await.status, 201);
    let third = statement("s3", r#"{"AWS":"arn:aws:iam::111111111111:root"}"#, "");
    assert_eq!(app.get(POLICY).await, got(&[everybody, second.clone(), third.clone()]));

    let revision = app.read(POLICY, "RevisionId").await;
    let target = format!("{POLICY}/s1?RevisionId={}", revision.as_str().unwrap());
    assert_eq!(app.delete(&target).await, done());
    assert_ne!(app.read(POLICY, "RevisionId").await, revision);
    assert_eq!(app.get(POLICY).await, got(&[second, third]));
    assert_eq!(app.get(&POLICY.replace("/1/", "/2/")).await, none, "each version has its own");
    for sid in ["s2", "s3"] {
        assert_eq!(app.delete(&format!("{POLICY}/{sid}")).await, done());
    }
    assert_eq!(app.get(POLICY).await, none);

    assert_eq!(app.ask("POST", POLICY, permission("s1")).await.status, 201);
    assert_eq!(app.delete("/2018-10-31/layers/tools/versions/1").await, done());
    let gone = missing(&format!("Layer version {LAYER_ARN}:tools:1 does not exist."));
    assert_eq!(app.get(POLICY).await, gone, "a policy goes with its version");
}

pub(crate) async fn permissions_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await;
    publish(&app, "tools").await;
    assert_eq!(app.ask("POST", POLICY, permission("s1")).await.status, 201);
    let gone = |rest: &str| missing(&format!("Layer version {LAYER_ARN}:{rest} does not exist."));
    let (other, second) = (POLICY.replace("tools", "none"), POLICY.replace("/1/", "/2/"));
    let wrong = "RevisionId=00000000-0000-4000-8000-000000000000";
    let with = |member: &str, value: &str| {
        let mut body = permission("s2");
        body[member] = value.into();
        body
    };
    let exists = "The statement id (s1) provided already exists. Please provide a new statement id, or remove the \
                  existing statement.";
    app.refuses(vec![
        ("POST", POLICY, with("Action", "*"), {
            validation(
                "'*' at 'action' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                 lambda:GetLayerVersion",
            )
        }),
        ("POST", POLICY, permission("s1"), conflict(exists)),
        ("POST", &format!("{POLICY}?{wrong}"), permission("s2"), stale(READ_BY)),
        ("POST", &other, permission("s1"), gone("none:1")),
        ("GET", &other, Value::Null, gone("none:1")),
        ("DELETE", &format!("{other}/s1"), Value::Null, gone("none:1")),
        ("POST", &second, permission("s1"), gone("tools:2")),
        ("GET", &second, Value::Null, gone("tools:2")),
        ("DELETE", &format!("{second}/s1"), Value::Null, gone("tools:2")),
        ("GET", &POLICY.replace("/1/", "/0/"), Value::Null, parameter("Layer Version Cannot be less than 1")),
        ("DELETE", &format!("{POLICY}/none"), Value::Null, {
            missing("Statement none is not found in resource policy.")
        }),
        ("DELETE", &format!("{POLICY}/s1?{wrong}"), Value::Null, stale(READ_BY)),
    ])
    .await;
    for body in [
        with("Principal", "s3.amazonaws.com"),
        with("Principal", "arn:aws:iam::111111111111:user/somebody"),
        with("StatementId", "a b"),
        with("OrganizationId", "org"),
    ] {
        let refused = app.ask("POST", POLICY, body).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{refused:?}");
    }
    let only = policy(&[statement("s1", r#""*""#, "")]);
    assert_eq!(app.read(POLICY, "Policy").await, only, "nothing was changed");
    publish(&app, "bare").await;
    let nothing = app.delete("/2018-10-31/layers/bare/versions/1/policy/s1").await;
    assert_eq!(nothing, missing("No policy is associated with the given resource."));
    assert_eq!(app.get(&format!("{LAYERS}/tools/versions/1")).await.status, 200);
}
