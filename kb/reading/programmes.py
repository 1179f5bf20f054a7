"""`content/schedules/EVENT.toml` to a `Programme`: a published schedule beside the notes."""

import difflib
from collections.abc import Mapping
from typing import Any

from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.schedule import Entry, Place, Programme, ScheduleSession, State
from kb.model.value import ValueFault, convert
from kb.reading.data import Data, not_toml, plain
from kb.reading.dates import iso_date
from kb.reading.decoding import decode
from kb.reading.toml import read_toml
from kb.reading.urls import is_complete

_HEAD = ("event", "source", "title", "version", "url", "timezone", "start", "end", "sessions")
_SESSION = frozenset(ScheduleSession.__struct_fields__)
_ENTRY = (*ScheduleSession.__struct_fields__, "told", "rejected", "score", "state")
_STATES: tuple[State, ...] = ("matched", "doubtful", "accepted")
_DATES = frozenset({"date", "start", "end"})
_URLS = frozenset({"url", "recording"})


def read_programme(source: Source) -> tuple[Programme, tuple[Finding, ...]]:
    """Return what the file says, as far as it is right; findings tell of the rest."""
    text, found = decode(source.data, source.path)
    reading = _Reading(read_toml(text, salvage=True), source.path, list(found))
    return reading.programme(), tuple(reading.findings)


class _Reading:
    """Checks one file."""

    def __init__(self, data: Data, path: str, findings: list[Finding]) -> None:
        self._data = data
        self._path = path
        self.findings = [*findings, *not_toml(data, path, "mend the line; it is left out")]

    def programme(self) -> Programme:
        """Return the whole file."""
        values = self._data.values
        for key in values:
            if key not in _HEAD:
                self._unknown(key, key, _HEAD)
        if not self._text(values, "event", ""):
            self._say("event", "the event that this is the programme of is missing", 'event = "…"')
        sessions = values.get("sessions", [])
        if not isinstance(sessions, list):
            self._say("sessions", "`sessions` must be a list of tables", "write [[sessions]]")
            sessions = []
        made = [self._entry(f"sessions.{number}", one) for number, one in enumerate(sessions)]
        entries: dict[str, Entry] = {}
        for entry in made:
            if entry is None:
                continue
            if entry.session.id in entries:
                first = entries[entry.session.id].line
                message = f"the id {entry.session.id!r} is there twice, first in line {first}"
                self.findings.append(
                    Finding("KB113", self._path, message, entry.line, hint="take one of them out")
                )
            entries.setdefault(entry.session.id, entry)
        return Programme(
            path=self._path,
            event=self._text(values, "event", ""),
            source=self._text(values, "source", ""),
            title=self._text(values, "title", ""),
            version=self._text(values, "version", ""),
            url=self._text(values, "url", ""),
            timezone=self._text(values, "timezone", ""),
            start=self._text(values, "start", ""),
            end=self._text(values, "end", ""),
            entries=tuple(entries.values()),
            lines=tuple(self._line(key) for key in ("event", "start", "end")),
        )

    def _entry(self, name: str, item: Any) -> Entry | None:
        if not isinstance(item, dict):
            self._say(name, f"`{name}` must be a table", "write its keys below [[sessions]]")
            return None
        for key in item:
            if key not in _ENTRY:
                self._unknown(f"{name}.{key}", key, _ENTRY)
        fields: dict[str, Any] = {
            key: self._text(item, key, f"{name}.", clock=True)
            for key in _SESSION - {"speakers", "abstract"}
            if key in item
        }
        if "abstract" in item:
            fields["abstract"] = self._text(item, "abstract", f"{name}.", lines=True)
        if "speakers" in item:
            fields["speakers"] = self._list(item, "speakers", name)
        if not fields.get("id") or not fields.get("title"):
            self._say(name, "the session has no id or no title", 'give it id = "…", title = "…"')
            return None
        state = self._text(item, "state", f"{name}.")
        if state and state not in _STATES:
            self._say(f"{name}.state", f"“{state}” is no state", f"one of {', '.join(_STATES)}")
            state = ""
        score = item.get("score", 0.0)
        return Entry(
            session=ScheduleSession(**fields),
            told=self._places(item, "told", name),
            rejected=self._places(item, "rejected", name),
            score=float(score) if isinstance(score, int | float) else 0.0,
            state=next((one for one in _STATES if one == state), ""),
            line=self._line(name),
        )

    def _places(self, item: Mapping[str, Any], key: str, name: str) -> tuple[Place, ...]:
        try:
            return convert(plain(item.get(key, [])), tuple[Place, ...])
        except ValueFault:
            self._say(
                f"{name}.{key}",
                f"`{key}` must name notes and talks",
                f'{key} = [{{ note = "content/a.md", talk = "Its heading" }}]',
            )
            return ()

    def _list(self, item: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
        try:
            texts = convert(plain(item[key]), tuple[str, ...])
        except ValueFault:
            self._say(f"{name}.{key}", f"`{key}` must be a list of texts in quotes", "")
            return ()
        return tuple(dict.fromkeys(filter(None, (" ".join(text.split()) for text in texts))))

    def _text(
        self,
        values: Mapping[str, Any],
        key: str,
        prefix: str,
        *,
        clock: bool = False,
        lines: bool = False,
    ) -> str:
        """Return the text of `key`; with `clock`, `start` is a time of the day and no date."""
        value = values.get(key, "")
        name = f"{prefix}{key}"
        if value == "":
            return ""
        if key in _DATES and not (clock and key == "start"):
            date = iso_date(value)
            if date is None:
                self._say(name, f"`{key}` is no date", "write it as 2017-05-08")
            return (date or "")[:10]
        if not isinstance(value, str):
            self._say(name, f"`{key}` must be text in quotes", "")
            return ""
        text = str(plain(value)).strip() if lines else " ".join(str(plain(value)).split())
        if key in _URLS and not is_complete(text):
            self._say(name, f"`{key}` must be a web address, and “{text}” is none", "")
            return ""
        return text

    def _unknown(self, name: str, key: str, known: tuple[str, ...]) -> None:
        near = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(known)
        self._say(name, f"`{key}` is no key of a programme", hint)

    def _line(self, name: str) -> int:
        return self._data.places.get(name, (0, 0))[0]

    def _say(self, name: str, message: str, hint: str) -> None:
        line, column = self._data.place(name)
        self.findings.append(Finding("KB113", self._path, message, line, column, hint))
