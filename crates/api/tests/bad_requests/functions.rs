//! Functions and versions through the whole front: whole answers, compared with those that were recorded of AWS.

use serde_json::{Value, json};

use super::server::{Reply, Server, create_body, zip, zip_of};

const FUNCTIONS: &str = "/2015-03-31/functions";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn read(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{reply:?}");
    serde_json::from_str(&reply.body).unwrap()
}

fn ask(server: &Server, method: &str, path: &str, body: &Value, status: u16) -> Value {
    read(&server.ask(method, &format!("{FUNCTIONS}{path}"), &[], body.to_string().as_bytes()), status)
}

fn get(server: &Server, path: &str) -> Value {
    read(&server.ask("GET", &format!("{FUNCTIONS}{path}"), &[], b""), 200)
}

fn create(server: &Server, members: &Value) -> Value {
    let mut body: Value = serde_json::from_str(&create_body("f")).unwrap();
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    ask(server, "POST", "", &body, 201)
}

/// What differs from run to run is replaced by its name; it has to be of its form.
fn redacted(mut answer: Value) -> Value {
    for (member, shape) in [
        ("CodeSha256", r"^[A-Za-z0-9+/]{43}=$"),
        ("LastModified", r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$"),
        ("RevisionId", r"^[0-9a-f]{8}-[0-9a-f-]{27}$"),
    ] {
        let value = answer[member].as_str().unwrap().to_owned();
        assert!(regex::Regex::new(shape).unwrap().is_match(&value), "{member} is {value}");
        answer[member] = format!("<{member}>").into();
    }
    assert!(answer["CodeSize"].as_u64().is_some_and(|size| size > 0));
    answer["CodeSize"] = "<CodeSize>".into();
    if let Some(arn) = answer["RuntimeVersionConfig"]["RuntimeVersionArn"].as_str() {
        assert!(
            arn.strip_prefix("arn:aws:lambda:us-east-1::runtime:").is_some_and(|id| id.len() == 64),
            "{arn}"
        );
        answer["RuntimeVersionConfig"]["RuntimeVersionArn"] = "<runtime>".into();
    } else {
        answer.as_object_mut().unwrap().remove("RuntimeVersionConfig");
    }
    answer
}

/// The members that every description has, as a list shows them; `others` come to them or replace them.
fn described(others: &Value) -> Value {
    let mut all = json!({
        "Architectures": ["x86_64"],
        "CodeSha256": "<CodeSha256>",
        "CodeSize": "<CodeSize>",
        "Description": "",
        "EphemeralStorage": { "Size": 512 },
        "FunctionArn": ARN,
        "FunctionName": "f",
        "Handler": "index.handler",
        "LastModified": "<LastModified>",
        "LoggingConfig": { "LogFormat": "Text", "LogGroup": "/aws/lambda/f" },
        "MemorySize": 128,
        "PackageType": "Zip",
        "RevisionId": "<RevisionId>",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Runtime": "ruby3.3",
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
        "Timeout": 3,
        "TracingConfig": { "Mode": "PassThrough" },
        "Version": "$LATEST",
    });
    all.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    all
}

/// The same as an answer about one function has them.
fn answered(state: &Value, others: &Value) -> Value {
    let mut all = described(state);
    all["RuntimeVersionConfig"] = json!({ "RuntimeVersionArn": "<runtime>" });
    all.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    all
}

pub(crate) fn answers_have_the_recorded_members() {
    let server = Server::start();
    let pending = json!({
        "State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating",
    });
    let active = json!({ "State": "Active", "LastUpdateStatus": "Successful" });
    let updating = json!({
        "State": "Active", "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.", "LastUpdateStatusReasonCode": "Creating",
    });
    let given = json!({ "Environment": { "Variables": {} }, "Tags": { "team": "a" } });
    let environment = json!({ "Environment": { "Variables": {} } });
    assert_eq!(redacted(create(&server, &given)), answered(&pending, &environment));

    let got = get(&server, "/f");
    assert_eq!(redacted(got["Configuration"].clone()), answered(&active, &environment));
    assert_eq!(got["Code"]["RepositoryType"], "S3");
    assert_eq!(got["Tags"], json!({ "team": "a" }));
    assert_eq!(got.as_object().unwrap().keys().collect::<Vec<_>>(), ["Code", "Configuration", "Tags"]);

    let changes =
        json!({ "Description": "other", "Timeout": 10, "Environment": { "Variables": { "KEY": "a" } } });
    let updated = ask(&server, "PUT", "/f/configuration", &changes, 200);
    assert_eq!(redacted(updated), answered(&updating, &changes));
    let configuration = redacted(get(&server, "/f/configuration"));
    assert_eq!(configuration, answered(&active, &changes));
    assert_eq!(redacted(get(&server, "/f:$LATEST/configuration"))["FunctionArn"], format!("{ARN}:$LATEST"));

    let code = json!({ "ZipFile": base64_of(&zip_of("index.rb", b"other")) });
    assert_eq!(redacted(ask(&server, "PUT", "/f/code", &code, 200)), answered(&updating, &changes));

    let published = ask(&server, "POST", "/f/versions", &json!({ "Description": "first" }), 201);
    let mut first = changes.clone();
    first["Description"] = "first".into();
    first["Version"] = "1".into();
    first["FunctionArn"] = format!("{ARN}:1").into();
    assert_eq!(redacted(published), answered(&active, &first));
    assert_eq!(redacted(get(&server, "/f?Qualifier=1")["Configuration"].clone()), answered(&active, &first));

    let mut latest = changes;
    latest["FunctionArn"] = format!("{ARN}:$LATEST").into();
    let both = [described(&latest), described(&first)];
    let versions = get(&server, "/f/versions");
    assert_eq!(each_redacted(&versions["Versions"]), both);
    let every = get(&server, "/?FunctionVersion=ALL&MasterRegion=ALL");
    assert_eq!(each_redacted(&every["Functions"])[..2], both);
    latest["FunctionArn"] = ARN.into();
    assert_eq!(each_redacted(&get(&server, "/")["Functions"])[0], described(&latest));
}

fn each_redacted(list: &Value) -> Vec<Value> {
    list.as_array().unwrap().iter().cloned().map(redacted).collect()
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(crate) fn versions_come_and_go() {
    let server = Server::start();
    let created = create(&server, &json!({ "Publish": true }));
    assert_eq!((&created["Version"], &created["FunctionArn"]), (&json!("1"), &json!(ARN)));
    assert_eq!(created["State"], "Pending");
    let version = |answer: &Value| answer["Version"].as_str().unwrap().to_owned();

    let again = ask(&server, "POST", "/f/versions", &json!({ "CodeSha256": created["CodeSha256"] }), 201);
    assert_eq!((version(&again), &again["RevisionId"]), ("1".to_owned(), &created["RevisionId"]));

    let code = json!({ "ZipFile": base64_of(&zip_of("index.rb", b"2")), "Publish": true });
    let dry = json!({ "ZipFile": code["ZipFile"], "DryRun": true });
    let would_be = ask(&server, "PUT", "/f/code", &dry, 200);
    let latest = get(&server, "/f/configuration");
    assert_ne!(would_be["CodeSha256"], latest["CodeSha256"]);
    assert_eq!(would_be["RevisionId"], latest["RevisionId"]);
    let second = ask(&server, "PUT", "/f/code", &code, 200);
    assert_eq!((version(&second), &second["FunctionArn"]), ("2".to_owned(), &json!(format!("{ARN}:2"))));
    assert_eq!((&second["State"], &second["LastUpdateStatus"]), (&json!("Pending"), &Value::Null));
    assert_eq!(second["CodeSha256"], would_be["CodeSha256"]);

    ask(&server, "PUT", "/f/configuration", &json!({ "Description": "only this" }), 200);
    assert_eq!(version(&ask(&server, "POST", "/f/versions", &json!({}), 201)), "3");

    let delete = |qualifier: &str| {
        server.ask("DELETE", &format!("{FUNCTIONS}/f?Qualifier={qualifier}"), &[], b"").status
    };
    assert_eq!((delete("3"), delete("3"), delete("99")), (204, 204, 204));
    assert_eq!(server.ask("GET", &format!("{FUNCTIONS}/f?Qualifier=3"), &[], b"").status, 404);
    assert_eq!(version(&ask(&server, "POST", "/f/versions", &json!({}), 201)), "4");

    assert_eq!(paged(&server, "/f/versions?MaxItems=2", "Versions"), ["f:$LATEST", "f:1", "f:2", "f:4"]);
    // `there` is the server's own function.
    let every = ["f:$LATEST", "f:1", "f:2", "f:4", "there:$LATEST"];
    for size in 1..=6 {
        assert_eq!(paged(&server, &format!("/?FunctionVersion=ALL&MaxItems={size}"), "Functions"), every);
    }
}

/// What all pages name together.
fn paged(server: &Server, path: &str, member: &str) -> Vec<String> {
    let (mut all, mut marker) = (Vec::new(), None);
    loop {
        let page = match &marker {
            Some(marker) => get(server, &format!("{path}&Marker={marker}")),
            None => get(server, path),
        };
        for item in page[member].as_array().unwrap() {
            let text = |member: &str| item[member].as_str().unwrap();
            all.push(format!("{}:{}", text("FunctionName"), text("Version")));
        }
        marker = page["NextMarker"].as_str().map(str::to_owned);
        if marker.is_none() {
            return all;
        }
    }
}

pub(crate) fn layers_are_named_and_taken_away() {
    let server = Server::start();
    let publish = |name: &str| {
        let content = json!({ "Content": { "ZipFile": base64_of(&zip()) } });
        let path = format!("/2018-10-31/layers/{name}/versions");
        let layer = read(&server.ask("POST", &path, &[], content.to_string().as_bytes()), 201);
        layer["LayerVersionArn"].as_str().unwrap().to_owned()
    };
    let (first, second, other) = (publish("tools"), publish("tools"), publish("more"));
    let created = create(&server, &json!({ "Layers": [other, first] }));
    let size = zip().len();
    let layers = json!([{ "Arn": other, "CodeSize": size }, { "Arn": first, "CodeSize": size }]);
    assert_eq!(created["Layers"], layers);

    let refused = server.ask(
        "PUT",
        &format!("{FUNCTIONS}/f/configuration"),
        &[],
        json!({ "Layers": [first, second] }).to_string().as_bytes(),
    );
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains(&format!("{first} and {second} are versions of the same layer.")),
        "{refused:?}"
    );

    // A function keeps its layers, also when their versions are deleted.
    assert_eq!(server.ask("DELETE", "/2018-10-31/layers/more/versions/1", &[], b"").status, 204);
    let updated = ask(&server, "PUT", "/f/configuration", &json!({ "Timeout": 4 }), 200);
    assert_eq!(updated["Layers"], layers);
    let refused = server.ask(
        "PUT",
        &format!("{FUNCTIONS}/f/configuration"),
        &[],
        json!({ "Layers": [other] }).to_string().as_bytes(),
    );
    assert!(refused.body.contains(&format!("Layer version {other} does not exist.")), "{refused:?}");

    let updated = ask(&server, "PUT", "/f/configuration", &json!({ "Layers": [] }), 200);
    assert_eq!(updated["Layers"], Value::Null);
}

pub(crate) fn members_are_kept_and_cleared() {
    let server = Server::start();
    let members = json!({
        "Runtime": "python3.12",
        "Architectures": ["arm64"],
        "DeadLetterConfig": { "TargetArn": "arn:aws:sqs:us-east-1:000000000000:q" },
        "EphemeralStorage": { "Size": 1_024 },
        "KMSKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k",
        "LoggingConfig": { "LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "LogGroup": "mine" },
        "TenancyConfig": { "TenantIsolationMode": "PER_TENANT" },
        "TracingConfig": { "Mode": "Active" },
        "VpcConfig": { "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"] },
    });
    let created = create(&server, &members);
    let mut shown = members.clone();
    shown["LoggingConfig"]["SystemLogLevel"] = "INFO".into();
    shown["VpcConfig"]["Ipv6AllowedForDualStack"] = false.into();
    shown["VpcConfig"]["VpcId"] = "".into();
    for (member, value) in shown.as_object().unwrap() {
        assert_eq!(&created[member], value, "{member}");
    }

    let cleared = json!({
        "DeadLetterConfig": { "TargetArn": "" },
        "Environment": {},
        "KMSKeyArn": "",
        "LoggingConfig": { "LogFormat": "Text" },
        "VpcConfig": { "SubnetIds": [], "SecurityGroupIds": [] },
    });
    let updated = ask(&server, "PUT", "/f/configuration", &cleared, 200);
    for member in ["DeadLetterConfig", "KMSKeyArn", "VpcConfig"] {
        assert_eq!(updated[member], Value::Null, "{member}");
    }
    assert_eq!(updated["Environment"], json!({ "Variables": {} }));
    assert_eq!(updated["LoggingConfig"], json!({ "LogFormat": "Text", "LogGroup": "mine" }));
    assert_eq!(updated["TenancyConfig"], members["TenancyConfig"]);
    let snap_start =
        json!({ "SnapStart": { "ApplyOn": "PublishedVersions" }, "EphemeralStorage": { "Size": 512 } });
    let refused = ask(&server, "PUT", "/f/configuration", &snap_start, 400);
    assert!(refused["message"].as_str().unwrap().contains("PER_TENANT"), "{refused}");
}

pub(crate) fn a_download_needs_its_signature() {
    let server = Server::start();
    let got = get(&server, "/there");
    let location = got["Code"]["Location"].as_str().unwrap();
    let (_, path) = location.split_once(&server.address().to_string()).unwrap();
    let fetched = server.ask("GET", path, &[], b"");
    assert_eq!((fetched.status, fetched.header("content-type")), (200, Some("application/zip")));
    assert_eq!(fetched.header("content-length"), Some(zip().len().to_string().as_str()));
    assert_eq!(fetched.body, String::from_utf8_lossy(&zip()));
    let (unsigned, _) = path.split_once("&Signature=").unwrap();
    let (bare, _) = path.split_once('?').unwrap();
    for other in [unsigned, bare, &format!("{path}A"), &path.replacen("Expires=1", "Expires=2", 1)] {
        let refused = server.ask("GET", other, &[], b"");
        assert_eq!(
            (refused.status, refused.header("x-amzn-errortype")),
            (403, Some("AccessDeniedException")),
            "{other}"
        );
    }
}
