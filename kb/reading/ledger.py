"""`links.toml` to a `Ledger`: what asking the web has told of links, and what the writer adds."""

from typing import Any, get_type_hints

from kb.model.finding import Finding
from kb.model.ledger import Ledger, LinkEntry
from kb.model.note import Source
from kb.model.value import ValueFault, convert
from kb.reading.data import Data, not_toml, plain
from kb.reading.dates import iso_date
from kb.reading.decoding import decode
from kb.reading.toml import read_toml
from kb.reading.urls import is_complete

TABLE = "links"
DAYS = frozenset({"first_cited", "last_good", "last_asked"})
DAY_LISTS = frozenset({"failures", "gone"})
_ADDRESSES = frozenset({"url", "moved", "archive"})


def read_ledger(source: Source | None) -> Ledger:
    """Return all entries of the file that are right; findings tell of the others.

    `source` is None where there is no file.
    """
    if source is None:
        return Ledger()
    text, found = decode(source.data, source.path)
    data = read_toml(text, salvage=True)
    findings = [*found, *not_toml(data, source.path, "mend the line; it is left out")]
    written = data.values.get(TABLE, [])
    entries: dict[str, LinkEntry] = {}
    if not isinstance(written, list):
        findings.append(_wrong(source.path, data, TABLE, "`links` must be a list of tables"))
        written = []
    findings += (
        _wrong(source.path, data, name, f"`{name}` is not read here")
        for name in data.values
        if name != TABLE
    )
    for number, item in enumerate(written):
        name = f"{TABLE}.{number}"
        entry = _entry(item, data.place(name)[0])
        if isinstance(entry, str):
            findings.append(_wrong(source.path, data, name, entry))
        elif entry.url in entries:
            first = entries[entry.url].line
            said = f"“{entry.url}” is there twice, first in line {first}"
            findings.append(_wrong(source.path, data, name, said))
        else:
            entries[entry.url] = entry
    return Ledger(tuple(entries.values()), tuple(findings))


def _entry(item: Any, line: int) -> LinkEntry | str:
    """Return the entry, or what is wrong with it."""
    if not isinstance(item, dict):
        return "an entry must be a table: write its keys below [[links]]"
    hints = get_type_hints(LinkEntry)
    kept: dict[str, Any] = {"line": line}
    for key, value in item.items():
        if key == "line" or key not in hints:
            known = ", ".join(name for name in hints if name != "line")
            return f"`{key}` is no key of an entry here; known: {known}"
        taken: Any = plain(value)
        if key in DAYS:
            taken = _day(value)
        elif key in DAY_LISTS:
            taken = _days(value)
        if taken is None:
            return f"`{key}` must be {'a date' if key in DAYS else 'a list of dates'}: 2017-05-08"
        if key in _ADDRESSES and not (isinstance(taken, str) and is_complete(taken)):
            return f"`{key}` must be a web address in quotes"
        kept[key] = taken
    if "url" not in kept:
        return 'the entry has no url: give it url = "https://…"'
    try:
        return convert(kept, LinkEntry)
    except ValueFault as fault:
        return f"the entry cannot be used: {fault}"


def _day(value: Any) -> str | None:
    date = iso_date(value)
    return date[:10] if date is not None else None


def _days(value: Any) -> list[str] | None:
    """Return the dates that `value` holds; None where it holds something else."""
    dates = [_day(one) for one in value] if isinstance(value, list) else [None]
    known = [date for date in dates if date is not None]
    return known if len(known) == len(dates) else None


def _wrong(path: str, data: Data, name: str, message: str) -> Finding:
    line, column = data.place(name)
    return Finding("KB113", path, message, line, column, "mend the entry; it is left out")
