"""The common script of the clients, with boto3."""

import base64
import http.client
import json
import os
import time
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

NAME = "from-boto3"
config = Config(retries={"max_attempts": 0}, read_timeout=60)
client = boto3.client("lambda", config=config)
logs = boto3.client("logs", config=config)


def create():
    with open(os.environ["LAMBENT_TEST_PACKAGE"], "rb") as package:
        made = client.create_function(
            FunctionName=NAME,
            Runtime=os.environ["LAMBENT_TEST_RUNTIME"],
            Role="arn:aws:iam::000000000000:role/test",
            Handler="app.handler",
            Code={"ZipFile": package.read()},
        )
    assert made["Version"] == "$LATEST", made
    client.get_waiter("function_active_v2").wait(FunctionName=NAME, WaiterConfig={"Delay": 1})


def publish():
    assert client.publish_version(FunctionName=NAME)["Version"] == "1"
    alias = client.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    assert alias["AliasArn"].endswith(f":function:{NAME}:live"), alias
    said = client.add_permission(
        FunctionName=NAME,
        Qualifier="live",
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )
    assert json.loads(said["Statement"])["Sid"] == "bucket", said


def invoke():
    """Gives the request ids of the accepted events."""
    live = {"FunctionName": NAME, "Qualifier": "live", "Payload": b'{"n":1}'}
    said = client.invoke(LogType="Tail", **live)
    assert (said["StatusCode"], said["ExecutedVersion"]) == (200, "1"), said
    assert json.loads(said["Payload"].read())["event"] == {"n": 1}
    assert b"REPORT RequestId" in base64.b64decode(said["LogResult"]), said
    queued = client.invoke(InvocationType="Event", **live)
    assert queued["StatusCode"] == 202, queued
    assert client.invoke(InvocationType="DryRun", **live)["StatusCode"] == 204
    old = client.invoke_async(FunctionName=f"{NAME}:live", InvokeArgs=b'{"n":2}')
    assert old["Status"] == 202, old
    try:
        client.invoke(FunctionName="nobody")
        raise AssertionError("no error")
    except client.exceptions.ResourceNotFoundException:
        pass
    return [answer["ResponseMetadata"]["RequestId"] for answer in (queued, old)]


def call_url():
    everybody = {"FunctionName": NAME, "Principal": "*"}
    open_url = {"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    client.add_permission(**everybody, **open_url)
    by_url = {"StatementId": "by-url", "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
    client.add_permission(**everybody, **by_url)
    made = client.create_function_url_config(FunctionName=NAME, AuthType="NONE")
    # Its name need not be known to this machine's resolver: the server is where the endpoint is.
    server = http.client.HTTPConnection(urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc, timeout=60)
    server.request("GET", "/there", headers={"Host": urlsplit(made["FunctionUrl"]).netloc})
    answer = server.getresponse()
    body = answer.read()
    assert answer.status == 200 and json.loads(body)["event"]["rawPath"] == "/there", (answer.status, body)


def read_log(ids):
    group = {"logGroupName": f"/aws/lambda/{NAME}"}
    deadline = time.monotonic() + 30
    while True:
        pages = logs.get_paginator("filter_log_events").paginate(**group)
        text = "".join(event["message"] for page in pages for event in page["events"])
        if all(f"REPORT RequestId: {id}" in text for id in ids):
            break
        assert time.monotonic() < deadline, text
        time.sleep(0.2)
    assert "got {'n': 1}" in text and "got {'n': 2}" in text, text
    assert logs.describe_log_streams(**group)["logStreams"]


def delete():
    client.delete_function(FunctionName=NAME)
    try:
        client.get_function(FunctionName=NAME)
        raise AssertionError("still there")
    except client.exceptions.ResourceNotFoundException:
        pass


create()
publish()
accepted = invoke()
call_url()
read_log(accepted)
delete()
print(json.dumps(accepted))
