//! SQS, SNS, EventBridge, S3 and functions.

use super::{LONG, all_are, deliveries, function, invoke, send_to};
use lambent_tests::server::wait_for;
use lambent_tests::{Client, Moto, Package, Server, runtime};
use std::time::Duration;

/// moto's account.
const ACCOUNT: &str = "123456789012";

fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}")
}

/// A server that uses this moto, tries quickly and gives up what is refused after the second time.
fn server(moto: &Moto) -> Server {
    let mut variables = moto.variables().to_vec();
    variables.push(("LAMBENT_DESTINATIONS_REFUSED_ATTEMPTS_MAX", "2"));
    Server::start_with(&[], &variables)
}

/// Clients of moto's services, and ways to look at them.
fn script(server: &Server, moto: &Moto, text: &str) -> String {
    let preamble = format!(
        r#"
import re
def of(service, **more): return boto3.client(service, endpoint_url='{}', **more)
sqs, sns, events, iam = of('sqs'), of('sns'), of('events'), of('iam')
s3 = of('s3', config=Config(s3={{'addressing_style': 'path'}}))
def url(name): return '{}/{ACCOUNT}/' + name
def arn(service, resource): return 'arn:aws:%s:us-east-1:{ACCOUNT}:%s' % (service, resource)
def receive(name):
    for _ in range(200):
        found = sqs.receive_message(QueueUrl=url(name), AttributeNames=['All'], MessageAttributeNames=['All'])
        if found.get('Messages'):
            [message] = found['Messages']
            sqs.delete_message(QueueUrl=url(name), ReceiptHandle=message['ReceiptHandle'])
            return message
        time.sleep(0.05)
    raise AssertionError('nothing in ' + name)
def empty(name): assert not sqs.receive_message(QueueUrl=url(name)).get('Messages'), name
"#,
        moto.url(),
        moto.url()
    );
    Client::boto3(server, &format!("{preamble}{text}")).output()
}

#[test]
fn records_arrive_as_recorded() {
    let moto = Moto::start(&[]);
    let server = server(&moto);
    let _ = script(
        &server,
        &moto,
        r#"
for name in ['success', 'failure', 'topic', 'bus', 'letters', 'topic-letters', 'sunk']: sqs.create_queue(QueueName=name)
def topic(name, queue):
    made = sns.create_topic(Name=name)['TopicArn']
    assert made == arn('sns', name), made
    sns.subscribe(TopicArn=made, Protocol='sqs', Endpoint=arn('sqs', queue))
topic('topic', 'topic')
topic('topic-letters', 'topic-letters')
events.create_event_bus(Name='bus')
events.put_rule(Name='all', EventBusName='bus', EventPattern='{"source": ["lambda"]}')
events.put_targets(Rule='all', EventBusName='bus', Targets=[{'Id': '1', 'Arn': arn('sqs', 'bus')}])
s3.create_bucket(Bucket='failures')
iam.create_role(RoleName='test', AssumeRolePolicyDocument='{}')
"#,
    );
    let sink = "arn:aws:lambda:us-east-1:000000000000:function:sink";
    function(&server, "sink", &arn("sqs", "sunk"), "", "");
    function(&server, "queues", &arn("sqs", "success"), &arn("sqs", "failure"), &arn("sqs", "letters"));
    function(&server, "topics", "", &arn("sns", "topic"), &arn("sns", "topic-letters"));
    function(&server, "buses", &arn("events", "event-bus/bus"), &arn("events", "event-bus/bus"), "");
    function(&server, "buckets", "", "arn:aws:s3:::failures", "");
    function(&server, "functions", sink, "", "");
    let (good, bad) = (" {\"n\" :  1}", " {\"fail\" :  true}");
    let sent: Vec<(&str, String)> = [
        ("queues", good),
        ("queues", bad),
        ("topics", bad),
        ("buses", good),
        ("buckets", bad),
        ("functions", good),
    ]
    .into_iter()
    .map(|(name, payload)| (name, invoke(&server, name, payload)))
    .collect();
    for (_, id) in &sent {
        let all = deliveries(&server, id, all_are("delivered"));
        assert!(all.iter().all(|delivery| delivery["attempts"] == 1), "{all:?}");
    }
    let ids: Vec<&str> = sent.iter().map(|(_, id)| id.as_str()).collect();
    let _ = script(&server, &moto, &format!("ids = {ids:?}\n{ARRIVED}"));
}

