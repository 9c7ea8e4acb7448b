//! What a caller is judged by is what is then done.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use http_body_util::Full;
use lambent_api::sigv4::{self, Credentials, PayloadHash, Scope, Secret};
use lambent_domain::time::Timestamp;
use lambent_store::access::{AccessStore, KeyName, PolicyText};
use serde_json::{Value, json};

use crate::app::{ARN, Answer, App};

/// A server, and somebody with a key and a policy.
struct Caller {
    app: App,
    credentials: Credentials,
}

impl Caller {
    async fn with(statements: Value) -> Self {
        let app = App::start().await;
        let dir = tempfile::tempdir().unwrap();
        let keys = AccessStore::new(dir.path());
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let policy = PolicyText::new(&policy).unwrap_or_else(|fault| panic!("{fault}"));
        let key =
            keys.create_key(KeyName::new("ann").unwrap(), Some(policy), Timestamp::from_millis(1)).unwrap();
        app.state.access.registry.replace(&keys.read().unwrap());
        let credentials = Credentials {
            access_key_id: key.id.to_string(),
            secret: Secret::new(key.secret.expose()),
            session_token: None,
        };
        Self { app, credentials }
    }

    async fn ask(&self, method: &str, target: &str, body: &str) -> Answer {
        self.send(method, target, "lambda", body).await
    }

    async fn logs(&self, operation: &str, body: &str) -> Answer {
        self.send("POST", "/", &format!("logs {operation}"), body).await
    }

