//! Event source mappings.

use serde_json::{Value, json};

use crate::app::{ARN, Answer, App, conflict, done, missing, ok, parameter, validation};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:queue";
const STREAM: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/stream";
const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/table/stream/2026-01-01T00:00:00.000";
const REASON: &str = "Lambent keeps event source mappings and does not poll their sources in this version";
const GONE: &str = "The resource you requested does not exist.";
const UUID: &str = "00000000-0000-4000-8000-000000000000";

fn of(source: &str, members: Value) -> Value {
    let mut body = json!({"FunctionName": "there", "EventSourceArn": source});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

async fn create(app: &App, body: Value) -> String {
    let created = app.ask_in_full("POST", MAPPINGS, body).await;
    assert_eq!(created.status, 202, "{created:?}");
    created.body["UUID"].as_str().unwrap().to_owned()
}

fn with(mut base: Value, members: Value) -> Value {
    base.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    base
}

/// What every mapping answers.
fn described(source: &str, members: Value) -> Value {
    let mapping = json!({
        "UUID": "<uuid>",
        "EventSourceMappingArn": "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:<id>",
        "EventSourceArn": source,
        "FunctionArn": ARN,
        "LastModified": "<datetime>",
        "State": "Disabled",
        "StateTransitionReason": REASON,
    });
    with(mapping, members)
}

pub(crate) async fn a_mapping_of_a_queue_lives_as_recorded() {
    let app = App::start().await.with_alias().await;
    let members = json!({"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []});
    let mapping = described(QUEUE, members);
    let created = app.ask("POST", MAPPINGS, of(QUEUE, json!({"Enabled": true, "Tags": {"A": "a"}}))).await;
    assert_eq!(created, ok(202, mapping.clone()));
    let listed = app.read(MAPPINGS, "EventSourceMappings").await;
    let uuid = listed[0]["UUID"].as_str().unwrap();
    let target = format!("{MAPPINGS}/{uuid}");
    assert_eq!(app.get(&target).await, ok(200, mapping.clone()));
    let tags = format!("/2017-03-31/tags/{}", listed[0]["EventSourceMappingArn"].as_str().unwrap());
    assert_eq!(app.get(&tags).await, ok(200, json!({"Tags": {"A": "a"}})));

    let enabled = app.ask("PUT", &target, json!({"Enabled": true})).await;
    assert_eq!(enabled, ok(202, mapping.clone()), "it is not pretended that anything is polled");
    let pattern = r#"{"body":{"kind":["order"]}}"#;
    let changes = json!({
        "BatchSize": 100, "MaximumBatchingWindowInSeconds": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": pattern}]},
        "ScalingConfig": {"MaximumConcurrency": 5},
    });
    let changed = with(mapping, changes.clone());
    assert_eq!(app.ask("PUT", &target, changes).await, ok(202, changed.clone()));
    let moved = app.ask("PUT", &target, json!({"FunctionName": "there:live", "BatchSize": 50})).await;
    let moved_to = json!({"FunctionArn": format!("{ARN}:live"), "BatchSize": 50});
    let mut changed = with(changed, moved_to);
    assert_eq!(moved, ok(202, changed.clone()));
    let cleared = app.ask("PUT", &target, json!({"FilterCriteria": {}, "ScalingConfig": {}})).await;
    for member in ["FilterCriteria", "ScalingConfig"] {
        changed.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(cleared, ok(202, changed.clone()), "an empty one takes the setting away");

    let deleted = app.delete(&target).await;
    assert_eq!(deleted, ok(202, with(changed, json!({"State": "Deleting"}))));
    assert_eq!(app.get(&target).await, missing(GONE));
    assert_eq!(app.get(MAPPINGS).await, ok(200, json!({"EventSourceMappings": []})));
}

pub(crate) async fn a_mapping_of_a_stream_has_the_defaults_of_streams() {
    let app = App::start().await;
    let defaults = json!({
        "BatchSize": 100,
        "BisectBatchOnFunctionError": false,
        "DestinationConfig": {"OnFailure": {}},
        "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0,
    });
    let stream = json!({"StartingPosition": "LATEST", "DestinationConfig": {}});
    let created = app.ask("POST", MAPPINGS, of(STREAM, stream)).await;
    let expected = described(STREAM, with(defaults.clone(), json!({"StartingPosition": "LATEST"})));
    assert_eq!(created, ok(202, expected));

    let given = json!({
        "StartingPosition": "TRIM_HORIZON", "BatchSize": 1, "MaximumBatchingWindowInSeconds": 1,
        "MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
    });
    let created = app.ask("POST", MAPPINGS, of(TABLE, given.clone())).await;
    assert_eq!(created, ok(202, described(TABLE, with(defaults, given))));

    let at = json!({"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1_700_000_000.5});
    let other = format!("{STREAM}-2");
    let created = app.ask("POST", MAPPINGS, of(&other, at)).await;
    assert_eq!((created.status, &created.body["StartingPositionTimestamp"]), (202, &json!(1_700_000_000.5)));

    let kafka = json!({
        "FunctionName": "there", "Topics": ["topic"],
        "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka:9092"]}},
        "SourceAccessConfigurations": [{"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"}],
    });
    let created = app.ask("POST", MAPPINGS, kafka.clone()).await;
    let mut expected =
        described("", json!({"BatchSize": 100, "LastProcessingResult": "No records processed"}));
    expected.as_object_mut().unwrap().remove("EventSourceArn");
    let mut kept = kafka;
    kept.as_object_mut().unwrap().remove("FunctionName");
    assert_eq!(created, ok(202, with(expected, kept)));
}

fn unsupported(member: &str) -> Answer {
    parameter(&format!("Unsupported {member} parameter for given event source mapping type."))
}

fn bad_filter() -> Answer {
    parameter("Invalid filter pattern definition.")
}

fn filters(pattern: &str) -> Value {
    json!({"FilterCriteria": {"Filters": [{"Pattern": pattern}]}})
}

const WINDOW: &str =
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10";

pub(crate) async fn mappings_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await;
    let uuid = create(&app, of(&format!("{QUEUE}-there"), json!({}))).await;
    let there = format!("{MAPPINGS}/{uuid}");
    let before = app.get(&there).await;
    let absent = format!("{MAPPINGS}/{UUID}");
    let no_function = || parameter("Function does not exist");
    let unrecognized = || parameter("Unrecognized event source.");
    app.refuses(vec![
        ("GET", absent.as_str(), Value::Null, missing(GONE)),
        ("DELETE", &absent, Value::Null, missing(GONE)),
        ("PUT", &absent, json!({"BatchSize": 1}), missing(GONE)),
        ("POST", MAPPINGS, json!({"FunctionName": "nobody"}), unrecognized()),
        ("POST", MAPPINGS, of("arn:aws:s3:::bucket", json!({})), unrecognized()),
        ("POST", MAPPINGS, json!({"FunctionName": "nobody", "EventSourceArn": QUEUE}), no_function()),
        ("POST", MAPPINGS, json!({"FunctionName": "there:9", "EventSourceArn": QUEUE}), no_function()),
        (
            "POST",
            MAPPINGS,
            json!({
                "FunctionName": "there", "Topics": ["topic"],
                "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka:9092"]}},
            }),
            parameter("Required 'sourceAccessConfigurations' parameter is missing."),
        ),
        ("POST", MAPPINGS, of(QUEUE, json!({"Tags": {"aws:x": "a"}})), {
            parameter("aws: prefixed tag key names are not allowed for external use.")
        }),
        ("PUT", &there, json!({"FunctionName": "nobody"}), no_function()),
        ("PUT", &there, json!({"BatchSize": 11}), parameter(WINDOW)),
        ("PUT", &there, filters("text"), bad_filter()),
        ("PUT", &there, json!({"MaximumRetryAttempts": 1}), unsupported("MaximumRetryAttempts")),
    ])
    .await;
    assert_eq!(app.get(&there).await, before, "nothing was changed");
}

