//! Layers.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambent_domain::function::Function;
use lambent_domain::layer::FunctionLayer;
use serde_json::{Value, json};

use crate::app::{App, done, missing, ok, parameter, refusal, validation};
use crate::server;

pub(crate) const LAYERS: &str = "/2018-10-31/layers";
pub(crate) const LAYER_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:layer";
const GONE: &str = "The resource you requested does not exist.";
const TOO_LOW: &str = "Layer Version Cannot be less than 1";

/// A publication of a package with one file.
pub(crate) fn publication(text: &str) -> Value {
    let zip = server::zip_of("file", text.as_bytes());
    json!({"Content": {"ZipFile": STANDARD.encode(zip)}})
}

pub(crate) async fn publish(app: &App, name: &str) {
    let target = format!("{LAYERS}/{name}/versions");
    assert_eq!(app.ask("POST", &target, publication("text")).await.status, 201);
}

/// What is answered for a version of the layer `tools`; its content is that of the answer it is held against.
fn described(version: u64, content: &Value) -> Value {
    json!({
        "Content": content,
        "LayerArn": format!("{LAYER_ARN}:tools"),
        "LayerVersionArn": format!("{LAYER_ARN}:tools:{version}"),
        "Description": "some tools",
        "CreatedDate": "<date>",
        "Version": version,
        "CompatibleArchitectures": ["x86_64"],
        "CompatibleRuntimes": ["python3.13"],
        "LicenseInfo": "MIT",
    })
}

fn listed(mut version: Value) -> Value {
    let members = version.as_object_mut().unwrap();
    members.remove("Content");
    members.remove("LayerArn");
    version
}

pub(crate) async fn a_layer_lives_as_recorded() {
    let app = App::start().await;
    let versions = format!("{LAYERS}/tools/versions");
    assert_eq!(app.get(&versions).await, ok(200, json!({"LayerVersions": []})));
    let publication = |text: &str| {
        let mut body = publication(text);
        body["Description"] = "some tools".into();
        body["CompatibleRuntimes"] = json!(["python3.13"]);
        body["CompatibleArchitectures"] = json!(["x86_64"]);
        body["LicenseInfo"] = "MIT".into();
        body
    };
    let first = app.ask("POST", &versions, publication("first")).await;
    let content = first.body["Content"].clone();
    assert_eq!(content["Location"], "<location>");
    assert_eq!(content["CodeSha256"].as_str().map(str::len), Some(44));
    assert_eq!(content["CodeSize"], server::zip_of("file", b"first").len());
    assert_eq!(content.as_object().unwrap().len(), 3);
    assert_eq!(first, ok(201, described(1, &content)));
    let second = app.ask("POST", &versions, publication("second")).await;
    assert_ne!(second.body["Content"]["CodeSha256"], content["CodeSha256"]);
    assert_eq!(second, ok(201, described(2, &second.body["Content"])));

    let encoded = format!("{LAYER_ARN}:tools").replace(':', "%3A");
    let other_partition = encoded.replace("arn%3Aaws%3A", "arn%3Aaws-cn%3A");
    for target in [
        format!("{versions}/1"),
        format!("{LAYERS}/{encoded}/versions/1"),
        format!("{LAYERS}/{LAYER_ARN}:tools/versions/1"),
        format!("{LAYERS}/{other_partition}/versions/1"),
        format!("{LAYERS}?find=LayerVersion&Arn={encoded}%3A1"),
    ] {
        assert_eq!(app.get(&target).await, ok(200, described(1, &content)), "{target}");
    }
    let (newest, oldest) = (listed(described(2, &content)), listed(described(1, &content)));
    assert_eq!(app.get(&versions).await, ok(200, json!({"LayerVersions": [newest, oldest]})));
    let layer = |newest: &Value| {
        let arn = format!("{LAYER_ARN}:tools");
        json!({"LayerName": "tools", "LayerArn": arn, "LatestMatchingVersion": newest})
    };
    assert_eq!(app.get(LAYERS).await, ok(200, json!({"Layers": [layer(&newest)]})));

    assert_eq!(app.delete(&format!("{versions}/2")).await, done());
    assert_eq!(app.get(&format!("{versions}/2")).await, missing(GONE));
    assert_eq!(app.get(LAYERS).await, ok(200, json!({"Layers": [layer(&oldest)]})));
    assert_eq!(app.delete(&format!("{LAYERS}/{encoded}/versions/1")).await, done());
    assert_eq!(app.get(&versions).await, ok(200, json!({"LayerVersions": []})));
    assert_eq!(app.get(LAYERS).await, ok(200, json!({"Layers": []})));
    let third = app.ask("POST", &versions, publication("first")).await;
    assert_eq!(third, ok(201, described(3, &content)), "a number is not used again");
}

