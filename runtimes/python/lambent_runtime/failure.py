"""What went wrong, as the caller, the log and the tracing service get it."""

import os

CAUSE_BYTES_MAX = 64 * 1024
NO_BREAK_SPACE = "\u00a0"


class Fault(Exception):
    """A failure with an error type of AWS's: the function could not be loaded, called or understood."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


class Failure:
    """A failure ready to be reported."""

    def __init__(self, error_type, message, trace, frames=()):
        self.error_type = error_type
        self.message = message
        self.trace = trace
        self.frames = frames

    @classmethod
    def of(cls, error):
        if isinstance(error, Fault):
            return cls(error.error_type, str(error), error.trace)
        import traceback

        # The function's frames only, and as plain tuples: the markers of newer Pythons are not in AWS's traces.
        summary = traceback.extract_tb(_skip_own(error.__traceback__))
        frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in summary]
        return cls(type(error).__name__, str(error), traceback.format_list(frames), frames)

    def body(self, request_id):
        """The error object the caller gets."""
        return {
            "errorMessage": self.message,
            "errorType": self.error_type,
            "requestId": request_id or "",
            "stackTrace": self.trace,
        }

    def cause(self):
        """The cause in X-Ray's shape."""
        stack = [{"label": name, "path": path, "line": line} for path, line, name, _ in self.frames]
        return {
            "working_directory": os.getcwd(),
            "exceptions": [{"message": self.message, "type": self.error_type, "stack": stack}],
            "paths": sorted({frame[0] for frame in self.frames}),
        }

    def lines(self):
        """The log record in text: one record of many lines, whose leading blanks survive being shown as HTML."""
        first = "[ERROR] " + self.error_type
        if self.message:
            first += ": " + self.message
        lines = [first, "Traceback (most recent call last):"]
        for entry in self.trace:
            lines += [_indent(line) for line in entry.splitlines()]
        return lines


def _skip_own(trace):
    while trace is not None and trace.tb_frame.f_globals.get("__package__") == __package__:
        trace = trace.tb_next
    return trace


def _indent(line):
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text
