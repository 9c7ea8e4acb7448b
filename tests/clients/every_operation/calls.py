"""Calls operations through boto3, checks each answer, and keeps the verdicts."""

import json

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shape_check import faults, in_body

# Statuses of operations that have several; those of the others stand in the model.
STATUSES = {"Invoke": {200, 202, 204}, "InvokeWithResponseStream": {200, 204}, "DeleteFunction": {200, 202, 204}}


class Calls:
    def __init__(self):
        config = Config(retries={"max_attempts": 0}, read_timeout=60)
        self.client = boto3.client("lambda", config=config)
        self.model = self.client.meta.service_model
        self.verdicts = {}
        self._found = []
        self.client.meta.events.register("after-call.lambda", self._check)

    def do(self, operation, **arguments):
        """One call that has to succeed, or to be refused as not implemented. What it answers, or nothing."""
        self._found = []
        try:
            answer = getattr(self.client, xform_name(operation))(**arguments)
        except ClientError as error:
            self._note(operation, refusal(operation, error))
            return {}
        except BotoCoreError as error:
            self._note(operation, f"FAILED: {error}")
            return {}
        self._note(operation, "; ".join(["FAILED: " + found for found in self._found]) or "works")
        return answer

    def expect(self, operation, what, true):
        """A wrong answer of the right shape is a failure too."""
        if not true and self.verdicts.get(operation) == "works":
            self.verdicts[operation] = f"FAILED: {what}"

    def _note(self, operation, verdict):
        # The first verdict that is not good stands.
        if self.verdicts.get(operation, "works") == "works":
            self.verdicts[operation] = verdict

    def _check(self, http_response, parsed, model, **_):
        if http_response.status_code >= 300:
            return
        statuses = STATUSES.get(model.name, {model.http.get("responseCode", 200)})
        if http_response.status_code not in statuses:
            self._found.append(f"status {http_response.status_code} instead of {statuses}")
        if model.has_streaming_output or model.has_event_stream_output:
            return
        body = http_response.content
        if model.output_shape is None or not in_body(model.output_shape):
            if body not in (b"", b"{}"):
                self._found.append(f"a body where the model has none: {body[:200]!r}")
        elif http_response.status_code != 204:
            self._found.extend(faults(model.output_shape, json.loads(body), model.name))


def refusal(operation, error):
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    message = error.response["Error"].get("Message", "")
    if code == "NotImplementedException" and status == 501 and operation in message:
        return "not yet"
    return f"FAILED: {status} {code}: {message}"