/// What has to have arrived of the six events.
const ARRIVED: &str = r#"
trace = 'Root=1-5759e988-bd862e3fe1be46a994272793'
def check(record, id, function, failed):
    assert set(record) == {'version', 'timestamp', 'requestContext', 'requestPayload', 'responseContext', 'responsePayload'}
    assert record['version'] == '1.0'
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', record['timestamp']), record
    assert record['requestContext'] == {
        'requestId': id, 'functionArn': 'arn:aws:lambda:us-east-1:000000000000:function:%s:$LATEST' % function,
        'condition': 'RetriesExhausted' if failed else 'Success', 'approximateInvokeCount': 1}, record
    context = {'statusCode': 200, 'executedVersion': '$LATEST'}
    if failed: context['functionError'] = 'Unhandled'
    assert record['responseContext'] == context, record
    assert record['requestPayload'] == ({'fail': True} if failed else {'n': 1}), record
    if failed: assert record['responsePayload']['errorMessage'] == 'it broke', record
    else: assert record['responsePayload'] == {'got': {'n': 1}}, record
def letter(attributes, id, key):
    said = {name: (value.get('DataType') or value.get('Type'), value[key]) for name, value in attributes.items()}
    assert said == {'RequestID': ('String', id), 'ErrorCode': ('Number', '200'), 'ErrorMessage': ('String', 'it broke')}, said

message = receive('success')
check(json.loads(message['Body']), ids[0], 'queues', False)
assert message['Attributes']['AWSTraceHeader'].startswith(trace), message
assert 'MessageAttributes' not in message, message
check(json.loads(receive('failure')['Body']), ids[1], 'queues', True)
message = receive('letters')
assert message['Body'] == ' {"fail" :  true}', message
letter(message['MessageAttributes'], ids[1], 'StringValue')
assert message['Attributes']['AWSTraceHeader'].startswith(trace), message

told = json.loads(receive('topic')['Body'])
assert 'MessageAttributes' not in told, told
check(json.loads(told['Message']), ids[2], 'topics', True)
told = json.loads(receive('topic-letters')['Body'])
assert told['Message'] == ' {"fail" :  true}', told
letter(told['MessageAttributes'], ids[2], 'Value')

event = json.loads(receive('bus')['Body'])
check(event['detail'], ids[3], 'buses', False)
assert event['detail-type'] == 'Lambda Function Invocation Result - Success', event
assert event['source'] == 'lambda', event
assert event['resources'] == [arn('events', 'event-bus/bus'), 'arn:aws:lambda:us-east-1:000000000000:function:buses:$LATEST']

[found] = s3.list_objects_v2(Bucket='failures')['Contents']
name = r'aws/lambda/async/buckets/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}'
assert re.fullmatch(name, found['Key']), found
stored = s3.get_object(Bucket='failures', Key=found['Key'])
assert stored['ContentType'] == 'application/json', stored
check(json.loads(stored['Body'].read()), ids[4], 'buckets', True)

# The sink got the record as its event, under a request id of its own.
sunk = json.loads(receive('sunk')['Body'])
check(sunk['requestPayload'], ids[5], 'functions', False)
assert sunk['requestContext']['requestId'] != ids[5], sunk
for name in ['success', 'failure', 'letters', 'topic', 'topic-letters', 'bus', 'sunk']: empty(name)
"#;

#[test]
fn what_is_down_gets_its_records_afterwards_and_holds_up_nobody() {
    let (mut down, up) = (Moto::start(&[]), Moto::start(&[]));
    let mut variables = up.variables().to_vec();
    let sqs = down.url().to_owned();
    variables.push(("LAMBENT_AWS_SQS_ENDPOINT_URL", &sqs));
    let server = Server::start_with(&[], &variables);
    down.kill();
    let _ = script(&server, &up, "s3.create_bucket(Bucket='failures')");
    function(&server, "down", &arn("sqs", "late"), "", "");
    function(&server, "up", "", "arn:aws:s3:::failures", "");
    let waiting: Vec<String> = (0..8).map(|_| invoke(&server, "down", "{}")).collect();
    for id in &waiting {
        let tried = |all: &[serde_json::Value]| all.iter().any(|one| one["state"] == "pending");
        let _ = deliveries(&server, id, tried);
    }
    let tried = waiting.iter().map(|id| {
        let event = server.event(id);
        event["deliveries"][0]["lastError"].as_str().map(str::to_owned)
    });
    let said = wait_for(LONG, "a try", || tried.clone().flatten().next());
    assert!(said.to_lowercase().contains("connect"), "{said}");
    // Others are served meanwhile.
    let other = invoke(&server, "up", "{\"fail\": true}");
    let _ = deliveries(&server, &other, all_are("delivered"));
    assert!(waiting.iter().all(|id| server.event(id)["deliveries"][0]["state"] == "pending"));

    let down = down.restart();
    let _ = script(&server, &down, "sqs.create_queue(QueueName='late')");
    for id in &waiting {
        let all = deliveries(&server, id, all_are("delivered"));
        assert!(all[0]["attempts"].as_u64().unwrap() >= 1, "{all:?}");
    }
    let count = "of = {json.loads(receive('late')['Body'])['requestContext']['requestId'] for _ in range(8)}\n\
                 assert len(of) == 8, of\nempty('late')";
    let _ = script(&server, &down, count);
}

