"""Gives back what it gets. Handler: `echo.handler`."""


def handler(event, context):
    return event
