"""Functions, their code and configuration, their versions."""

import base64
import hashlib
import io
import sys
import zipfile

from botocore.exceptions import BotoCoreError, ClientError

ROLE = "arn:aws:iam::000000000000:role/test"
CODE = "import os\ndef handler(event, context):\n    return {'event': event, 'who': os.environ.get('WHO')}\n"


def package(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_file:
        zip_file.writestr("app.py", text)
    return out.getvalue()


def create(calls):
    """A function with every member that means something; gives its name."""
    name = "every-operation"
    made = calls.do(
        "CreateFunction",
        FunctionName=name,
        Runtime="python%d.%d" % sys.version_info[:2],
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": package(CODE)},
        Description="first",
        Timeout=10,
        MemorySize=256,
        Environment={"Variables": {"WHO": "me"}},
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"},
        TracingConfig={"Mode": "PassThrough"},
        Tags={"stage": "test"},
        Architectures=["x86_64"],
        EphemeralStorage={"Size": 512},
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"},
    )
    calls.expect("CreateFunction", "the version", made.get("Version") == "$LATEST")
    settled(calls, "function_active_v2", name)
    got = calls.do("GetFunction", FunctionName=name)
    calls.expect("GetFunction", "the tags", got.get("Tags") == {"stage": "test"})
    calls.expect("GetFunction", "no location of the code", got.get("Code", {}).get("Location"))
    listed = calls.do("ListFunctions", MaxItems=10)
    calls.expect("ListFunctions", "the function", [f["FunctionName"] for f in listed.get("Functions", [])] == [name])

    code = package(CODE + "\n")
    changed = calls.do("UpdateFunctionCode", FunctionName=name, ZipFile=code)
    digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
    calls.expect("UpdateFunctionCode", "the digest", changed.get("CodeSha256") == digest)
    settled(calls, "function_updated_v2", name)
    calls.do("UpdateFunctionConfiguration", FunctionName=name, Description="second", Timeout=20)
    settled(calls, "function_updated_v2", name)
    configuration = calls.do("GetFunctionConfiguration", FunctionName=name)
    calls.expect("GetFunctionConfiguration", "the description", configuration.get("Description") == "second")
    return name


def publish(calls, name):
    """Two versions; gives their numbers."""
    first = calls.do("PublishVersion", FunctionName=name, Description="one")
    settled(calls, "published_version_active", name, first.get("Version", "1"))
    calls.do("UpdateFunctionConfiguration", FunctionName=name, Description="third")
    settled(calls, "function_updated_v2", name)
    second = calls.do("PublishVersion", FunctionName=name)
    listed = calls.do("ListVersionsByFunction", FunctionName=name)
    versions = [version["Version"] for version in listed.get("Versions", [])]
    calls.expect("ListVersionsByFunction", versions, versions == ["$LATEST", "1", "2"])
    everything = calls.do("ListFunctions", FunctionVersion="ALL")
    calls.expect("ListFunctions", "all versions", len(everything.get("Functions", [])) == 3)
    return first.get("Version", "1"), second.get("Version", "2")


def delete(calls, name):
    # An alias keeps its version from being deleted.
    calls.do("DeleteAlias", FunctionName=name, Name="live")
    calls.do("DeleteFunction", FunctionName=name, Qualifier="1")
    calls.do("DeleteFunction", FunctionName=name)
    try:
        calls.client.get_function(FunctionName=name)
        calls.expect("DeleteFunction", "the function is still there", False)
    except calls.client.exceptions.ResourceNotFoundException:
        pass


def settled(calls, waiter, name, qualifier=None):
    """Waits as scripts do. That a waiter fails is a failure of what it asks."""
    more = {} if qualifier is None else {"Qualifier": qualifier}
    try:
        calls.client.get_waiter(waiter).wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}, **more)
    except (BotoCoreError, ClientError) as error:
        calls.expect("GetFunction", f"{waiter}: {error}", False)