pub(crate) async fn what_a_version_says_of_itself_is_listed() {
    let app = App::start().await;
    let lists = |runtimes: Value, architectures: Value| {
        let mut body = publication("text");
        body["CompatibleRuntimes"] = runtimes;
        body["CompatibleArchitectures"] = architectures;
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        body
    };
    for (name, runtimes, architectures) in [
        ("both", json!(["python3.13", "ruby3.3"]), json!(["x86_64", "arm64"])),
        ("empty", json!([]), json!([])),
        ("python", json!(["python3.13"]), Value::Null),
        ("silent", Value::Null, Value::Null),
    ] {
        let target = format!("{LAYERS}/{name}/versions");
        let body = lists(runtimes.clone(), architectures.clone());
        let answer = app.ask("POST", &target, body).await;
        // What was not said is not answered, and what was said to be empty is.
        for (member, said) in [("CompatibleRuntimes", &runtimes), ("CompatibleArchitectures", &architectures)]
        {
            let expected = (!said.is_null()).then_some(said);
            assert_eq!(answer.body.get(member), expected, "{name} {member}");
            let version = app.get(&format!("{target}/1")).await;
            assert_eq!(version.body.get(member), expected, "{name} {member}");
        }
        assert_eq!(answer.body["Description"], "");
        assert_eq!(answer.body.get("LicenseInfo"), None);
    }
    // The newest version of this says nothing; the one before fits.
    let target = format!("{LAYERS}/python/versions");
    app.ask("POST", &target, lists(Value::Null, Value::Null)).await;
    for (query, expected) in [
        ("", vec![("both", 1), ("empty", 1), ("python", 2), ("silent", 1)]),
        ("?CompatibleRuntime=python3.13", vec![("both", 1), ("python", 1)]),
        ("?CompatibleRuntime=ruby3.3&CompatibleArchitecture=arm64", vec![("both", 1)]),
        ("?CompatibleRuntime=nodejs22.x", vec![]),
    ] {
        let answer = app.get(&format!("{LAYERS}{query}")).await;
        let found = answer.body["Layers"].as_array().unwrap().iter().map(|layer| {
            let version = layer["LatestMatchingVersion"]["Version"].as_u64().unwrap();
            (layer["LayerName"].as_str().unwrap(), version)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{query}");
    }
    let answer = app.get(&format!("{target}?CompatibleRuntime=python3.13")).await;
    assert_eq!(answer.body["LayerVersions"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["LayerVersions"][0]["Version"], 1);
}

pub(crate) async fn layers_that_are_not_there_are_refused_as_recorded() {
    let app = App::start().await;
    publish(&app, "tools").await;
    let versions = format!("{LAYERS}/tools/versions");
    let by_arn = |arn: &str| format!("{LAYERS}?find=LayerVersion&Arn={arn}");
    let elsewhere = "arn:aws:lambda:eu-west-1:000000000000:layer:tools";
    let not_ours = "arn:aws:lambda:us-east-1:111111111111:layer:tools";
    let denied = || {
        let text = "Layers of other accounts are not reachable.";
        refusal(403, "AccessDeniedException", json!({"Message": text}))
    };
    app.refuses(vec![
        ("GET", &format!("{LAYERS}/none/versions/1"), Value::Null, missing(GONE)),
        ("GET", &format!("{versions}/2"), Value::Null, missing(GONE)),
        ("GET", &format!("{versions}/0"), Value::Null, parameter(TOO_LOW)),
        ("GET", &format!("{versions}/-1"), Value::Null, parameter(TOO_LOW)),
        ("DELETE", &format!("{versions}/-1"), Value::Null, parameter(TOO_LOW)),
        ("DELETE", &format!("{LAYERS}/none/versions/0"), Value::Null, parameter(TOO_LOW)),
        ("GET", &by_arn(&format!("{LAYER_ARN}:tools:2")), Value::Null, missing(GONE)),
        ("GET", &by_arn(&format!("{LAYER_ARN}:none:1")), Value::Null, missing(GONE)),
        ("GET", &by_arn(&format!("{LAYER_ARN}:tools:0")), Value::Null, parameter(TOO_LOW)),
        ("GET", &by_arn(&format!("{LAYER_ARN}:tools:9223372036854775808")), Value::Null, missing(GONE)),
        ("GET", &by_arn(&format!("{LAYER_ARN}:tools:{}", "9".repeat(30))), Value::Null, missing(GONE)),
        ("GET", &by_arn(&format!("{elsewhere}:1")), Value::Null, missing(GONE)),
        ("GET", &by_arn(&format!("{not_ours}:1")), Value::Null, denied()),
        ("GET", &format!("{LAYERS}/{elsewhere}/versions/1"), Value::Null, missing(GONE)),
        ("GET", &format!("{LAYERS}/{not_ours}/versions/1"), Value::Null, denied()),
        ("GET", &format!("{LAYERS}/{not_ours}/versions"), Value::Null, denied()),
        ("DELETE", &format!("{LAYERS}/{not_ours}/versions/1"), Value::Null, denied()),
        ("POST", &format!("{LAYERS}/{not_ours}/versions"), publication("text"), denied()),
        ("GET", &format!("{LAYERS}?CompatibleArchitecture=none"), Value::Null, {
            let demand = "Member must satisfy enum value set: [x86_64, arm64]";
            validation(&format!("'none' at 'compatibleArchitecture' failed to satisfy constraint: {demand}"))
        }),
    ])
    .await;
    for target in [format!("{versions}/2"), format!("{LAYERS}/none/versions/1")] {
        assert_eq!(app.delete(&target).await, done(), "what is gone is gone: {target}");
    }
    for target in [by_arn(&format!("{LAYER_ARN}:tools")), format!("{LAYERS}/{LAYER_ARN}:tools:1/versions/1")]
    {
        let refused = app.get(&target).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{target} {refused:?}");
    }
    assert_eq!(app.get(&format!("{versions}/1")).await.status, 200, "nothing was changed");
}

pub(crate) async fn layers_that_may_not_be_are_refused() {
    let app = App::start().await;
    let versions = format!("{LAYERS}/tools/versions");
    let with = |member: &str, value: Value| {
        let mut body = publication("text");
        body[member] = value;
        body
    };
    app.refuses(vec![
        ("POST", &versions, json!({}), {
            validation("null at 'content' failed to satisfy constraint: Member must not be null")
        }),
        ("POST", &versions, json!({"Content": {"ZipFile": ""}}), {
            parameter("Uploaded file must be a non-empty zip")
        }),
    ])
    .await;
    let no_zip = json!({"Content": {"ZipFile": STANDARD.encode("no zip")}});
    let refused = app.ask("POST", &versions, no_zip).await;
    assert_eq!(refused.kind.as_deref(), Some("InvalidParameterValueException"));
    assert!(refused.body["message"].as_str().unwrap().starts_with("Could not unzip uploaded file"));
    for (target, body) in [
        (versions.clone(), with("CompatibleRuntimes", json!(["cobol"]))),
        (versions.clone(), with("CompatibleArchitectures", json!(["pdp11"]))),
        (versions.clone(), with("Description", "x".repeat(257).into())),
        (versions.clone(), with("LicenseInfo", "x".repeat(513).into())),
        (format!("{LAYERS}/to.ols/versions"), publication("text")),
        (format!("{LAYERS}/{}/versions", "x".repeat(141)), publication("text")),
    ] {
        let refused = app.ask("POST", &target, body).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{target} {refused:?}");
    }
    assert_eq!(app.get(LAYERS).await, ok(200, json!({"Layers": []})), "nothing was made");
    publish(&app, &"x".repeat(140)).await;
}

pub(crate) async fn a_function_keeps_the_layer_that_it_was_given() {
    let app = App::start().await;
    publish(&app, "tools").await;
    let resources = &app.state.resources;
    let code = resources.layers.find("tools").unwrap().versions[&1].code.clone();
    let mut function = Function::clone(&resources.functions.find("there").unwrap());
    let layer = FunctionLayer { arn: format!("{LAYER_ARN}:tools:1"), code: code.clone() };
    Arc::make_mut(&mut function.latest).configuration.layers = vec![layer];
    resources.functions.replace(function).await.unwrap();
    let packages = || {
        // What nobody needs goes when nobody needs it a second time.
        for _ in 0..2 {
            app.state.code.collect(&resources.packages_in_use()).unwrap();
        }
        app.state.code.task_dir(code.sha256).is_some()
    };
    assert_eq!(app.delete(&format!("{LAYERS}/tools/versions/1")).await, done());
    assert!(packages(), "the function still has its layer's package");
    assert_eq!(app.delete("/2015-03-31/functions/there").await, done());
    assert!(!packages(), "nobody needs it any more");
}

pub(crate) async fn of_many_publications_at_a_time_each_has_its_number() {
    let app = App::start().await;
    let target = format!("{LAYERS}/tools/versions");
    let one = || async { app.ask("POST", &target, publication("text")).await.body["Version"].as_u64() };
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let mut numbers = [a, b, c, d];
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4].map(Some));
}

pub(crate) async fn lists_come_in_pages() {
    let app = App::start().await;
    for name in ["c", "a", "b", "a", "a"] {
        publish(&app, name).await;
    }
    let (sizes, layers) = app.pages(&format!("{LAYERS}?MaxItems=2"), "Layers").await;
    let names: Vec<_> = layers.iter().map(|layer| layer["LayerName"].as_str().unwrap()).collect();
    assert_eq!((sizes, names), (vec![2, 1], vec!["a", "b", "c"]));
    let target = format!("{LAYERS}/a/versions?MaxItems=2");
    let (sizes, versions) = app.pages(&target, "LayerVersions").await;
    let numbers: Vec<_> = versions.iter().map(|version| version["Version"].as_u64().unwrap()).collect();
    assert_eq!((sizes, numbers), (vec![2, 1], vec![3, 2, 1]));
    for list in [LAYERS.to_owned(), format!("{LAYERS}/a/versions")] {
        let refused = app.get(&format!("{list}?Marker=*")).await;
        assert_eq!(refused, parameter("The provided Marker is not valid."));
    }
}
