"""Where log records go: framed to the platform's descriptor, so that a record keeps its lines, or else to stdout."""

import os
import sys
import time

import _thread

# Frame types by level (Python's, in tens): the low byte holds level and format. JSON is one less than text.
TEXT_FRAME = 0xA55A0003
LEVEL_BITS = {0: 0x00, 10: 0x08, 20: 0x0C, 30: 0x10, 40: 0x14, 50: 0x18}


def frame_type(level, json_format):
    return (TEXT_FRAME - 1 if json_format else TEXT_FRAME) | LEVEL_BITS.get(level, 0)


def open_sink():
    """The sink the environment asks for. The variable is taken away: only this process may write frames."""
    descriptor = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    return StandardSink() if descriptor is None else FrameSink(int(descriptor))


class StandardSink:
    """Without frames every line is a record, so the lines of one record are parted by carriage returns."""

    def write(self, text, kind=None):
        sys.stdout.write(text)

    def write_lines(self, lines, kind):
        sys.stdout.write("\r".join(lines) + "\n")


class FrameSink:
    def __init__(self, descriptor):
        self._descriptor = descriptor
        # A child the function starts must not keep the log open after the function has ended.
        os.set_inheritable(descriptor, False)
        self._unlock()
        os.register_at_fork(after_in_child=self._unlock)

    def _unlock(self):
        # Reentrant, since a signal handler may log while its thread is writing.
        self._lock = _thread.RLock()

    def write(self, text, kind=TEXT_FRAME):
        message = text.encode("utf-8", "backslashreplace")
        head = kind.to_bytes(4, "big") + len(message).to_bytes(4, "big")
        frame = head + (time.time_ns() // 1000).to_bytes(8, "big") + message
        with self._lock:
            written = os.write(self._descriptor, frame)
            while written < len(frame):
                frame = frame[written:]
                written = os.write(self._descriptor, frame)

    def write_lines(self, lines, kind):
        self.write("\n".join(lines), kind)
