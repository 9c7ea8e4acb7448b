//! Code signing configurations.

use serde_json::{Value, json};

use crate::app::{ARN, App, conflict, done, missing, ok, parameter, refusal};

const CONFIGS: &str = "/2020-04-22/code-signing-configs";
const OF_FUNCTION: &str = "/2020-06-30/functions/there/code-signing-config";
const PUBLISHER: &str = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/test";
const ABSENT: &str = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000";

fn creation() -> Value {
    json!({"AllowedPublishers": {"SigningProfileVersionArns": [PUBLISHER]}})
}

async fn create(app: &App, body: Value) -> String {
    let created = app.ask_in_full("POST", CONFIGS, body).await;
    assert_eq!(created.status, 201, "{created:?}");
    created.body["CodeSigningConfig"]["CodeSigningConfigArn"].as_str().unwrap().to_owned()
}

fn described(policy: &str, description: Option<&str>) -> Value {
    let mut config = json!({
        "AllowedPublishers": {"SigningProfileVersionArns": [PUBLISHER]},
        "CodeSigningConfigArn": "arn:aws:lambda:us-east-1:000000000000:code-signing-config:<id>",
        "CodeSigningConfigId": "<id>",
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
        "LastModified": "<date>",
    });
    if let Some(description) = description {
        config["Description"] = description.into();
    }
    config
}

fn one(policy: &str, description: Option<&str>) -> Value {
    json!({"CodeSigningConfig": described(policy, description)})
}

/// It does not say whose fault it was.
fn gone(arn: &str) -> crate::app::Answer {
    let text = format!("The Lambda code signing configuration {arn} can not be found.");
    refusal(404, "ResourceNotFoundException", json!({"Message": text}))
}

pub(crate) async fn a_config_lives_as_recorded() {
    let app = App::start().await;
    assert_eq!(app.get(CONFIGS).await, ok(200, json!({"CodeSigningConfigs": []})));
    let mut body = creation();
    body["Description"] = "for tests".into();
    body["CodeSigningPolicies"] = json!({"UntrustedArtifactOnDeployment": "Enforce"});
    body["Tags"] = json!({"A": "a"});
    let created = app.ask_in_full("POST", CONFIGS, body).await;
    let arn = created.body["CodeSigningConfig"]["CodeSigningConfigArn"].as_str().unwrap().to_owned();
    let target = format!("{CONFIGS}/{}", arn.replace(':', "%3A"));
    let text = Some("for tests");
    assert_eq!(app.get(&target).await, ok(200, one("Enforce", text)));
    assert_eq!(app.get(&format!("/2017-03-31/tags/{arn}")).await, ok(200, json!({"Tags": {"A": "a"}})));
    let warn = json!({"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"}});
    assert_eq!(app.ask("PUT", &target, warn).await, ok(200, one("Warn", text)));
    assert_eq!(app.ask("PUT", &target, json!({})).await, ok(200, one("Warn", text)), "nothing was given");
    let other = json!({"Description": "other"});
    assert_eq!(app.ask("PUT", &target, other).await, ok(200, one("Warn", Some("other"))));
    let listed = json!({"CodeSigningConfigs": [described("Warn", Some("other"))]});
    assert_eq!(app.get(CONFIGS).await, ok(200, listed));
    assert_eq!(app.delete(&target).await, done());
    assert_eq!(app.get(&target).await, gone(&arn));
    assert_eq!(app.get(CONFIGS).await, ok(200, json!({"CodeSigningConfigs": []})));

    let created = app.ask("POST", CONFIGS, creation()).await;
    assert_eq!(created, ok(201, one("Warn", None)));
}

