use serde_json::json;

use super::*;

#[tokio::test]
async fn errors_have_the_recorded_names_and_texts() {
    let fixture = Fixture::new();
    fixture.write("s", 0, "m");
    let no_group = ("ResourceNotFoundException", "The specified log group does not exist.");
    let no_stream = ("ResourceNotFoundException", "The specified log stream does not exist.");
    let token = ("InvalidParameterException", "The specified nextToken is invalid.");
    let limit = (
        "InvalidParameterException",
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    );
    let prefix_and_pattern = (
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    );
    let name_and_identifier =
        ("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
    let foreign = "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/helloworld";
    let table = [
        ("FilterLogEvents", json!({ "logGroupName": "nope" }), no_group),
        ("GetLogEvents", json!({ "logGroupName": "nope", "logStreamName": "s" }), no_group),
        ("DescribeLogStreams", json!({ "logGroupName": "nope" }), no_group),
        ("DescribeLogStreams", json!({ "logGroupIdentifier": foreign }), no_group),
        ("GetLogEvents", json!({ "logGroupName": GROUP, "logStreamName": "nope" }), no_stream),
        ("FilterLogEvents", json!({ "logGroupName": GROUP, "nextToken": "nope" }), token),
        ("GetLogEvents", json!({ "logGroupName": GROUP, "logStreamName": "s", "nextToken": "é" }), token),
        (
            "GetLogEvents",
            json!({ "logGroupName": GROUP, "logStreamName": "s", "nextToken": "f/12/s" }),
            token,
        ),
        ("DescribeLogGroups", json!({ "nextToken": "%" }), token),
        ("DescribeLogStreams", json!({ "logGroupName": GROUP, "nextToken": "bm9wZQ" }), token),
        ("GetLogEvents", json!({ "logGroupName": GROUP, "logStreamName": "s", "limit": 10_001 }), limit),
        ("FilterLogEvents", json!({ "logGroupName": GROUP, "limit": 10_001 }), limit),
        (
            "DescribeLogGroups",
            json!({ "logGroupNamePrefix": "a", "logGroupNamePattern": "b" }),
            prefix_and_pattern,
        ),
        (
            "DescribeLogStreams",
            json!({ "logGroupName": GROUP, "logGroupIdentifier": GROUP }),
            name_and_identifier,
        ),
    ];
    for (operation, request, (name, message)) in table {
        let answer = fixture.call(operation, request.clone()).await;
        assert_eq!(answer, (400, json!({ "__type": name, "message": message })), "{operation} {request}");
    }
}

#[tokio::test]
async fn what_is_not_a_request_is_told_apart() {
    let fixture = Fixture::new();
    for target in [None, Some(""), Some("Logs_20140328.Nope"), Some("DynamoDB_20120810.ListTables")] {
        let (status, body) = fixture.send(target, "{}").await;
        assert_eq!((status, &body["__type"]), (400, &json!("UnknownOperationException")), "{target:?}");
    }
    for body in ["{", "[]", "7", r#"{"limit":"many"}"#, "\u{fffd}", r#"{"limit":1e99}"#] {
        let (status, answer) = fixture.send(Some("Logs_20140328.DescribeLogGroups"), body).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("SerializationException")), "{body}");
    }
    let (status, body) = fixture.call("PutLogEvents", json!({})).await;
    assert_eq!((status, &body["__type"]), (501, &json!("NotImplementedException")));
    assert!(body["message"].as_str().unwrap().contains("PutLogEvents"));
    let (status, body) = fixture.send(Some("Logs_20140328.DescribeLogGroups"), "").await;
    assert_eq!((status, body), (200, json!({ "logGroups": [] })));
    let (status, body) =
        fixture.call("FilterLogEvents", json!({ "logGroupName": "g", "filterPattern": "{ $.a" })).await;
    assert_eq!((status, &body["__type"]), (400, &json!("InvalidParameterException")));
}

#[tokio::test]
async fn groups_have_the_recorded_members() {
    let fixture = Fixture::new();
    fixture.write("s", 0, "m");
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/helloworld";
    let (_, body) = fixture.call("DescribeLogGroups", json!({ "logGroupNamePrefix": "/aws/" })).await;
    let stored_bytes = body["logGroups"][0]["storedBytes"].as_i64().unwrap();
    assert!(stored_bytes > 0);
    let mut group = json!({
        "arn": format!("{arn}:*"), "logGroupArn": arn, "creationTime": EPOCH, "logGroupClass": "STANDARD",
        "logGroupName": GROUP, "metricFilterCount": 0, "storedBytes": stored_bytes, "deletionProtectionEnabled": false,
    });
    assert_eq!(body, json!({ "logGroups": [group] }));
    let (_, body) = fixture.call("DescribeLogGroups", json!({ "logGroupIdentifiers": [arn, "nope"] })).await;
    assert_eq!(body, json!({ "logGroups": [group] }));

    let (_, body) = fixture.call("DescribeLogGroups", json!({ "logGroupNamePattern": "hello" })).await;
    group
        .as_object_mut()
        .unwrap()
        .retain(|key, _| key != "storedBytes" && key != "deletionProtectionEnabled");
    assert_eq!(body, json!({ "logGroups": [group] }));
}

