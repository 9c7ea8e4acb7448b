"""The life of a runtime: load the function once, then one invocation after the other until the process is ended."""

import os
import sys
import time

from . import context, handler, log_format, payload, records, runtime_api
from .failure import CAUSE_BYTES_MAX, Failure, Fault

TRACE = "_X_AMZN_TRACE_ID"


class Invocation:
    """The headers of the invocation being run. One object for the whole life: log records look at it."""

    request_id = None
    tenant_id = None
    function_arn = None
    deadline_ms = 0

    def begin(self, headers):
        self.request_id = headers["lambda-runtime-aws-request-id"]
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.deadline_ms = int(headers.get("lambda-runtime-deadline-ms", "0"))
        trace = headers.get("lambda-runtime-trace-id")
        if trace is not None:
            os.environ[TRACE] = trace
        elif TRACE in os.environ:
            del os.environ[TRACE]


def run(address, handler_name):
    api = runtime_api.RuntimeApi(address)
    sink = records.open_sink()
    current = Invocation()
    log_format.ConfigureOnImport(sink, current).install()
    try:
        function = handler.resolve(handler_name)
    except Exception as error:
        failure = Failure.of(error)
        body = failure.body(None)
        _log(sink, failure, body)
        api.fail_init(payload.encode(body).encode("utf-8", "backslashreplace"), failure.error_type)
        sys.exit(1)
    while True:
        try:
            headers, event = api.next()
        except (OSError, runtime_api.RuntimeApiError) as error:
            # The environment is being taken down, or is broken. A traceback of ours in the log would help nobody.
            print("the Runtime API is gone: {}".format(error), file=sys.stderr)
            sys.exit(1)
        current.begin(headers)
        _serve(api, sink, function, current, headers, event)


def _serve(api, sink, function, current, headers, event):
    # SystemExit and its like are not caught: they end the process, and the platform reports the exit status.
    try:
        arguments = _arguments(current, headers, event, sink)
        body, content_type = _marshal(function(*arguments))
    except Exception as error:
        _report(api, sink, current.request_id, Failure.of(error))
    else:
        api.respond(current.request_id, body, content_type)


def _arguments(current, headers, event, sink):
    client = _parse_header(headers.get("lambda-runtime-client-context"), "Client Context")
    identity = _parse_header(headers.get("lambda-runtime-cognito-identity"), "Cognito Identity")
    if headers.get("content-type", "application/json") == "application/json":
        try:
            event = payload.decode(event)
        except Exception as error:
            raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: {}".format(error))
    return event, context.LambdaContext(current, client, identity, sink)


def _parse_header(value, name):
    if not value:
        return None
    try:
        return payload.decode(value.encode("utf-8", "surrogateescape"))
    except Exception as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", "Unable to parse {} JSON: {}".format(name, error))


def _marshal(response):
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        return payload.encode(response).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: {}".format(error))


def _report(api, sink, request_id, failure):
    body = failure.body(request_id)
    _log(sink, failure, body)
    cause = payload.encode(failure.cause(), ascii_only=True)
    text = payload.encode(body).encode("utf-8", "backslashreplace")
    api.fail(request_id, text, failure.error_type, cause if len(cause) <= CAUSE_BYTES_MAX else None)


def _log(sink, failure, body):
    json_format = log_format.is_json()
    lines = failure.lines()
    if json_format:
        timestamp = time.strftime(log_format.TIMESTAMP, time.gmtime())
        lines = [payload.encode({"timestamp": timestamp, "level": "ERROR", **body})]
    sink.write_lines(lines, records.frame_type(40, json_format))