/// Every row is a creation that is refused; nothing is made.
async fn refuses_to_create(rows: Vec<(&str, Value, Answer)>) {
    let app = App::start().await;
    let rows =
        rows.into_iter().map(|(source, members, answer)| ("POST", MAPPINGS, of(source, members), answer));
    app.refuses(rows.collect()).await;
    assert_eq!(app.get(MAPPINGS).await, ok(200, json!({"EventSourceMappings": []})));
}

pub(crate) async fn where_to_start_is_said_of_streams_and_of_nothing_else() {
    let stamped = |position: &str| json!({"StartingPosition": position, "StartingPositionTimestamp": 7});
    let not_for_queues = || parameter("StartingPosition is not valid for SQS event sources.");
    let not_then = || parameter("Timestamp only valid with StartingPosition AT_TIMESTAMP");
    refuses_to_create(vec![
        (STREAM, json!({}), {
            parameter(
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member \
                 must not be null.",
            )
        }),
        (STREAM, json!({"StartingPosition": "0"}), {
            validation(
                "'0' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: \
                 [TRIM_HORIZON, LATEST, AT_TIMESTAMP]",
            )
        }),
        (QUEUE, json!({"StartingPosition": "LATEST"}), not_for_queues()),
        (QUEUE, stamped("AT_TIMESTAMP"), not_for_queues()),
        (STREAM, stamped("LATEST"), not_then()),
        (TABLE, stamped("LATEST"), not_then()),
        (TABLE, stamped("AT_TIMESTAMP"), {
            parameter(&format!("Unsupported starting position for arn type: {TABLE}"))
        }),
        (STREAM, json!({"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": -1}), {
            parameter(
                "Received Exception while reading from provided stream. class java.lang.Long can not be converted to a \
                 Timestamp",
            )
        }),
        (STREAM, json!({"StartingPosition": "AT_TIMESTAMP"}), {
            parameter("Timestamp is required with StartingPosition AT_TIMESTAMP")
        }),
    ])
    .await;
}

