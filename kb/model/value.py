"""The base of every value, its way to bytes and back, and its digest.

The only file that imports msgspec. Values are encoded as MessagePack (https://msgpack.org),
which no decoder can be made to run code with: a cache may come from anywhere.
"""

import hashlib
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A frozen value. Equal fields mean an equal value; nothing else is remembered.

    None holds itself, however deep: so Python need not keep account of them to find circles, which
    would take 16 bytes of each.
    """


V = TypeVar("V", bound=Value)


class ValueFault(ValueError):
    """Bytes or data that do not have the shape of the wanted type; `str()` says where."""


def encode(value: object) -> bytes:
    """Return `value` (a `Value`, or containers of them) as MessagePack bytes."""
    return msgspec.msgpack.encode(value, order="deterministic")


def decode(data: bytes | memoryview, kind: type[T]) -> T:
    """Return the `kind` that `data` holds.

    Raises:
        ValueFault: `data` is damaged or was written from another type.
    """
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise ValueFault(str(fault)) from fault


def interned(value: T, known: dict[str | float, Any]) -> T:
    """Return `value`, with one copy of equal texts and fractions, that which is `known` if any is.

    What is decoded holds a copy of its own of each. It is the same value afterwards, in place;
    only fields are looked at: what mappings and lists hold is left as it is, and texts in tuples.
    """
    waiting: list[Any] = [value]
    one_of = known.setdefault
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting += part
            continue
        kind: object = type(part)
        for name in _may_have_copies(kind):
            own = getattr(part, name)
            # Zero is one of two numbers that are equal.
            if type(own) is str or (type(own) is float and own):
                if (shared := one_of(own, own)) is not own:
                    msgspec.structs.force_setattr(part, name, shared)
            elif own:
                waiting.append(own)
    return value


@cache
def _may_have_copies(kind: object) -> tuple[str, ...]:
    """Return the fields of values of a type that may be texts or fractions, or hold some."""
    if not isinstance(kind, type) or not issubclass(kind, Value):
        return ()
    fields = msgspec.structs.fields(kind)
    return tuple(field.name for field in fields if field.type not in {bool, int, bytes})


def as_kind(value: Value, kind: type[V]) -> V:
    """Return the `kind` with the fields of `value`, which must be the same in the same order."""
    return kind(*msgspec.structs.astuple(value))


def to_json(value: object) -> bytes:
    """Return `value` as compact JSON bytes with sorted keys, the same on every run."""
    return msgspec.json.encode(value, order="sorted")


def from_json(data: bytes, kind: type[T]) -> T:
    """Return the `kind` that the JSON `data` holds.

    Raises:
        ValueFault: `data` is no JSON, or JSON of another shape.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise ValueFault(str(fault)) from fault


def convert(data: Any, kind: type[T]) -> T:
    """Return plain data (dicts, lists, scalars) as a `kind`, checked strictly.

    Raises:
        ValueFault: with msgspec's own words, ending in the path of what is wrong (`$.site.title`).
    """
    try:
        return msgspec.convert(data, type=kind, strict=True)
    except msgspec.ValidationError as fault:
        raise ValueFault(str(fault)) from fault


def to_plain(value: object) -> Any:
    """Return `value` as dicts, lists and scalars, ready for a JSON or TOML writer."""
    return msgspec.to_builtins(value, order="sorted")


def replace(value: V, **changes: Any) -> V:
    """Return a copy of `value` with other values for some of its fields."""
    return msgspec.structs.replace(value, **changes)


def json_schema(*kinds: type) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `kinds` as one document with `$defs`."""
    schemas, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": list(schemas),
        "$defs": definitions,
    }


def digest(*values: object) -> str:
    """Return the SHA-256 of `values` (encoded), as 64 hexadecimal digits."""
    state = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else encode(value)
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()