pub(crate) async fn configs_that_are_not_there_are_refused_as_recorded() {
    let app = App::start().await;
    let arn = create(&app, creation()).await;
    let absent = format!("{CONFIGS}/{ABSENT}");
    let qualified = OF_FUNCTION.replace("there", "there:1");
    let functions_only = || {
        parameter(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. \
             Please specify either a function name or an unqualified function ARN.",
        )
    };
    let nobody = OF_FUNCTION.replace("there", "nobody");
    let no_function = || missing("Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody");
    let not_found = || {
        let text = format!(
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: \
             {ABSENT}."
        );
        refusal(404, "CodeSigningConfigNotFoundException", json!({"Type": "User", "Message": text}))
    };
    let to = |arn: &str| json!({"CodeSigningConfigArn": arn});
    let elsewhere = arn.replace("us-east-1", "eu-west-1");
    app.refuses(vec![
        ("GET", &absent, Value::Null, gone(ABSENT)),
        ("GET", &format!("{CONFIGS}/{elsewhere}"), Value::Null, gone(&elsewhere)),
        ("PUT", &absent, json!({"Description": "text"}), gone(ABSENT)),
        ("PUT", &absent, json!({}), gone(ABSENT)),
        ("DELETE", &absent, Value::Null, gone(ABSENT)),
        ("GET", &format!("{absent}/functions"), Value::Null, gone(ABSENT)),
        ("PUT", OF_FUNCTION, to(ABSENT), not_found()),
        ("PUT", &nobody, to(ABSENT), not_found()),
        ("PUT", &nobody, to(&arn), no_function()),
        ("GET", &nobody, Value::Null, no_function()),
        ("DELETE", &nobody, Value::Null, no_function()),
        ("PUT", &qualified, to(&arn), functions_only()),
        ("GET", &qualified, Value::Null, functions_only()),
        ("DELETE", &qualified, Value::Null, functions_only()),
        (
            "POST",
            CONFIGS,
            {
                let mut body = creation();
                body["Tags"] = json!({"aws:x": "a"});
                body
            },
            parameter("aws: prefixed tag key names are not allowed for external use."),
        ),
    ])
    .await;
    for (method, target, body) in [
        ("POST", CONFIGS, json!({})),
        ("POST", CONFIGS, json!({"AllowedPublishers": {"SigningProfileVersionArns": []}})),
        ("POST", CONFIGS, json!({"AllowedPublishers": {"SigningProfileVersionArns": ["publisher"]}})),
        ("PUT", OF_FUNCTION, json!({})),
        ("PUT", OF_FUNCTION, to("csc-00000000000000000")),
    ] {
        let refused = app.ask(method, target, body).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{method} {target} {refused:?}");
    }
}

pub(crate) async fn a_config_in_use_stays() {
    let app = App::start().await;
    let arn = create(&app, creation()).await;
    let target = format!("{CONFIGS}/{arn}");
    let functions = format!("{target}/functions");
    assert_eq!(app.get(OF_FUNCTION).await, ok(200, json!({})));
    assert_eq!(app.get(&functions).await, ok(200, json!({"FunctionArns": []})));
    assert_eq!(app.delete(OF_FUNCTION).await, done(), "there is nothing to take away");
    let body = json!({"CodeSigningConfigArn": arn});
    let put = app.ask_in_full("PUT", OF_FUNCTION, body).await;
    let both = ok(200, json!({"CodeSigningConfigArn": arn, "FunctionName": "there"}));
    assert_eq!(put, both);
    assert_eq!(app.ask_in_full("GET", OF_FUNCTION, Value::Null).await, both);
    assert_eq!(app.get(&functions).await, ok(200, json!({"FunctionArns": [ARN]})));
    let text = format!(
        "The code signing configuration {arn} is in use by at least one function and cannot be deleted."
    );
    assert_eq!(app.delete(&target).await, conflict(&text));
    assert_eq!(app.delete(OF_FUNCTION).await, done());
    assert_eq!(app.get(OF_FUNCTION).await, ok(200, json!({})));
    assert_eq!(app.delete(&target).await, done());

    let arn = create(&app, creation()).await;
    let body = json!({"CodeSigningConfigArn": arn});
    assert_eq!(app.ask("PUT", OF_FUNCTION, body).await.status, 200);
    assert_eq!(app.delete("/2015-03-31/functions/there").await, done());
    assert_eq!(app.delete(&format!("{CONFIGS}/{arn}")).await, done(), "no function names it any more");
}

pub(crate) async fn lists_come_in_pages() {
    let app = App::start().await;
    let mut arns = Vec::new();
    for _ in 0..3 {
        arns.push(create(&app, creation()).await);
    }
    for name in ["b", "a"] {
        app.create(name).await;
    }
    for name in ["there", "b", "a"] {
        let body = json!({"CodeSigningConfigArn": arns[0]});
        assert_eq!(app.ask("PUT", &OF_FUNCTION.replace("there", name), body).await.status, 200);
    }
    let (sizes, configs) = app.pages(&format!("{CONFIGS}?MaxItems=2"), "CodeSigningConfigs").await;
    let listed = configs.iter().map(|config| config["CodeSigningConfigArn"].as_str().unwrap());
    arns.sort_unstable();
    assert_eq!((sizes, listed.collect::<Vec<_>>()), (vec![2, 1], arns.iter().map(String::as_str).collect()));
    let used = app.read(&OF_FUNCTION.replace("there", "a"), "CodeSigningConfigArn").await;
    let target = format!("{CONFIGS}/{}/functions?MaxItems=2", used.as_str().unwrap());
    let (sizes, functions) = app.pages(&target, "FunctionArns").await;
    let expected = ["a", "b", "there"].map(|name| json!(ARN.replace("there", name)));
    assert_eq!((sizes, functions), (vec![2, 1], expected.to_vec()));
}
