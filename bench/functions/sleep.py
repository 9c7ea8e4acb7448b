"""Holds its environment, so that a queue fills and nothing empties it. Handler: `sleep.handler`."""

import time


def handler(event, context):
    time.sleep(850)