    /// Signed for a service; for that of logs with an operation beside it.
    async fn send(&self, method: &str, target: &str, service: &str, body: &str) -> Answer {
        let (service, operation) = service.split_once(' ').unwrap_or((service, ""));
        let body = Bytes::copy_from_slice(body.as_bytes());
        let request = Request::builder().method(method).uri(target).header("host", "localhost");
        let mut request = request.body(Full::new(body.clone())).unwrap();
        if service == "logs" {
            let operation = HeaderValue::from_str(&format!("Logs_20140328.{operation}")).unwrap();
            request.headers_mut().insert(HeaderName::from_static("x-amz-target"), operation);
        }
        let scope = Scope { region: "us-east-1", service };
        let now = self.app.state.clock.now();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let payload = PayloadHash::Of(&body);
        let added =
            sigv4::sign(&method, &uri, request.headers(), payload, &self.credentials, scope, now).unwrap();
        request.headers_mut().extend(added);
        self.app.send(request).await
    }
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

fn denied(answer: &Answer) -> bool {
    answer.kind.as_deref() == Some("AccessDeniedException")
        || answer.body["__type"] == json!("AccessDeniedException")
}

pub(crate) async fn logs_are_judged_by_what_is_read() {
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/there";
    let caller = Caller::with(json!([
        allow("logs:*", &format!("{group}:log-stream:mine")),
        allow("logs:Describe*", "*"),
        deny("logs:DescribeLogStreams", &format!("{group}:*")),
    ]))
    .await;
    let stream = |group: Value| json!({"logGroupName": group, "logStreamName": "mine"}).to_string();
    let mine = caller.logs("GetLogEvents", &stream(json!("/aws/lambda/there"))).await;
    assert!(!denied(&mine), "{mine:?}");
    let by_arn = json!({"logGroupIdentifier": group, "logStreamName": "mine"}).to_string();
    assert!(!denied(&caller.logs("GetLogEvents", &by_arn).await));
    // The stream of an operation that reads every stream.
    let all = caller.logs("FilterLogEvents", &stream(json!("/aws/lambda/there"))).await;
    assert!(denied(&all), "{all:?}");
    assert_eq!(all.status, 400);

    // A body that reads as nothing is none; it used to be judged as `*` and answered all the same.
    let body = r#"{"logGroupName":"/aws/lambda/there","logGroupNames":1}"#;
    assert!(denied(&caller.logs("DescribeLogStreams", body).await));
    let wrong = caller.logs("DescribeLogStreams", r#"{"logGroupName":1}"#).await;
    assert_eq!(wrong.body["__type"], json!("SerializationException"), "{wrong:?}");
    let foreign = group.replace("arn:aws:", "arn:aws-x:");
    let foreign = json!({"logGroupIdentifier": foreign}).to_string();
    let foreign = caller.logs("DescribeLogStreams", &foreign).await;
    assert_eq!(foreign.body["__type"], json!("ResourceNotFoundException"), "{foreign:?}");
    let other = caller.logs("PutRetentionPolicy", "{}").await;
    assert!(denied(&other), "{other:?}");
}

pub(crate) async fn no_spelling_is_a_way_around_a_policy() {
    let layer = "arn:aws:lambda:us-east-1:000000000000:layer:l";
    let caller = Caller::with(json!([
        allow("*", "*"),
        deny("*", ARN),
        deny("lambda:*LayerVersion*", &format!("{layer}:3")),
    ]))
    .await;
    for partition in ["aws", "aws-cn", "aws-x", ""] {
        let of = |arn: &str| arn.replacen("arn:aws:", &format!("arn:{partition}:"), 1);
        for (method, target, body) in [
            ("GET", format!("/2017-03-31/tags/{}", of(ARN)), ""),
            ("POST", format!("/2017-03-31/tags/{}", of(ARN)), r#"{"Tags":{"a":"b"}}"#),
            ("PUT", format!("/2026-07-09/resource-policy/{}", of(ARN)), r#"{"Policy":"{}"}"#),
            ("GET", format!("/2018-10-31/layers/{}/versions/3", of(layer)), ""),
        ] {
            let answer = caller.ask(method, &target, body).await;
            // With an empty partition a layer has no ARN, and nothing is done.
            let is_refused = denied(&answer) || partition.is_empty() && answer.status == 404;
            assert!(is_refused, "{method} {target} {answer:?}");
        }
    }
    // Refused for what they are, and so to everybody.
    for number in ["03", "+3", "%2B3"] {
        let target = format!("/2018-10-31/layers/l/versions/{number}");
        let kind = Some("SerializationException");
        assert_eq!(caller.ask("GET", &target, "").await.kind.as_deref(), kind, "{number}");
        assert_eq!(caller.app.get(&target).await.kind.as_deref(), kind, "{number}");
    }
    let target = format!("/2018-10-31/layers?find=LayerVersion&Arn={layer}:03");
    let answer = caller.ask("GET", &target, "").await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    let function =
        json!({"Layers": [format!("{}:3", layer.replacen("arn:aws:", "arn:aws-cn:", 1))]}).to_string();
    caller.app.create("other").await;
    let answer = caller.ask("PUT", "/2015-03-31/functions/other/configuration", &function).await;
    assert!(denied(&answer), "{answer:?}");
}

pub(crate) async fn mappings_are_judged_by_their_functions() {
    let condition = json!({"ArnEquals": {"lambda:FunctionArn": ARN}});
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    let caller = Caller::with(json!([statement])).await;
    let app = &caller.app;
    app.create("other").await;
    let mappings = "/2015-03-31/event-source-mappings";
    let mut ids = Vec::new();
    for function in ["there", "other"] {
        let source = format!("arn:aws:sqs:us-east-1:000000000000:{function}");
        let mapping = json!({"FunctionName": function, "EventSourceArn": source});
        let answer = app.ask_in_full("POST", mappings, mapping).await;
        let id = answer.body["UUID"].as_str().unwrap_or_else(|| panic!("{answer:?}"));
        ids.push(format!("{mappings}/{id}"));
    }
    for (method, id, body, may) in [
        ("GET", &ids[0], "", true),
        ("GET", &ids[1], "", false),
        ("PUT", &ids[0], "{}", true),
        ("PUT", &ids[1], "{}", false),
        ("PUT", &ids[0], r#"{"FunctionName":"other"}"#, false),
        ("PUT", &ids[1], r#"{"FunctionName":"there"}"#, false),
        ("PUT", &ids[0], r#"{"FunctionName":"there"}"#, true),
        ("DELETE", &ids[1], "", false),
        ("DELETE", &ids[0], "", true),
    ] {
        let answer = caller.ask(method, id, body).await;
        assert_eq!(!denied(&answer), may, "{method} {id} {body} {answer:?}");
    }
}

/// A function's events must not be a way to run another one.
pub(crate) async fn destinations_have_to_be_invokable_to_whoever_names_them() {
    let named = |function: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{function}");
    let caller = Caller::with(json!([
        allow("lambda:*FunctionEventInvokeConfig", "*"),
        allow("lambda:InvokeFunction", &named("mine")),
    ]))
    .await;
    caller.app.create("mine").await;
    caller.app.create("theirs").await;
    let target = "/2019-09-25/functions/there/event-invoke-config";
    // An update last: there must be something to update.
    for (method, function, side, may) in [
        ("PUT", "theirs", "OnFailure", false),
        ("PUT", "theirs", "OnSuccess", false),
        ("PUT", "absent", "OnSuccess", false),
        ("PUT", "mine", "OnSuccess", true),
        ("POST", "mine", "OnFailure", true),
        ("POST", "theirs", "OnFailure", false),
    ] {
        let body = json!({"DestinationConfig": {side: {"Destination": named(function)}}}).to_string();
        let answer = caller.ask(method, target, &body).await;
        assert_eq!(answer.status, if may { 200 } else { 403 }, "{method} {function} {side} {answer:?}");
        assert_eq!(denied(&answer), !may, "{answer:?}");
    }
    let kept = caller.app.get(target).await.body["DestinationConfig"].clone();
    assert_eq!(kept["OnFailure"]["Destination"], json!(named("mine")), "{kept}");
    // A queue is no function.
    let queue =
        r#"{"DestinationConfig":{"OnSuccess":{"Destination":"arn:aws:sqs:us-east-1:000000000000:q"}}}"#;
    assert_eq!(caller.ask("PUT", target, queue).await.status, 200);
}

pub(crate) async fn what_is_said_at_length_is_not_judged_in_its_favour() {
    let condition = json!({"StringNotEquals": {"aws:RequestTag/team": "red"}});
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    let caller = Caller::with(json!([statement])).await;
    let target = format!("/2017-03-31/tags/{ARN}");
    let body = |tags: Value| json!({"Tags": tags}).to_string();
    assert_eq!(caller.ask("POST", &target, &body(json!({"team": "blue"}))).await.status, 204);
    for tags in
        [json!({"team": "red"}), json!({"team": "blue", "Team": "red"}), json!({"team": "x".repeat(257)})]
    {
        let answer = caller.ask("POST", &target, &body(tags)).await;
        assert!(denied(&answer), "{answer:?}");
    }
    // Read and hashed beside the connections; the search for each of its tags among the others took a minute.
    let many: serde_json::Map<_, _> = (0..50_000).map(|number| (format!("{number}"), json!("x"))).collect();
    let many = body(Value::Object(many));
    assert!(many.len() > 512 * 1024);
    let answer = caller.ask("POST", &target, &many).await;
    assert!(denied(&answer), "{answer:?}");
    // The signature of what is large is checked like any other.
    let mut forged = caller.credentials.clone();
    forged.secret = Secret::new("another");
    let forger = Caller { app: caller.app, credentials: forged };
    let answer = forger.ask("POST", &target, &many).await;
    assert_eq!(answer.kind.as_deref(), Some("InvalidSignatureException"), "{answer:?}");
}

pub(crate) async fn chunks_that_nobody_checks_are_refused() {
    let app = App::start().await;
    let chunks =
        "2;chunk-signature=0000000000000000000000000000000000000000000000000000000000000000\r\n{}\r\n";
    for (name, value) in [
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("content-encoding", "aws-chunked"),
    ] {
        let request = Request::builder().method("POST").uri("/2015-03-31/functions/there/invocations");
        let request = request.header("host", "localhost").header(name, value);
        let answer = app.send(request.body(Full::new(Bytes::from_static(chunks.as_bytes()))).unwrap()).await;
        assert_eq!(answer.kind.as_deref(), Some("UnsupportedMediaTypeException"), "{value} {answer:?}");
    }
}
