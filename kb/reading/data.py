"""What the readers of TOML and YAML hand back: plain data, and where each key stands."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from kb.model.finding import Finding
from kb.model.pattern import Pattern
from kb.model.value import Value

CONTROL = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no text may hold."""
LANGUAGE = Pattern(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
"""A tag of BCP 47, as far as its shape goes."""
LARGEST = 2**63 - 1
"""The largest number that every reader of JSON and MessagePack takes."""


class Fault(Value, frozen=True):
    """Something wrong with a piece of TOML or YAML."""

    line: int
    """1-based, counted from the start of the text that was read."""
    column: int
    """1-based, in characters; 0 where only the line is known."""
    message: str
    is_date: bool = False
    """Whether what is wrong is a date or a time that the calendar or the clock does not have."""


class Data(Value, frozen=True):
    """A document, as far as it could be read."""

    values: Mapping[str, Any] = {}
    """Dicts, lists, str, int, float, bool, None, and datetime's date, datetime and time."""
    places: Mapping[str, tuple[int, int]] = {}
    """1-based line and column of each key, dotted: `title`, `event.name`, `talks.0.title`."""
    raw: Mapping[str, str] = {}
    """Scalars that were written without quotes (YAML), as written, by the same dotted keys."""
    faults: tuple[Fault, ...] = ()

    def place(self, key: str) -> tuple[int, int]:
        """Return the place of `key`, or of the nearest key that holds it; (0, 0) for none."""
        while key:
            for name in (key, f"{key}.0"):
                if name in self.places:
                    return self.places[name]
            key = key.rpartition(".")[0]
        return (0, 0)


def not_toml(data: Data, path: str, hint: str) -> list[Finding]:
    """Return a finding for each place where the file at `path`, read as `data`, is not TOML."""
    return [
        Finding("KB118", path, f"this is not TOML: {fault.message}", fault.line, fault.column, hint)
        for fault in data.faults
    ]


def plain(value: Any) -> Any:
    """Return front matter data as JSON has it: dates as ISO 8601, no NaN, no huge numbers."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > LARGEST:
        return str(value) if abs(value) < 10**1000 else ""
    return value
