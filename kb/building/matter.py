"""Front matter in TOML (https://toml.io/en/v1.0.0), written."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from kb.model.pattern import Pattern
from kb.schedules.writing import quoted

_BARE = Pattern(r"[A-Za-z0-9_-]+")


def front_matter(values: Mapping[str, Any]) -> str:
    """Return `values` between `+++` lines, in their order; tables last, as TOML wants them."""
    return "+++\n" + "".join(f"{line}\n" for line in _lines(values)) + "+++\n"


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in values.items() if isinstance(value, Mapping) and value}
    for key, value in values.items():
        if key not in tables and value is not None:
            yield f"{_key(key)} = {toml_value(value)}"
    for key, table in tables.items():
        yield f"[{_key(key)}]"
        for name, value in table.items():
            if value is not None:
                yield f"{_key(name)} = {toml_value(value)}"


def toml_value(value: Any) -> str:
    """Return `value` as TOML in one line: text, numbers, moments, lists and tables of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float | date):
        return value.isoformat() if isinstance(value, date) else repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value if one is not None)}]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(k)} = {toml_value(v)}" for k, v in value.items() if v is not None)
        return "{" + ", ".join(pairs) + "}"
    return quoted(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)
