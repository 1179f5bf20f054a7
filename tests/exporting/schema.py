"""As much of JSON Schema (2020-12) as kb's own schemas use; other keywords are refused."""

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_SAYS_NOTHING = {"$schema", "$defs", "title", "description", "default"}
_KNOWN = {
    "$ref", "anyOf", "type", "enum", "const", "properties", "required", "items",
    "additionalProperties", "propertyNames",
}  # fmt: skip


def faults(data: Any, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    """Yield where `data` does not keep to `schema`, which is part of the document `whole`."""
    unknown = set(schema) - _SAYS_NOTHING - _KNOWN
    assert not unknown, f"the checker does not know {unknown}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from (f"{name}{fault}" for fault in faults(data, whole["$defs"][name], whole))
    if "anyOf" in schema:
        answers = [list(faults(data, one, whole)) for one in schema["anyOf"]]
        if all(answers):
            yield f": none of {len(answers)} choices; the nearest: {min(answers, key=len)[0]}"
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is(data, name) for name in names):
            yield f": {data!r} is no {names}"
            return
    if data not in schema.get("enum", [data]) or data != schema.get("const", data):
        yield f": {data!r} is not allowed"
    if isinstance(data, dict):
        yield from _faults_of_object(data, schema, whole)
    if isinstance(data, list) and "items" in schema:
        for place, item in enumerate(data):
            yield from (f"[{place}]{fault}" for fault in faults(item, schema["items"], whole))


def _faults_of_object(
    data: Mapping[str, Any], schema: Mapping[str, Any], whole: Mapping[str, Any]
) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f".{name} is missing" for name in schema.get("required", ()) if name not in data)
    others = schema.get("additionalProperties", {})
    for name, item in data.items():
        if name in properties:
            yield from (f".{name}{fault}" for fault in faults(item, properties[name], whole))
        elif others is False:
            yield f".{name} is not known"
        elif isinstance(others, dict):
            yield from (f".{name}{fault}" for fault in faults(item, others, whole))


def _is(data: Any, name: str) -> bool:
    number = name in {"integer", "number"}
    return isinstance(data, _TYPES[name]) and not (number and isinstance(data, bool))