#[test]
fn what_refuses_is_tried_a_little_counted_and_shown() {
    let moto = Moto::start(&[]);
    let server = server(&moto);
    let _ = script(&server, &moto, "sqs.create_queue(QueueName='a.fifo', Attributes={'FifoQueue': 'true'})");
    function(&server, "missing", &arn("sqs", "none"), "", "");
    function(&server, "fifo", &arn("sqs", "a.fifo"), "", "");
    function(&server, "letters", "", "", &arn("sns", "none"));
    for (name, payload, attempts, error) in [
        ("missing", "{}", 2, "NonExistentQueue"),
        ("fifo", "{}", 1, "FIFO"),
        ("letters", "{\"fail\": true}", 2, "NotFound"),
    ] {
        let id = invoke(&server, name, payload);
        let all = deliveries(&server, &id, all_are("failed"));
        assert_eq!((all.len(), all[0]["attempts"].as_u64()), (1, Some(attempts)), "{all:?}");
        assert!(all[0]["lastError"].as_str().unwrap().contains(error), "{all:?}");
        assert!(all[0]["lastAttemptAt"].is_u64(), "{all:?}");
    }
    let metrics = server.metrics();
    for (name, count) in [
        ("lambent_destination_delivery_failures_total", 2),
        ("lambent_dead_letter_errors_total", 1),
        ("lambent_destination_tries_total{target=\"sqs\",result=\"retried\"}", 1),
        ("lambent_destination_tries_total{target=\"sqs\",result=\"given_up\"}", 2),
        ("lambent_destination_tries_total{target=\"sns\",result=\"given_up\"}", 1),
    ] {
        assert_eq!(metrics.get(name), Some(&count), "{name}: {metrics:?}");
    }
    assert!(server.log().contains("a record could not be delivered and is given up"), "{}", server.log());
}

#[test]
fn without_an_endpoint_nothing_is_called_and_the_delivery_says_what_is_missing() {
    let server = Server::start();
    function(&server, "f", &arn("sqs", "q"), "", "");
    let id = invoke(&server, "f", "{}");
    let all = deliveries(&server, &id, all_are("failed"));
    assert_eq!(all[0]["attempts"], 1, "{all:?}");
    assert!(all[0]["lastError"].as_str().unwrap().contains("set aws.sqs_endpoint_url"), "{all:?}");
}

#[test]
fn a_server_stops_although_a_destination_hangs_and_sends_after_the_restart() {
    // It takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut server = Server::start_with(
        &[],
        &[
            ("LAMBENT_AWS_SQS_ENDPOINT_URL", &url),
            ("LAMBENT_AWS_ACCESS_KEY_ID", "a"),
            ("LAMBENT_AWS_SECRET_ACCESS_KEY", "b"),
            ("LAMBENT_DESTINATIONS_TIMEOUT_SECS", "300"),
        ],
    );
    function(&server, "f", &arn("sqs", "q"), "", "");
    let id = invoke(&server, "f", "{}");
    let (first, _) = silent.accept().unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(server.terminate(), 0);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    drop(first);
    let server = server.restart();
    let _again = silent.accept().unwrap();
    assert_eq!(server.event(&id)["deliveries"][0]["state"], "pending");
}

/// As a call without a tenant: it is not run, and the owner sees why.
#[test]
fn a_function_that_is_isolated_by_tenant_takes_no_records() {
    let server = Server::start();
    let isolated = serde_json::json!({ "TenancyConfig": { "TenantIsolationMode": "PER_TENANT" } });
    let package = Package::of("app.py", super::CODE);
    server.create_function("isolated", runtime::python(), "app.handler", package, isolated);
    function(&server, "f", "arn:aws:lambda:us-east-1:000000000000:function:isolated", "", "");
    let id = invoke(&server, "f", "{}");
    let all = deliveries(&server, &id, all_are("failed"));
    assert_eq!(all[0]["attempts"], 1, "{all:?}");
    assert!(all[0]["lastError"].as_str().unwrap().contains("isolated by tenant"), "{all:?}");
    assert_eq!(server.events("function=isolated").len(), 0);
    assert_eq!(server.metrics().get("lambent_destination_delivery_failures_total"), Some(&1));
}

#[test]
fn a_circle_of_destinations_is_stopped() {
    let server = Server::start();
    let of = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    for name in ["a", "b"] {
        function(&server, name, "", "", "");
    }
    send_to(&server, "a", &of("b"), "");
    send_to(&server, "b", &of("a"), "");
    let _ = invoke(&server, "a", "{}");
    let stopped = wait_for(LONG, "the circle to end", || server.events("function=a&state=failed").pop());
    assert_eq!(stopped["condition"], "Recursion", "{stopped}");
    assert_eq!(stopped["attempts"], serde_json::json!([]), "{stopped}");
    // Sixteen runs of each, and the one that was stopped.
    assert_eq!((server.events("function=a").len(), server.events("function=b").len()), (17, 16));
}
