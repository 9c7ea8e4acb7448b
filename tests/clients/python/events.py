"""Events with boto3: headers of Lambent's own added by an event hook, its retries of what is refused, and Lambent's API."""

import http.client
import json
import os
import time
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

NAME = "events-of-boto3"
URL = os.environ["AWS_ENDPOINT_URL"]
session = boto3.Session()


def client_with(retries):
    return session.client("lambda", config=Config(retries=retries, read_timeout=60))


client = client_with({"mode": "standard", "max_attempts": 3})


def with_headers(headers, call, **members):
    """Adds headers before the request is signed, as a user would."""

    def add(request, **_):
        for name, value in headers.items():
            request.headers[name] = value

    client.meta.events.register("before-sign.lambda", add)
    try:
        return call(FunctionName=NAME, **members)
    finally:
        client.meta.events.unregister("before-sign.lambda", add)


def event(headers, payload=b"{}"):
    made = with_headers(headers, client.invoke, InvocationType="Event", Payload=payload)
    assert made["StatusCode"] == 202, made
    return made["ResponseMetadata"]["RequestId"]


def ask(method, path, body=b"", headers=None):
    """A signed request to Lambent's own API."""
    request = AWSRequest(method=method, url=URL + path, data=body, headers=headers or {})
    SigV4Auth(session.get_credentials(), "lambda", client.meta.region_name).add_auth(request)
    connection = http.client.HTTPConnection(urlsplit(URL).netloc, timeout=90)
    connection.request(method, path, body=body, headers=dict(request.headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def refused(call):
    try:
        call()
    except ClientError as error:
        return error.response
    raise AssertionError("not refused")


def adds_up():
    status, text = ask("GET", "/metrics")
    assert status == 200, text
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    values = {name: int(value) for name, value in lines}
    total = lambda prefix: sum(value for name, value in values.items() if name.startswith(prefix))
    received = values["lambent_async_events_received_total"]
    assert received == total("lambent_async_events_settled_total{") + total("lambent_async_events{"), text
    return values


with open(os.environ["LAMBENT_TEST_PACKAGE"], "rb") as package:
    client.create_function(
        FunctionName=NAME,
        Runtime=os.environ["LAMBENT_TEST_RUNTIME"],
        Role="arn:aws:iam::000000000000:role/test",
        Handler="app.handler",
        Code={"ZipFile": package.read()},
    )
queue = f"/_lambent/v1/functions/{NAME}/events"
assert ask("POST", queue + "/pause") == (200, '{"paused":true}')

# Once, whatever is sent again; a key is for one payload.
key = {"X-Lambent-Idempotency-Key": "order 17"}
first = event(key, b'{"n":1}')
assert event(key, b'{"n":1}') == first
again = with_headers(key, client.invoke_async, InvokeArgs=b'{"n":1}')
assert again["ResponseMetadata"]["RequestId"] == first, again
other = refused(lambda: event(key, b'{"n":2}'))
assert other["Error"]["Code"] == "IdempotentParameterMismatchException", other
assert other["ResponseMetadata"]["HTTPStatusCode"] == 409 and other["ResponseMetadata"]["RetryAttempts"] == 0, other

# Later, and ahead of others.
later = event({"X-Lambent-Delay-Seconds": "3600", "X-Lambent-Priority": "high"})
status, shown = ask("GET", f"/_lambent/v1/events/{later}")
shown = json.loads(shown)
assert (status, shown["state"], shown["priority"]) == (200, "delayed", "high"), shown
malformed = refused(lambda: event({"X-Lambent-Priority": "urgent"}))
assert malformed["Error"]["Code"] == "InvalidParameterValueException", malformed
synchronous = refused(lambda: with_headers({"X-Lambent-Priority": "high"}, client.invoke, Payload=b"{}"))
assert synchronous["ResponseMetadata"]["HTTPStatusCode"] == 400, synchronous

# A header that was not signed could be anybody's.
signed = AWSRequest(method="POST", url=URL + f"/2014-11-13/functions/{NAME}/invoke-async/", data=b"{}")
SigV4Auth(session.get_credentials(), "lambda", client.meta.region_name).add_auth(signed)
connection = http.client.HTTPConnection(urlsplit(URL).netloc)
headers = {**dict(signed.headers), "X-Lambent-Delay-Seconds": "3600"}
connection.request("POST", f"/2014-11-13/functions/{NAME}/invoke-async/", body=b"{}", headers=headers)
unsigned = connection.getresponse()
assert unsigned.status == 403, unsigned.read()

# Two wait; one more may, and then SDKs are told to try again, which they do.
status, lines = ask("POST", queue, b'{"n":3}\nno\n{"n":4}\n')
lines = [json.loads(line) for line in lines.splitlines()]
assert status == 200 and [line["status"] for line in lines] == [202, 400, 429], lines
assert lines[2]["type"] == "TooManyRequestsException", lines
for mode in ["legacy", "standard", "adaptive"]:
    impatient = client_with({"mode": mode, "total_max_attempts": 2})
    full = refused(lambda: impatient.invoke(FunctionName=NAME, InvocationType="Event", Payload=b"{}"))
    assert full["Error"]["Code"] == "TooManyRequestsException", full
    assert full["Reason"] == "FunctionInvocationRateLimitExceeded", full
    about = full["ResponseMetadata"]
    assert (about["HTTPStatusCode"], about["RetryAttempts"]) == (429, 1), (mode, full)
    assert int(about["HTTPHeaders"]["retry-after"]) >= 1, full

# What was sent runs when it may.
assert ask("POST", f"/_lambent/v1/events/{later}/cancel")[0] == 200
assert ask("POST", queue + "/resume") == (200, '{"paused":false}')
status, ended = ask("GET", f"/_lambent/v1/events/{first}?waitSeconds=60")
ended = json.loads(ended)
assert ended["state"] == "succeeded" and len(ended["attempts"]) == 1, ended
assert ask("GET", f"/_lambent/v1/events/{first}/result") == (200, '{"event": {"n": 1}}')

# Counters add up while events flow.
patient = client_with({"mode": "standard", "max_attempts": 10})
for number in range(60):
    patient.invoke(FunctionName=NAME, InvocationType="Event", Payload=json.dumps({"n": number}).encode())
    adds_up()
deadline = time.monotonic() + 60
while True:
    values = adds_up()
    if values['lambent_async_events_settled_total{disposition="succeeded"}'] == 62:
        break
    assert time.monotonic() < deadline, values
    time.sleep(0.05)
assert values["lambent_async_event_age_milliseconds_count"] == 62, values
assert values['lambent_async_events_settled_total{disposition="cancelled"}'] == 1, values
