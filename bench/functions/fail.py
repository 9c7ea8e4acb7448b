def handler(event, context):
    raise ValueError("as it always does")
