"""Layers and who may use them."""

import functions


def run(calls, name):
    layer = "every-operation-layer"
    made = calls.do(
        "PublishLayerVersion",
        LayerName=layer,
        Description="a module",
        Content={"ZipFile": functions.package("VALUE = 1\n")},
        CompatibleRuntimes=["python3.12"],
        CompatibleArchitectures=["x86_64"],
        LicenseInfo="Apache-2.0",
    )
    version = {"LayerName": layer, "VersionNumber": made.get("Version", 1)}
    arn = made.get("LayerVersionArn", f"arn:aws:lambda:us-east-1:000000000000:layer:{layer}:1")
    calls.do("GetLayerVersion", **version)
    got = calls.do("GetLayerVersionByArn", Arn=arn)
    calls.expect("GetLayerVersionByArn", "the version", got.get("LayerVersionArn") == arn)
    calls.do("ListLayers", CompatibleRuntime="python3.12")
    calls.do("ListLayerVersions", LayerName=layer)
    changed = calls.do("UpdateFunctionConfiguration", FunctionName=name, Layers=[arn])
    used = [layer["Arn"] for layer in changed.get("Layers", [])]
    calls.expect("UpdateFunctionConfiguration", "the layer", used == [arn])
    functions.settled(calls, "function_updated_v2", name)
    everybody = {"StatementId": "all", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    calls.do("AddLayerVersionPermission", **version, **everybody)
    calls.do("GetLayerVersionPolicy", **version)
    calls.do("RemoveLayerVersionPermission", StatementId="all", **version)
    calls.do("DeleteLayerVersion", **version)
