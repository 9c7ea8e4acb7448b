"""Durable executions."""

EXECUTION = (
    "arn:aws:lambda:us-east-1:000000000000:function:every-operation:1"
    "/durable-execution/one/0f3e1c36-3c5f-4a7e-9d0e-2f0b8f6b7c11"
)
CALLBACK = "Y2FsbGJhY2s="


def run(calls, name):
    execution = {"DurableExecutionArn": EXECUTION}
    calls.do("ListDurableExecutionsByFunction", FunctionName=name)
    calls.do("GetDurableExecution", **execution)
    calls.do("GetDurableExecutionHistory", **execution)
    calls.do("GetDurableExecutionState", CheckpointToken="dG9rZW4=", **execution)
    calls.do("CheckpointDurableExecution", CheckpointToken="dG9rZW4=", **execution)
    calls.do("PauseDurableExecution", **execution)
    calls.do("ResumeDurableExecution", **execution)
    calls.do("SendDurableExecutionCallbackHeartbeat", CallbackId=CALLBACK)
    calls.do("SendDurableExecutionCallbackSuccess", CallbackId=CALLBACK, Result=b"{}")
    calls.do("SendDurableExecutionCallbackFailure", CallbackId=CALLBACK, Error={"ErrorMessage": "no"})
    calls.do("StopDurableExecution", **execution)
    calls.do("DeleteDurableExecution", **execution)
