"""Events and responses: JSON as AWS's Python runtimes read and write it, without importing `json`.

AWS uses simplejson. What shows of it: Decimals are written as numbers, bytes as text, named tuples (anything with
`_asdict`) as objects, and NaN is allowed. From Python 3.12 on, text is written as it is, before that as ASCII escapes.

`json` costs about as much as starting the interpreter (it loads `re` and `enum`), while the C accelerator inside it needs
neither. Whatever the accelerator does not like is given to `json`, whose error is then the one reported.
"""

import sys

import _json

BLANK = " \t\n\r"
ASCII_ONLY = sys.version_info < (3, 12)
SCALARS = frozenset((str, int, float, bool, type(None)))


class _Decoding:
    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}.__getitem__
    memo = {}


try:
    _scan = _json.make_scanner(_Decoding)
except (AttributeError, TypeError):  # an interpreter that changed the accelerator
    _scan = None


def decode(body):
    """The event in `body` (bytes). Raises ValueError for what is not JSON."""
    if _scan is not None:
        try:
            text = str(body, "utf-8")
            value, end = _scan(text, len(text) - len(text.lstrip(BLANK)))
            if not text[end:].strip(BLANK):
                return value
        except (StopIteration, ValueError, SystemError):
            # SystemError: the accelerator wants to raise an exception of `json`'s, which is not loaded.
            pass
    import json

    return json.loads(body)


def encode(value, ascii_only=ASCII_ONLY, default=None):
    """The JSON of `value`. Raises TypeError or ValueError for what has none."""
    numbers = _RawNumbers()
    if _holds_records(value, set()):
        value = _without_records(value)
    text = _encode(value, ascii_only, default or numbers.default)
    return numbers.unquote(text)


def _encode(value, ascii_only, default):
    quote = _json.encode_basestring_ascii if ascii_only else _json.encode_basestring
    try:
        encoder = _json.make_encoder({}, default, quote, None, ": ", ", ", False, False, True)
    except TypeError:  # an interpreter that changed the accelerator
        import json

        return json.dumps(value, ensure_ascii=ascii_only, default=default)
    return "".join(encoder(value, 0))


class _RawNumbers:
    """Gets Decimals through an encoder that can only write text: marked by a random word, unquoted afterwards."""

    mark = None

    def default(self, value):
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(value, decimal.Decimal):
            if value.is_nan():
                return float("nan")
            if self.mark is None:
                import os

                self.mark = "lambent-decimal-" + os.urandom(16).hex() + ":"
            return self.mark + str(value)
        if isinstance(value, bytes):
            return value.decode("utf-8")
        if callable(getattr(value, "_asdict", None)):
            return value._asdict()
        raise TypeError("Object of type {} is not JSON serializable".format(type(value).__name__))

    def unquote(self, text):
        if self.mark is None:
            return text
        first, *rest = text.split('"' + self.mark)
        return first + "".join(piece.replace('"', "", 1) for piece in rest)


def _holds_records(value, seen):
    """Whether something that the accelerator would misread is inside: a named tuple, or a dict with bytes keys.

    Looks at the types of a container's members all at once, so that plain data costs next to nothing.
    """
    kind = type(value)
    if kind in SCALARS or id(value) in seen:
        return False
    if isinstance(value, dict):
        if bytes in set(map(type, value)):
            return True
        members = value.values()
    elif isinstance(value, (list, tuple)):
        if hasattr(value, "_asdict"):
            return True
        members = value
    else:
        return False
    if SCALARS.issuperset(map(type, members)):
        return False
    seen.add(id(value))
    return any(_holds_records(member, seen) for member in members)


def _without_records(value):
    if isinstance(value, dict):
        return {
            (key.decode("utf-8") if isinstance(key, bytes) else key): _without_records(member)
            for key, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        if callable(getattr(value, "_asdict", None)):
            return _without_records(value._asdict())
        return [_without_records(member) for member in value]
    return value
