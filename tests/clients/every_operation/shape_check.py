"""Holds an answer's JSON against the shape that botocore's model gives it.

botocore reads answers leniently: it drops members it does not know and takes a number for a text. A typed SDK does not, so
what it would stumble over is looked for here in the body as it came."""

import base64
import binascii

# Values that AWS was recorded to give although its model does not have them: of an update it says that it creates.
RECORDED = {"Creating"}

PRIMITIVES = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": (int, float),
    "double": (int, float),
}


def in_body(shape):
    """The members of a structure that stand in the body, by their names there."""
    return {
        member.serialization.get("name", name): member
        for name, member in shape.members.items()
        if member.serialization.get("location") not in ("header", "headers", "statusCode", "uri", "querystring")
    }


def faults(shape, value, path):
    """What is wrong with a value that should be of this shape, as texts."""
    kind = shape.type_name
    if kind == "structure":
        yield from structure(shape, value, path)
    elif kind == "list":
        yield from of_type(list, value, path)
        for index, entry in enumerate(value if isinstance(value, list) else []):
            yield from faults(shape.member, entry, f"{path}[{index}]")
    elif kind == "map":
        yield from of_type(dict, value, path)
        for key, entry in (value.items() if isinstance(value, dict) else []):
            yield from faults(shape.value, entry, f"{path}.{key}")
    elif kind == "timestamp":
        iso = shape.serialization.get("timestampFormat") == "iso8601"
        yield from of_type(str if iso else (int, float), value, path)
    elif kind == "blob":
        try:
            base64.b64decode(value, validate=True)
        except (TypeError, binascii.Error):
            yield f"{path} is no base64"
    else:
        yield from of_type(PRIMITIVES[kind], value, path)
        values = getattr(shape, "enum", None)
        if values and isinstance(value, str) and value not in RECORDED.union(values):
            yield f"{path} is {value!r}, which is none of its values"


def structure(shape, value, path):
    yield from of_type(dict, value, path)
    if not isinstance(value, dict):
        return
    known = in_body(shape)
    for name, entry in value.items():
        if name not in known:
            yield f"{path}.{name} is not in the model"
        else:
            yield from faults(known[name], entry, f"{path}.{name}")
    for name in shape.required_members:
        wire = shape.members[name].serialization.get("name", name)
        if wire in known and wire not in value:
            yield f"{path}.{name} is required and missing"


def of_type(kind, value, path):
    # Python takes a boolean for a number.
    if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
        yield f"{path} is {value!r}"
