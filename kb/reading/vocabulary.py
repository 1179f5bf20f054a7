"""`people.toml`, `topics.toml` and `events.toml` to a `Vocabulary`: what the writer settled."""

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.value import ValueFault, convert
from kb.model.vocabulary import EventEntry, LinkRule, PersonEntry, TopicEntry, Vocabulary
from kb.reading.data import Data, not_toml, plain
from kb.reading.dates import iso_date
from kb.reading.decoding import decode
from kb.reading.toml import read_toml
from kb.reading.urls import is_unsafe

E = TypeVar("E", PersonEntry, TopicEntry, EventEntry)


def read_vocabulary(
    people: Source | None,
    topics: Source | None,
    events: Source | None,
    link_kinds: Mapping[str, str],
) -> Vocabulary:
    """Return all entries of the data files that are right; findings tell of the others.

    Args:
        people: The file of `[[people]]`, None where there is none.
        topics: The file of `[[topics]]`.
        events: The file of `[[events]]`.
        link_kinds: `[link_kinds]` of site.toml: what to match, and the kind it makes.
    """
    findings: list[Finding] = []
    return Vocabulary(
        people=_entries(people, "people", PersonEntry, findings),
        topics=_entries(topics, "topics", TopicEntry, findings),
        events=_entries(events, "events", EventEntry, findings),
        link_rules=tuple(LinkRule(match, kind) for match, kind in link_kinds.items()),
        findings=tuple(findings),
    )


def _entries(
    source: Source | None, table: str, kind: type[E], findings: list[Finding]
) -> tuple[E, ...]:
    if source is None:
        return ()
    text, found = decode(source.data, source.path)
    findings.extend(found)
    data = read_toml(text, salvage=True)
    reading = _Reading(data, source.path, findings)
    return reading.entries(table, kind)


class _Reading:
    """Checks one data file."""

    def __init__(self, data: Data, path: str, findings: list[Finding]) -> None:
        self._data = data
        self._path = path
        self._findings = findings
        findings.extend(not_toml(data, path, "mend the line; it is left out"))

    def entries(self, table: str, kind: type[E]) -> tuple[E, ...]:
        """Return the entries of `[[table]]`, each a `kind`."""
        for name in self._data.values:
            if name != table:
                self._say(name, f"`{name}` is not read here", f"entries begin with [[{table}]]")
        written = self._data.values.get(table, [])
        if not isinstance(written, list):
            self._say(table, f"`{table}` must be a list of tables", f"write [[{table}]]")
            return ()
        made = [self._entry(f"{table}.{n}", item, kind) for n, item in enumerate(written)]
        return self._without_doubles([entry for entry in made if entry is not None])

    def _entry(self, name: str, item: Any, kind: type[E]) -> E | None:
        if not isinstance(item, dict):
            self._say(name, f"`{name}` must be a table", "write its keys below [[…]]")
            return None
        hints = {key: hint for key, hint in get_type_hints(kind).items() if key != "line"}
        kept: dict[str, Any] = {"line": self._data.place(name)[0]}
        for key, value in item.items():
            dotted = f"{name}.{key}"
            if key not in hints:
                near = difflib.get_close_matches(key, list(hints), 1)
                hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(hints)
                self._say(dotted, f"`{key}` is no key of an entry here", hint)
                continue
            taken = self._value(dotted, key, value, hints[key])
            if taken is not None:
                kept[key] = taken
        if not str(kept.get("name", "")).strip():
            self._say(name, "the entry has no name", 'give it name = "…"')
            return None
        if kept.get("start", "") > kept.get("end", "9999"):
            self._say(f"{name}.end", "`end` is before `start`", "mend one of the two")
            del kept["end"]
        try:
            return convert(kept, kind)
        except ValueFault as fault:
            self._say(name, f"the entry cannot be used: {fault}", "")
            return None

    def _value(self, name: str, key: str, value: Any, kind: Any) -> Any:
        if key in {"start", "end"}:
            date = iso_date(value)
            if date is None:
                self._say(name, f"`{key}` is no date", "write it as 2017-05-08")
                return None
            return date[:10]
        if kind not in {str, bool, int} and isinstance(value, str):
            value = [value]
        try:
            taken = convert(plain(value), kind)
        except ValueFault:
            wanted = {str: "text in quotes", bool: "true or false", int: "a whole number"}
            self._say(name, f"`{key}` must be {wanted.get(kind, 'a list of texts in quotes')}", "")
            return None
        if key in {"url", "links"}:
            taken = self._without_unsafe(name, key, taken)
        if isinstance(taken, str):
            return " ".join(taken.split()) if key != "about" else taken.strip()
        if isinstance(taken, tuple):
            return tuple(dict.fromkeys(word.strip() for word in taken if word.strip()))
        return taken

    def _without_unsafe(self, name: str, key: str, taken: Any) -> Any:
        """Return a URL, or a list of them, without those that no page may link to."""
        urls = [taken] if isinstance(taken, str) else list(taken)
        kept = [url for url in urls if not is_unsafe(url)]
        for url in urls:
            if url not in kept:
                self._say(name, f"`{key}` must be a web address, and “{url}” is none", "")
        return "".join(kept) if isinstance(taken, str) else tuple(kept)

    def _without_doubles(self, entries: list[E]) -> tuple[E, ...]:
        """Return `entries`, of two with one name (of events: and place and year) the first."""
        first: dict[tuple[object, ...], E] = {}
        for entry in entries:
            key: tuple[object, ...] = (entry.name.casefold(),)
            if isinstance(entry, EventEntry):
                key = (*key, entry.place.casefold(), entry.year, entry.start[:4])
            if key in first:
                self._findings.append(
                    Finding(
                        "KB113",
                        self._path,
                        f"“{entry.name}” is there twice, first in line {first[key].line}",
                        entry.line,
                        hint="make one entry of the two",
                    )
                )
            first.setdefault(key, entry)
        return tuple(first.values())

    def _say(self, name: str, message: str, hint: str) -> None:
        line, column = self._data.place(name)
        self._findings.append(Finding("KB113", self._path, message, line, column, hint))