#[tokio::test]
async fn streams_are_described_in_pages() {
    let fixture = Fixture::new();
    for at in 0..5 {
        fixture.write(&format!("s{at}"), 10 - at, "m");
    }
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/helloworld";
    let mut request = json!({
        "logGroupIdentifier": arn, "orderBy": "LastEventTime", "descending": true, "limit": 2,
    });
    let mut names = Vec::new();
    loop {
        let (status, body) = fixture.call("DescribeLogStreams", request.clone()).await;
        assert_eq!(status, 200, "{body}");
        for stream in body["logStreams"].as_array().unwrap() {
            assert_eq!(
                stream["arn"],
                format!("{arn}:log-stream:{}", stream["logStreamName"].as_str().unwrap())
            );
            names.push(stream["logStreamName"].as_str().unwrap().to_owned());
        }
        let Some(token) = body.get("nextToken") else { break };
        request["nextToken"] = token.clone();
    }
    assert_eq!(names, ["s0", "s1", "s2", "s3", "s4"]);
}

#[tokio::test]
async fn one_stream_is_read_to_both_ends() {
    let fixture = Fixture::new();
    for at in 0..5_u64 {
        fixture.write("s", at, &format!("{at}\n"));
        fixture.write("other", at, "no");
    }
    let request = |token: Option<&Value>| {
        let mut request = json!({ "logGroupName": GROUP, "logStreamName": "s", "limit": 2 });
        if let Some(token) = token {
            request["nextToken"] = token.clone();
        }
        request
    };
    let messages = |body: &Value| -> Vec<String> {
        let events = body["events"].as_array().unwrap();
        events.iter().map(|event| event["message"].as_str().unwrap().trim().to_owned()).collect()
    };
    let (_, last) = fixture.call("GetLogEvents", request(None)).await;
    assert_eq!(messages(&last), ["3", "4"]);
    assert_eq!(
        last["events"][0],
        json!({ "timestamp": EPOCH + 3, "message": "3\n", "ingestionTime": EPOCH })
    );
    let (_, middle) = fixture.call("GetLogEvents", request(Some(&last["nextBackwardToken"]))).await;
    assert_eq!(messages(&middle), ["1", "2"]);
    let (_, first) = fixture.call("GetLogEvents", request(Some(&middle["nextBackwardToken"]))).await;
    assert_eq!(messages(&first), ["0"]);
    let (_, end) = fixture.call("GetLogEvents", request(Some(&first["nextBackwardToken"]))).await;
    assert_eq!((messages(&end), &end["nextBackwardToken"]), (vec![], &first["nextBackwardToken"]));
    let (_, again) = fixture.call("GetLogEvents", request(Some(&end["nextForwardToken"]))).await;
    assert_eq!(messages(&again), ["0", "1"]);

    let forward = &last["nextForwardToken"];
    let (_, none) = fixture.call("GetLogEvents", request(Some(forward))).await;
    assert_eq!((messages(&none), &none["nextForwardToken"]), (vec![], forward));
    fixture.write("s", 5, "5");
    let (_, new) = fixture.call("GetLogEvents", request(Some(forward))).await;
    assert_eq!(messages(&new), ["5"]);

    let range =
        json!({ "logGroupName": GROUP, "logStreamName": "s", "startTime": EPOCH + 1, "endTime": EPOCH + 3 });
    assert_eq!(messages(&fixture.call("GetLogEvents", range).await.1), ["1", "2"]);
}

#[tokio::test]
async fn filtering_pages_through_all_streams_with_unique_ids() {
    let fixture = Fixture::new();
    for at in 0..30_u64 {
        fixture.write(&format!("s{}", at % 3), at / 2, if at % 5 == 0 { "ERROR x" } else { "fine" });
    }
    let mut request = json!({
        "logGroupName": GROUP, "filterPattern": "ERROR", "limit": 2, "interleaved": true,
        "startTime": EPOCH, "endTime": EPOCH + 12,
    });
    let mut ids = std::collections::BTreeSet::new();
    let mut times = Vec::new();
    loop {
        let (status, body) = fixture.call("FilterLogEvents", request.clone()).await;
        assert_eq!(status, 200, "{body}");
        for event in body["events"].as_array().unwrap() {
            assert!(ids.insert(event["eventId"].as_str().unwrap().to_owned()));
            times.push(event["timestamp"].as_u64().unwrap() - EPOCH);
        }
        let Some(token) = body.get("nextToken") else { break };
        request["nextToken"] = token.clone();
    }
    assert_eq!(times, [0, 2, 5, 7, 10, 12]);
    let chosen = json!({ "logGroupName": GROUP, "logStreamNamePrefix": "s1", "filterPattern": "ERROR" });
    let (_, body) = fixture.call("FilterLogEvents", chosen).await;
    assert!(body["events"].as_array().unwrap().iter().all(|event| event["logStreamName"] == "s1"));
    assert_eq!(body["events"].as_array().unwrap().len(), 2);
}
