//! Tags.

use serde_json::{Value, json};

use crate::app::{ARN, App, done, missing, ok, parameter};

fn tags_of(arn: &str) -> String {
    format!("/2017-03-31/tags/{arn}")
}

pub(crate) async fn tags_live_as_recorded() {
    let app = App::start().await;
    // Clients encode the colons of a label.
    let target = tags_of(&ARN.replace(':', "%3A"));
    let listed = |tags: Value| ok(200, json!({"Tags": tags}));
    assert_eq!(app.get(&target).await, listed(json!({})));
    for (added, all) in [
        (json!({"A": "a"}), json!({"A": "a"})),
        (json!({"B": "b", "C": "c"}), json!({"A": "a", "B": "b", "C": "c"})),
        (json!({"C": "c-new", "D": "d"}), json!({"A": "a", "B": "b", "C": "c-new", "D": "d"})),
    ] {
        assert_eq!(app.ask("POST", &target, json!({"Tags": added})).await, done());
        assert_eq!(app.get(&target).await, listed(all.clone()));
        assert_eq!(app.get("/2015-03-31/functions/there").await.body["Tags"], all);
    }
    for (keys, left) in [
        ("tagKeys=A", json!({"B": "b", "C": "c-new", "D": "d"})),
        ("tagKeys=B&tagKeys=C", json!({"D": "d"})),
        ("tagKeys=none", json!({"D": "d"})),
        ("tagKeys=D&tagKeys=none", json!({})),
    ] {
        assert_eq!(app.ask("DELETE", &format!("{target}?{keys}"), Value::Null).await, done());
        assert_eq!(app.get(&target).await, listed(left));
    }
}

pub(crate) async fn mappings_and_signing_configs_have_tags_too() {
    let app = App::start().await;
    let mapping = json!({"FunctionName": "there", "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:q"});
    let mapping = app.ask_in_full("POST", "/2015-03-31/event-source-mappings", mapping).await;
    let id = mapping.body["UUID"].as_str().unwrap();
    let publisher = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abcdefghij";
    let config = json!({"AllowedPublishers": {"SigningProfileVersionArns": [publisher]}});
    let config = app.ask_in_full("POST", "/2020-04-22/code-signing-configs", config).await;
    let config_arn = config.body["CodeSigningConfig"]["CodeSigningConfigArn"].as_str().unwrap();
    let mapping_arn = format!("arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{id}");
    for arn in [mapping_arn.as_str(), config_arn] {
        let target = tags_of(arn);
        assert_eq!(app.ask("POST", &target, json!({"Tags": {"A": "a", "B": "b"}})).await, done(), "{arn}");
        assert_eq!(app.ask("DELETE", &format!("{target}?tagKeys=A"), Value::Null).await, done());
        assert_eq!(app.get(&target).await, ok(200, json!({"Tags": {"B": "b"}})));
    }
}

pub(crate) async fn what_has_no_tags_is_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    let target = tags_of(ARN);
    let tags = |tags: Value| json!({"Tags": tags});
    let numbered = |count: usize| {
        let tags = (0..count).map(|number| (format!("key{number}"), json!("value")));
        json!({"Tags": tags.collect::<serde_json::Map<_, _>>()})
    };
    let versions = "Tags on function aliases and versions are not supported. Please specify a function ARN.";
    let nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody";
    let not_found = format!("Function not found: {nobody}");
    let mapping =
        "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:00000000-0000-4000-8000-000000000000";
    let config = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000";
    let no_config = format!("The Lambda code signing configuration {config} can not be found.");
    let no_resource = "The resource you requested does not exist.";
    let request = || tags(json!({"A": "a"}));
    app.refuses(vec![
        ("POST", &tags_of(nobody), request(), missing(&not_found)),
        ("DELETE", &format!("{}?tagKeys=A", tags_of(nobody)), Value::Null, missing(&not_found)),
        ("GET", &tags_of(nobody), Value::Null, missing(&not_found)),
        ("POST", &tags_of(&format!("{ARN}:1")), request(), parameter(versions)),
        ("POST", &tags_of(&format!("{ARN}:live")), request(), parameter(versions)),
        ("GET", &tags_of(&format!("{nobody}:$LATEST")), Value::Null, parameter(versions)),
        (
            "POST",
            &target,
            tags(json!({})),
            parameter("An error occurred and the request cannot be processed."),
        ),
        ("POST", &target, numbered(51), parameter("Number of tags exceeds resource tag limit.")),
        ("POST", &target, tags(json!({"aws:x": "a"})), {
            parameter("aws: prefixed tag key names are not allowed for external use.")
        }),
        ("POST", &tags_of(mapping), request(), missing(no_resource)),
        ("GET", &tags_of(mapping), Value::Null, missing(no_resource)),
        ("GET", &tags_of(config), Value::Null, missing(&no_config)),
        ("GET", &tags_of("arn:aws:lambda:us-east-1:000000000000:capacity-provider:p"), Value::Null, {
            missing(no_resource)
        }),
        ("GET", &tags_of("arn:aws:lambda:eu-west-1:000000000000:function:there"), Value::Null, {
            missing("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")
        }),
    ])
    .await;
    for (method, target, body) in [
        ("GET", tags_of("there"), Value::Null),
        ("GET", tags_of("arn:aws:s3:::bucket"), Value::Null),
        ("POST", target.clone(), tags(json!({"<": "a"}))),
        ("POST", target.clone(), tags(json!({"A": "x".repeat(257)}))),
        ("POST", target.clone(), json!({})),
        ("DELETE", target.clone(), Value::Null),
    ] {
        let refused = app.ask(method, &target, body).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{method} {target} {refused:?}");
    }
    assert_eq!(app.ask("POST", &target, numbered(50)).await, done());
    let refused = app.ask("POST", &target, request()).await;
    assert_eq!(refused, parameter("Number of tags exceeds resource tag limit."));
}
