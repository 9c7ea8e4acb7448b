"""The `helloworld` that `lambent demo` deploys. Handler: `lambda_function.lambda_handler`."""


def lambda_handler(event, context):
    name = event.get("name", "world") if isinstance(event, dict) else "world"
    print("Hello, {}! I am {}.".format(name, context.function_name))
    print("There are {} ms left for this event.".format(context.get_remaining_time_in_millis()))
    return {"greeting": "Hello, {}!".format(name), "event": event, "requestId": context.aws_request_id}
