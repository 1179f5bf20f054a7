"""`links.toml` written anew around what its writer put there: comments, order and keys stay.

The only file that imports tomlkit for the ledger; no build loads it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from kb.model.ledger import LinkEntry
from kb.reading.ledger import DAY_LISTS, DAYS, TABLE

_ABOUT = """\
# What `kb check --links` has learned of the links in the notes. Your own word goes over it:
# dead = true or false, skip = true (never ask), archive = "where a copy is". Comments stay.
"""
KEYS = ("first_cited", "last_good", "last_asked", "answer", "failures", "gone", "moved", "archive")
"""What kb writes, in this order; the other keys are the writer's."""


class NotWritable(Exception):
    """The text is no TOML, or has entries of another shape; `str()` says where."""


def revised(text: str, entries: Iterable[LinkEntry]) -> str:
    """Return `text` (of `links.toml`; `""` for a new one) with `entries` in it.

    An entry that is there keeps its place, its comments and the writer's keys; a new one comes
    last. Entries that are not named stay as they are.

    Raises:
        NotWritable: `text` cannot be kept as it is.
    """
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n") or _ABOUT)
    except (TOMLKitError, RecursionError) as fault:
        raise NotWritable(str(fault)) from fault
    there = document.get(TABLE)
    tables = tomlkit.aot() if there is None else there
    if not isinstance(tables, AoT):
        raise NotWritable("`links` is no list of tables")
    known = {str(table.get("url", "")): table for table in reversed(list(tables))}
    for entry in entries:
        table = known.get(entry.url)
        if table is None:
            tables.append(_table(entry))
        else:
            _update(table, _written(entry))
    if there is None and len(tables):
        document.append(TABLE, tables)
    shown = tomlkit.dumps(document)
    return shown.replace("\n", "\r\n") if "\r\n" in text else shown


def _written(entry: LinkEntry) -> Mapping[str, Any]:
    """Return what kb writes of an entry, as TOML has it; None for a key that it has not."""
    found: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(entry, key)
        if key in DAYS:
            found[key] = _date(value) if value else None
        elif key in DAY_LISTS:
            found[key] = [_date(day) for day in value] or None
        else:
            found[key] = value or None
    return found


def _date(text: str) -> dt.date | str:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def _table(entry: LinkEntry) -> Table:
    table = tomlkit.table()
    table.append("url", entry.url)
    for key, value in _written(entry).items():
        if value is not None:
            table.append(key, value)
    return table


def _update(table: Table, written: Mapping[str, Any]) -> None:
    for key, value in written.items():
        known = table.get(key)
        if value is None:
            if known is not None:
                table.remove(key)
        elif known != value:
            table[key] = value
