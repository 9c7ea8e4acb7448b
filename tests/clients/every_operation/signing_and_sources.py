"""What is kept as records: code signing configs and event source mappings."""

PROFILE = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/one/abcdefghij"
MISSING = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0"


def code_signing(calls, name):
    made = calls.do(
        "CreateCodeSigningConfig",
        Description="first",
        AllowedPublishers={"SigningProfileVersionArns": [PROFILE]},
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Warn"},
    )
    config = {"CodeSigningConfigArn": made.get("CodeSigningConfig", {}).get("CodeSigningConfigArn", MISSING)}
    changed = calls.do("UpdateCodeSigningConfig", Description="second", **config)
    description = changed.get("CodeSigningConfig", {}).get("Description")
    calls.expect("UpdateCodeSigningConfig", "the description", description == "second")
    calls.do("GetCodeSigningConfig", **config)
    calls.do("ListCodeSigningConfigs")
    calls.do("PutFunctionCodeSigningConfig", FunctionName=name, **config)
    got = calls.do("GetFunctionCodeSigningConfig", FunctionName=name)
    calls.expect("GetFunctionCodeSigningConfig", "its ARN", got.items() >= config.items())
    listed = calls.do("ListFunctionsByCodeSigningConfig", **config)
    calls.expect("ListFunctionsByCodeSigningConfig", "one function", len(listed.get("FunctionArns", [])) == 1)
    calls.do("DeleteFunctionCodeSigningConfig", FunctionName=name)
    calls.do("DeleteCodeSigningConfig", **config)


def event_sources(calls, name):
    queue = "arn:aws:sqs:us-east-1:000000000000:work"
    made = calls.do("CreateEventSourceMapping", EventSourceArn=queue, FunctionName=name, BatchSize=5)
    uuid = made.get("UUID", "00000000-0000-4000-8000-000000000000")
    calls.do("UpdateEventSourceMapping", UUID=uuid, BatchSize=6)
    got = calls.do("GetEventSourceMapping", UUID=uuid)
    # It never pretends to poll.
    state = (got.get("State"), got.get("BatchSize"))
    calls.expect("GetEventSourceMapping", state, state == ("Disabled", 6))
    listed = calls.do("ListEventSourceMappings", FunctionName=name)
    calls.expect("ListEventSourceMappings", "the mapping", len(listed.get("EventSourceMappings", [])) == 1)
    calls.do("DeleteEventSourceMapping", UUID=uuid)
