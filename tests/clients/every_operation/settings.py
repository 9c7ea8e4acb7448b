"""What is set beside a function: aliases, concurrency, policies, tags, URLs."""

import json
import time

ACCOUNT = "000000000000"


def arn_of(name):
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"


def of_alias(calls, name, versions):
    first, second = versions
    calls.do("CreateAlias", FunctionName=name, Name="live", FunctionVersion=first, Description="what runs")
    calls.do("CreateAlias", FunctionName=name, Name="gone", FunctionVersion=first)
    changed = calls.do(
        "UpdateAlias",
        FunctionName=name,
        Name="live",
        FunctionVersion=first,
        RoutingConfig={"AdditionalVersionWeights": {second: 0.5}},
    )
    weights = {"AdditionalVersionWeights": {second: 0.5}}
    calls.expect("UpdateAlias", "the weights", changed.get("RoutingConfig") == weights)
    calls.do("UpdateAlias", FunctionName=name, Name="live", RoutingConfig={})
    got = calls.do("GetAlias", FunctionName=name, Name="live")
    calls.expect("GetAlias", "the version", got.get("FunctionVersion") == first)
    listed = calls.do("ListAliases", FunctionName=name)
    calls.expect("ListAliases", "both", len(listed.get("Aliases", [])) == 2)
    calls.do("DeleteAlias", FunctionName=name, Name="gone")


def of_function(calls, name):
    calls.do("PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=1)
    got = calls.do("GetFunctionConcurrency", FunctionName=name)
    calls.expect("GetFunctionConcurrency", "the number", got.get("ReservedConcurrentExecutions") == 1)
    calls.do("GetAccountSettings")
    calls.do("DeleteFunctionConcurrency", FunctionName=name)

    calls.do("PutFunctionEventInvokeConfig", FunctionName=name, Qualifier="live", MaximumRetryAttempts=1)
    calls.do("UpdateFunctionEventInvokeConfig", FunctionName=name, Qualifier="live", MaximumEventAgeInSeconds=90)
    got = calls.do("GetFunctionEventInvokeConfig", FunctionName=name, Qualifier="live")
    merged = (got.get("MaximumRetryAttempts"), got.get("MaximumEventAgeInSeconds"), got.get("DestinationConfig"))
    calls.expect("GetFunctionEventInvokeConfig", merged, merged == (1, 90, {"OnSuccess": {}, "OnFailure": {}}))
    calls.do("ListFunctionEventInvokeConfigs", FunctionName=name)
    calls.do("DeleteFunctionEventInvokeConfig", FunctionName=name, Qualifier="live")

    calls.do("PutFunctionRecursionConfig", FunctionName=name, RecursiveLoop="Allow")
    got = calls.do("GetFunctionRecursionConfig", FunctionName=name)
    calls.expect("GetFunctionRecursionConfig", "the mode", got.get("RecursiveLoop") == "Allow")
    calls.do("PutRuntimeManagementConfig", FunctionName=name, UpdateRuntimeOn="FunctionUpdate")
    got = calls.do("GetRuntimeManagementConfig", FunctionName=name)
    calls.expect("GetRuntimeManagementConfig", "the mode", got.get("UpdateRuntimeOn") == "FunctionUpdate")

    calls.do("TagResource", Resource=arn_of(name), Tags={"team": "a b"})
    calls.do("UntagResource", Resource=arn_of(name), TagKeys=["stage"])
    got = calls.do("ListTags", Resource=arn_of(name))
    calls.expect("ListTags", got, got.get("Tags") == {"team": "a b"})


def policies(calls, name):
    allowed = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    said = calls.do(
        "AddPermission",
        FunctionName=name,
        StatementId="bucket",
        SourceArn="arn:aws:s3:::bucket",
        SourceAccount=ACCOUNT,
        **allowed,
    )
    calls.expect("AddPermission", "the statement", json.loads(said.get("Statement", "{}")).get("Sid") == "bucket")
    got = calls.do("GetPolicy", FunctionName=name)
    calls.do("RemovePermission", FunctionName=name, StatementId="bucket", RevisionId=got.get("RevisionId", "none"))

    statement = {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "lambda:InvokeFunction"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn_of(name)}]})
    calls.do("PutResourcePolicy", ResourceArn=arn_of(name), Policy=policy)
    got = calls.do("GetResourcePolicy", ResourceArn=arn_of(name))
    calls.do("DeleteResourcePolicy", ResourceArn=arn_of(name), RevisionId=got.get("RevisionId", "none"))


def urls(calls, name):
    cors = {"AllowOrigins": ["https://example.com"], "AllowMethods": ["GET"], "MaxAge": 60}
    calls.do("CreateFunctionUrlConfig", FunctionName=name, AuthType="AWS_IAM", Cors=cors)
    calls.do("UpdateFunctionUrlConfig", FunctionName=name, AuthType="NONE", InvokeMode="RESPONSE_STREAM")
    got = calls.do("GetFunctionUrlConfig", FunctionName=name)
    calls.expect("GetFunctionUrlConfig", "CORS", got.get("Cors") == cors)
    calls.do("ListFunctionUrlConfigs", FunctionName=name)
    calls.do("DeleteFunctionUrlConfig", FunctionName=name)


def provisioned(calls, name):
    live = {"FunctionName": name, "Qualifier": "live"}
    calls.do("PutProvisionedConcurrencyConfig", ProvisionedConcurrentExecutions=1, **live)
    deadline = time.monotonic() + 30
    got = {}
    while calls.verdicts.get("GetProvisionedConcurrencyConfig", "works") == "works":
        got = calls.do("GetProvisionedConcurrencyConfig", **live)
        if got.get("Status") != "IN_PROGRESS" or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    calls.expect("GetProvisionedConcurrencyConfig", got, got.get("Status") == "READY")
    calls.do("ListProvisionedConcurrencyConfigs", FunctionName=name)
    calls.do("DeleteProvisionedConcurrencyConfig", **live)
