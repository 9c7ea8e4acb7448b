"""The three ways in, each in all its types."""

import base64
import json


def run(calls, name):
    got = calls.do("Invoke", FunctionName=name, Qualifier="live", LogType="Tail", Payload=b'{"n":1}')
    if got:
        said = json.loads(got["Payload"].read())
        calls.expect("Invoke", said, said == {"event": {"n": 1}, "who": "me"})
        calls.expect("Invoke", "the version", got.get("ExecutedVersion") == "1")
        calls.expect("Invoke", "no log", b'platform.report' in base64.b64decode(got.get("LogResult", "")))
    for kind, status in (("Event", 202), ("DryRun", 204)):
        got = calls.do("Invoke", FunctionName=name, InvocationType=kind, Payload=b"{}")
        calls.expect("Invoke", f"{kind}: {got}", got.get("StatusCode") == status)
    got = calls.do("InvokeAsync", FunctionName=name, InvokeArgs=b"{}")
    calls.expect("InvokeAsync", got, got.get("Status") == 202)

    got = calls.do("InvokeWithResponseStream", FunctionName=name, Payload=b'{"n":2}')
    if got:
        events = list(got["EventStream"])
        chunks = b"".join(event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event)
        said = json.loads(chunks)
        calls.expect("InvokeWithResponseStream", said, said == {"event": {"n": 2}, "who": "me"})
        end = events[-1].get("InvokeComplete")
        calls.expect("InvokeWithResponseStream", f"the end {end}", end is not None and "ErrorCode" not in end)
