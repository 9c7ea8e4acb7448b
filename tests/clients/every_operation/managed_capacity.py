"""Capacity providers, and how functions on them scale."""


def run(calls, name):
    provider = {"CapacityProviderName": "machines"}
    calls.do(
        "CreateCapacityProvider",
        VpcConfig={"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": "arn:aws:iam::000000000000:role/operator"},
        **provider,
    )
    calls.do("GetCapacityProvider", **provider)
    calls.do("UpdateCapacityProvider", CapacityProviderScalingConfig={"ScalingMode": "Auto"}, **provider)
    calls.do("ListCapacityProviders")
    calls.do("ListFunctionVersionsByCapacityProvider", **provider)
    scaling = {"FunctionName": name, "Qualifier": "$LATEST.PUBLISHED"}
    calls.do("PutFunctionScalingConfig", FunctionScalingConfig={"MinExecutionEnvironments": 1}, **scaling)
    calls.do("GetFunctionScalingConfig", **scaling)
    calls.do("DeleteCapacityProvider", **provider)
