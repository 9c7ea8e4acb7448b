"""Says what this Python is, for the server to decide whether to run functions with it, and compiles the runtime.

Standard input: JSON, a list of [name, source]. Standard output: JSON.
"""

import json
import marshal
import os
import sys
import sysconfig
from importlib.util import MAGIC_NUMBER

# The extensions that bring shared libraries of other projects along.
for name in ("bz2", "ctypes", "curses", "dbm", "hashlib", "lzma", "readline", "sqlite3", "ssl", "zlib"):
    try:
        __import__(name)
    except ImportError:
        pass


def compiled(name, source):
    """A .pyc that is taken as it is (hash-based, unchecked): there is no source beside it."""
    code = compile(source, "/var/runtime/" + name, "exec", dont_inherit=True)
    head = MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    return [name, (head + marshal.dumps(code)).hex()]


def mapped_libraries():
    with open("/proc/self/maps") as maps:
        paths = {line.split(None, 5)[5].strip() for line in maps if line.count("/")}
    return sorted(path for path in paths if ".so" in os.path.basename(path))


if sys.implementation.name != "cpython":
    sys.exit("not CPython")
json.dump(
    {
        "version": list(sys.version_info[:3]),
        "program": os.path.realpath(sys.executable),
        "directories": sorted({os.path.realpath(path) for path in sys.path if os.path.isdir(path)}),
        "libraries": [os.path.realpath(path) for path in mapped_libraries()],
        "compiled": [compiled(*file) for file in json.load(sys.stdin)] if sys.version_info >= (3, 8) else [],
    },
    sys.stdout,
)
