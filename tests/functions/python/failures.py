"""A function that fails in every way there is, as the event asks."""

import os
import signal
import sys
import time

runs = 0


def handler(event, context):
    global runs
    runs += 1
    what = event.get("do")
    if what == "mark":
        open("/tmp/mark", "w").close()
    elif what == "raise":
        raise ValueError("as asked")
    elif what == "exit":
        sys.exit(event["code"])
    elif what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "allocate":
        held = []
        while True:
            # Filled with ones, because pages of zeroes are not there until they are written.
            held.append(b"\1" * (16 << 20))
    elif what == "sleep":
        time.sleep(60)
    elif what == "answer":
        return "a" * (event["bytes"] - 2)
    elif what == "log":
        for line in range(event["lines"]):
            print("line", line)
    elif what == "rubbish":
        os.write(1, bytes(range(256)) + bytes(reversed(range(256))) + b"\nafter the rubbish\n")
    return {"runs": runs, "marked": os.path.exists("/tmp/mark")}
