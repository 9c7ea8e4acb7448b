"""The root logger as AWS sets it up, made when the function first imports `logging`.

`logging` takes longer to load than everything else here together, and a function that does not use it should not
pay for it. So an import hook waits for it and sets the root handler up before the importer gets the module.
"""

import os
import sys
import time

from . import payload, records

# Attributes every record has; any other was given by the function through `extra`.
STANDARD = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created "
    "msecs relativeCreated thread threadName processName process taskName aws_request_id tenant_id".split()
)
TIMESTAMP = "%Y-%m-%dT%H:%M:%SZ"


def is_json():
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


class ConfigureOnImport:
    """A finder that lets `logging` load as ever and then sets it up. It serves once and takes itself away."""

    def __init__(self, sink, current):
        self._arguments = (sink, current)

    def install(self):
        if "logging" in sys.modules:
            configure(sys.modules["logging"], *self._arguments)
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        specs = (finder.find_spec(name, path, target) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next(filter(None, specs), None)
        if spec is not None:
            loader = spec.loader
            execute = loader.exec_module

            def exec_module(module):
                del loader.exec_module
                execute(module)
                configure(module, *self._arguments)

            loader.exec_module = exec_module
        return spec


def configure(logging, sink, current):
    """Give the root logger AWS's handler. `current` is the invocation that records are attributed to."""
    json_format = is_json()
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper().replace("TRACE", "DEBUG")

    class LambdaLoggerHandler(logging.Handler):
        log_sink = sink

        def emit(self, record):
            rounded = min(50, max(0, record.levelno)) // 10 * 10
            leveled = json_format or level
            kind = records.frame_type(rounded if leveled else 0, json_format)
            sink.write(self.format(record), kind)

    class LambdaLoggerFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = current.request_id or ""
            record.tenant_id = current.tenant_id
            return True

    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler()
    handler.setFormatter(_json_formatter(logging) if json_format else _text_formatter(logging))
    handler.addFilter(LambdaLoggerFilter())
    root = logging.getLogger()
    if isinstance(logging.getLevelName(level), int):
        root.setLevel(level)
    root.addHandler(handler)


def _text_formatter(logging):
    layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    return logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S")


def _json_formatter(logging):
    class JsonFormatter(logging.Formatter):
        def format(self, record):
            level = min(50, max(0, record.levelno)) // 10 * 10
            plain = isinstance(record.msg, dict) and not record.args
            members = {
                "timestamp": self.formatTime(record, TIMESTAMP),
                "level": logging.getLevelName(level),
                "message": record.msg if plain else record.getMessage(),
                "logger": record.name,
                **_exception_members(record),
                "requestId": record.aws_request_id,
                "location": _location(record),
                "tenantId": record.tenant_id,
            }
            for name, value in vars(record).items():
                if name not in STANDARD:
                    members.setdefault(name, value)
            present = {name: value for name, value in members.items() if value is not None}
            # Whatever has no JSON is logged as text: a log line must not fail the function.
            return payload.encode(present, ascii_only=False, default=str) + "\n"

    return JsonFormatter()


def _exception_members(record):
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    import traceback

    kind, error, trace = record.exc_info
    return {
        "stackTrace": traceback.format_tb(trace),
        "errorType": kind.__name__,
        "errorMessage": str(error),
    }


def _location(record):
    return "{}:{}:{}".format(record.pathname, record.funcName, record.lineno) if record.exc_info else None
