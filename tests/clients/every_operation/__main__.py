"""Drives every operation of the pinned botocore's model of Lambda through boto3, and prints a line for each:

    Operation<tab>works | not yet | FAILED: why

The endpoint and the key come from the environment, as for any program that uses boto3."""

import durable
import functions
import invocations
import layers
import managed_capacity
import settings
import signing_and_sources
from calls import Calls


def main():
    calls = Calls()
    function = functions.create(calls)
    versions = functions.publish(calls, function)
    settings.of_alias(calls, function, versions)
    settings.of_function(calls, function)
    settings.policies(calls, function)
    settings.urls(calls, function)
    settings.provisioned(calls, function)
    layers.run(calls, function)
    invocations.run(calls, function)
    signing_and_sources.code_signing(calls, function)
    signing_and_sources.event_sources(calls, function)
    durable.run(calls, function)
    managed_capacity.run(calls, function)
    functions.delete(calls, function)
    for operation in calls.model.operation_names:
        print(operation, calls.verdicts.get(operation, "FAILED: was not called"), sep="\t")


main()
