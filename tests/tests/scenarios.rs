//! What AWS was recorded to do with an event, with boto3 against the real server, and moto for the queues: the scenarios of
//! LocalStack's recordings, in a thirtieth of the time.
//!
//! AWS's first pause of 60 s is 2 s here, and its ages of 60 and 90 s are 2 and 3 s.

use lambent_tests::{Client, Moto, Server, runtime};

const PAUSE: (&str, &str) = ("LAMBENT_EVENTS_RETRY_BASE_DELAY_SECS", "2");

/// What every script begins with: queues, functions, and ways to see what came of an event.
const PREAMBLE: &str = r#"
import io, zipfile
sqs = boto3.client('sqs', endpoint_url=MOTO, config=config)
role = 'arn:aws:iam::000000000000:role/test'
def package(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z: z.writestr('app.py', text)
    return out.getvalue()
FAILS = 'def handler(event, context):\n    print("run of", context.aws_request_id)\n    raise ValueError("as told")\n'
RETURNS = 'def handler(event, context):\n    return {"got": event}\n'
def create(name, text, **more):
    code = {'ZipFile': package(text)}
    client.create_function(FunctionName=name, Runtime=RUNTIME, Role=role, Handler='app.handler', Code=code, **more)
def queue(name):
    url = sqs.create_queue(QueueName=name)['QueueUrl']
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
def tell(function, on_success='', on_failure='', **more):
    client.put_function_event_invoke_config(FunctionName=function, DestinationConfig={
        'OnSuccess': {'Destination': on_success}, 'OnFailure': {'Destination': on_failure}}, **more)
def send(function, event, **more):
    answer = client.invoke(FunctionName=function, InvocationType='Event', Payload=json.dumps(event), **more)
    assert answer['StatusCode'] == 202, answer
    return answer['ResponseMetadata']['RequestId']
def until(look, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        found = look()
        if found: return found
        time.sleep(0.05)
    raise AssertionError('waited in vain')
def message(name):
    url = sqs.get_queue_url(QueueName=name)['QueueUrl']
    def look():
        answer = sqs.receive_message(QueueUrl=url, MessageAttributeNames=['All'], WaitTimeSeconds=1)
        return answer.get('Messages')
    found, = until(look)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=found['ReceiptHandle'])
    return found
def record(name):
    return json.loads(message(name)['Body'])
def is_empty(name):
    url = sqs.get_queue_url(QueueName=name)['QueueUrl']
    return not sqs.receive_message(QueueUrl=url).get('Messages')
def runs(function, id):
    events = logs.filter_log_events(logGroupName='/aws/lambda/' + function, filterPattern='run')['events']
    return [e for e in events if e['message'].strip() == 'run of ' + id]
def spacing(events):
    at = [e['timestamp'] / 1000 for e in events]
    return [b - a for a, b in zip(at, at[1:])]
"#;

fn run(variables: &[(&str, &str)], script: &str) {
    let moto = Moto::start(&[]);
    let variables = [&[PAUSE], &moto.variables()[..], variables].concat();
    let server = Server::start_with(&[], &variables);
    let given = format!("MOTO, RUNTIME = '{}', '{}'\n", moto.url(), runtime::python());
    let _ = Client::boto3(&server, &format!("{given}{PREAMBLE}{script}")).output();
}

#[test]
fn a_function_error_is_tried_again_twice_under_one_request_id_and_then_told() {
    run(
        &[],
        r#"
create('f', FAILS)
tell('f', on_failure=queue('failed'))
id = send('f', {'a': [1, 2]})
told = record('failed')
made = runs('f', id)
assert len(made) == 3, made
first, second = spacing(made)
assert 2 <= first < 4 <= second, (first, second)
assert len({e['logStreamName'] for e in made}) == 1, made
context = told['requestContext']
assert told['version'] == '1.0' and told['requestPayload'] == {'a': [1, 2]}, told
assert context['requestId'] == id and context['condition'] == 'RetriesExhausted', told
assert context['approximateInvokeCount'] == 3 and context['functionArn'].endswith(':function:f:$LATEST'), told
assert told['responseContext'] == {'statusCode': 200, 'executedVersion': '$LATEST', 'functionError': 'Unhandled'}, told
assert told['responsePayload']['errorType'] == 'ValueError', told
assert told['responsePayload']['errorMessage'] == 'as told', told
tell('f', on_failure=queue('failed'), MaximumRetryAttempts=0)
id = send('f', {})
told = record('failed')
assert (told['requestContext']['requestId'], told['requestContext']['approximateInvokeCount']) == (id, 1), told
assert is_empty('failed')
"#,
    );
}

/// Of 60 s: the pause would end too late, so nobody waits for it. Of 90 s: there is time for one retry.
#[test]
fn a_retry_that_would_come_too_late_is_not_waited_for() {
    for (age, count, seconds) in [("2", 1, "0 <= took < 1.9"), ("3", 2, "2 <= took < 5")] {
        let script = r#"
create('f', FAILS)
tell('f', on_failure=queue('failed'))
begun = time.time()
id = send('f', {'age': 1})
told = record('failed')
context = told['requestContext']
assert (context['condition'], context['approximateInvokeCount']) == ('EventAgeExceeded', COUNT), told
assert told['responseContext']['functionError'] == 'Unhandled', told
assert told['responsePayload']['errorMessage'] == 'as told', told
made = runs('f', id)
assert len(made) == COUNT, made
settled = json.loads(__import__('urllib.request').request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_lambent/v1/events/' + id).read())
took = (settled['settledAt'] - settled['acceptedAt']) / 1000
assert SECONDS, settled
"#;
        let script = script.replace("COUNT", &count.to_string()).replace("SECONDS", seconds);
        run(&[("LAMBENT_EVENTS_AGE_MAX_SECS", age)], &script);
    }
}

#[test]
fn reserved_concurrency_of_zero_ends_an_event_at_once_and_tells_both() {
    run(
        &[],
        r#"
create('f', RETURNS, DeadLetterConfig={'TargetArn': queue('dead')})
tell('f', on_failure=queue('failed'))
client.put_function_concurrency(FunctionName='f', ReservedConcurrentExecutions=0)
id = send('f', {'zero': True})
told = record('failed')
context = told['requestContext']
assert (context['requestId'], context['condition'], context['approximateInvokeCount']) == (id, 'ZeroReservedConcurrency', 0), told
assert 'responseContext' not in told and 'responsePayload' not in told, told
dead = message('dead')
assert json.loads(dead['Body']) == {'zero': True}, dead
assert dead['MessageAttributes']['RequestID']['StringValue'] == id, dead
"#,
    );
}

#[test]
fn what_waits_while_the_code_is_changed_runs_the_new_code() {
    run(
        &[],
        r#"
def says(n): return 'import time\ndef handler(event, context):\n    time.sleep(event)\n    return %d\n' % n
create('f', says(1))
tell('f', on_success=queue('done'))
client.put_function_concurrency(FunctionName='f', ReservedConcurrentExecutions=1)
slow = send('f', 2)
until(lambda: 'running' in __import__('urllib.request').request.urlopen(
    os.environ['AWS_ENDPOINT_URL'] + '/_lambent/v1/events/' + slow).read().decode())
waiting = {send('f', 0) for _ in range(3)}
client.update_function_code(FunctionName='f', ZipFile=package(says(2)))
answers = {}
for _ in range(4):
    told = record('done')
    answers[told['requestContext']['requestId']] = told['responsePayload']
assert answers.pop(slow) == 1, answers
assert answers == dict.fromkeys(waiting, 2), answers
"#,
    );
}

#[test]
fn two_destinations_and_a_dead_letter_queue_at_once_are_each_told_their_part() {
    run(
        &[],
        r#"
EITHER = 'def handler(event, context):\n    if event["fail"]: raise ValueError("as told")\n    return event\n'
create('f', EITHER, DeadLetterConfig={'TargetArn': queue('dead')})
tell('f', on_success=queue('done'), on_failure=queue('failed'), MaximumRetryAttempts=0)
good = send('f', {'fail': False})
told = record('done')
context = told['requestContext']
assert (context['requestId'], context['condition'], context['approximateInvokeCount']) == (good, 'Success', 1), told
assert told['responseContext'] == {'statusCode': 200, 'executedVersion': '$LATEST'}, told
assert told['responsePayload'] == {'fail': False}, told
event = {'fail': True}
bad = send('f', event)
told = record('failed')
context = told['requestContext']
assert (context['requestId'], context['condition']) == (bad, 'RetriesExhausted'), told
dead = message('dead')
assert dead['Body'] == json.dumps(event), 'byte for byte: %r' % dead['Body']
attributes = {name: (value['DataType'], value['StringValue']) for name, value in dead['MessageAttributes'].items()}
assert attributes == {'RequestID': ('String', bad), 'ErrorCode': ('Number', '200'), 'ErrorMessage': ('String', 'as told')}, dead
assert all(is_empty(name) for name in ('done', 'failed', 'dead'))
"#,
    );
}
