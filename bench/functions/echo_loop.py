"""The least a Python program can do with a Runtime API: take, decode, encode, answer, on one connection."""

import http.client
import json
import os

INVOCATION = "/2018-06-01/runtime/invocation/"

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", INVOCATION + "next")
    answer = connection.getresponse()
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(answer.read())
    body = json.dumps(event).encode()
    connection.request("POST", INVOCATION + request_id + "/response", body)
    connection.getresponse().read()