pub(crate) async fn members_that_a_source_does_not_take_are_refused() {
    let fifo = format!("{QUEUE}.fifo");
    let limit = |size: &str, demand: &str| {
        validation(&format!(
            "'{size}' at 'batchSize' failed to satisfy constraint: Member must have value {demand}"
        ))
    };
    let streamed = |members: Value| with(json!({"StartingPosition": "LATEST"}), members);
    let to_queue = || json!({"Destination": QUEUE});
    refuses_to_create(vec![
        (QUEUE, json!({"BatchSize": 11}), parameter(WINDOW)),
        (&fifo, json!({"BatchSize": 10, "MaximumBatchingWindowInSeconds": 1}), {
            parameter("Batching window is not supported for FIFO queues")
        }),
        (QUEUE, json!({"BatchSize": 0}), limit("0", "greater than or equal to 1")),
        (QUEUE, json!({"BatchSize": 10_001}), limit("10001", "less than or equal to 10000")),
        (QUEUE, filters(""), bad_filter()),
        (QUEUE, filters(r#"{"body":"text"}"#), bad_filter()),
        (STREAM, streamed(json!({"DestinationConfig": {"OnSuccess": to_queue()}})), {
            unsupported("DestinationConfig")
        }),
        (QUEUE, json!({"DestinationConfig": {"OnFailure": to_queue()}}), unsupported("DestinationConfig")),
        (QUEUE, json!({"ParallelizationFactor": 2}), unsupported("ParallelizationFactor")),
        (STREAM, streamed(json!({"ScalingConfig": {"MaximumConcurrency": 2}})), unsupported("ScalingConfig")),
        (STREAM, streamed(json!({"MaximumRecordAgeInSeconds": 59})), {
            parameter("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.")
        }),
    ])
    .await;
}

pub(crate) async fn a_source_is_mapped_to_a_function_once() {
    let app = App::start().await.with_alias().await;
    let queue = create(&app, of(QUEUE, json!({}))).await;
    let position = json!({"StartingPosition": "LATEST"});
    let stream = create(&app, of(STREAM, position.clone())).await;
    let topics =
        |topics: &[&str]| of("arn:aws:kafka:us-east-1:000000000000:cluster/c/1", json!({"Topics": topics}));
    let topic = create(&app, topics(&["topic"])).await;
    let please = |uuid: &str| format!("Please update or delete the existing mapping with UUID {uuid}");
    app.refuses(vec![
        ("POST", MAPPINGS, of(QUEUE, json!({"BatchSize": 1})), {
            conflict(&format!(
                "An event source mapping with SQS arn (\" {QUEUE} \") and function (\" there \") already exists. {}",
                please(&queue)
            ))
        }),
        ("POST", MAPPINGS, of(STREAM, position), {
            conflict(&format!(
                "The event source arn (\" {STREAM} \") and function (\" there \") provided mapping already exists. {}",
                please(&stream)
            ))
        }),
        ("POST", MAPPINGS, topics(&["topic"]), {
            conflict(&format!(
                "An event source mapping with event source (\"arn:aws:kafka:us-east-1:000000000000:cluster/c/1\"), \
                 function (\"{ARN}\"), topics (\"topic\") already exists. {}",
                please(&topic)
            ))
        }),
    ])
    .await;
    // Another topic, another version, another function.
    create(&app, topics(&["other"])).await;
    create(&app, with(of(QUEUE, json!({})), json!({"FunctionName": "there:live"}))).await;
    app.create("other").await;
    create(&app, with(of(QUEUE, json!({})), json!({"FunctionName": "other"}))).await;
    assert_eq!(app.delete(&format!("{MAPPINGS}/{queue}")).await.status, 202);
    create(&app, of(QUEUE, json!({}))).await;
}

pub(crate) async fn mappings_are_listed_by_function_and_source() {
    let app = App::start().await.with_alias().await;
    for (name, source) in [("there", QUEUE), ("there", TABLE), ("there:live", QUEUE), ("there:1", QUEUE)] {
        let position = if source == TABLE { json!({"StartingPosition": "LATEST"}) } else { json!({}) };
        let body = with(of(source, position), json!({"FunctionName": name}));
        let created = app.ask("POST", MAPPINGS, body).await;
        let qualifier = name.strip_prefix("there").unwrap();
        assert_eq!(created.body["FunctionArn"], format!("{ARN}{qualifier}"));
    }
    for (query, count) in [
        ("", 4),
        ("FunctionName=there", 2),
        ("FunctionName=there:live", 1),
        (&format!("FunctionName={ARN}"), 2),
        (&format!("EventSourceArn={QUEUE}"), 3),
        (&format!("FunctionName=there&EventSourceArn={QUEUE}"), 1),
        ("FunctionName=nobody", 0),
    ] {
        let (sizes, mappings) =
            app.pages(&format!("{MAPPINGS}?{query}&MaxItems=2"), "EventSourceMappings").await;
        assert_eq!(mappings.len(), count, "{query}");
        assert!(sizes.iter().all(|size| *size <= 2), "{query}");
    }
    let refused = app.get(&format!("{MAPPINGS}?Marker=*")).await;
    assert_eq!(refused, parameter("The provided Marker is not valid."));
}

/// AWS keeps them too: owners delete their mappings themselves.
pub(crate) async fn a_mapping_outlives_its_function() {
    let app = App::start().await;
    let uuid = create(&app, of(QUEUE, json!({}))).await;
    let target = format!("{MAPPINGS}/{uuid}");
    let before = app.get(&target).await;
    assert_eq!(app.delete("/2015-03-31/functions/there").await, done());
    assert_eq!(app.get(&target).await, before);
    assert_eq!(app.ask("PUT", &target, json!({"BatchSize": 5})).await.status, 202);
    assert_eq!(app.delete(&target).await.status, 202);
    assert_eq!(app.get(&target).await, missing(GONE));
}
