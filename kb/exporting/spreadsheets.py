"""The site as CSV (RFC 4180), a table for each kind of thing, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb.exporting.material import Material
from kb.model.cells import no_formula
from kb.model.output import Output
from kb.model.site import Citation, SessionRecord

Row = Mapping[str, Any]


def to_tables(material: Material) -> Iterator[Output]:
    """Yield one file for each of `TABLES`; those that list what a thing has join it by `; `."""
    rows = _rows(material)
    for name, columns in TABLES.items():
        yield Output(f"{name}.csv", _written(columns, rows[name]))


def _written(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        value = "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    if value is None or isinstance(value, int):
        return str(value or "")
    return no_formula(str(value))


_SESSION = (
    *("title", "speakers", "event", "date", "day", "start", "end", "room", "track", "kind"),
    *("topics", "recording", "slides", "abstract", "text", "notes", "url"),
)
TABLES: Mapping[str, tuple[str, ...]] = {
    "events": (
        *("title", "name", "place", "year", "series", "edition", "start", "end", "homepage"),
        *("about", "url"),
    ),
    "talks": _SESSION,
    "sessions": _SESSION,
    "speakers": ("name", "aliases", "organisations", "talks", "links", "about", "url"),
    "topics": ("name", "synonyms", "broader", "guessed", "talks", "about", "url"),
    "links": ("address", "title", "kind", "host", "cited", "first", "last", "dead", "archive"),
    "notes": (
        *("title", "date", "updated", "event", "authors", "tags", "language", "draft", "words"),
        *("description", "text", "path", "url"),
    ),
    "talk_speakers": ("talk", "speaker", "name", "organisation", "role"),
    "talk_topics": ("talk", "topic", "name", "guessed"),
    "citations": ("address", "kind", "text", "context", "session", "note", "line"),
    "programme": (
        *("event", "title", "speakers", "date", "start", "end", "room", "track", "address"),
        "session",
    ),
}
"""Columns of each table. `sessions` are those that are no talks; `url`, `talk`, `speaker`, `topic`
and `session` are URLs, by which tables are joined."""


def _rows(material: Material) -> dict[str, Iterable[Row]]:
    site = material.site
    events: dict[str, str] = {one.url: one.title for one in site.events}
    topics = {one.url: one.name for one in site.topics}
    talks = [one for one in site.sessions if one.is_talk]
    return {
        "events": ({name: getattr(one, name) for name in TABLES["events"]} for one in site.events),
        "talks": (_session(one, events, material) for one in talks),
        "sessions": (_session(one, events, material) for one in site.sessions if not one.is_talk),
        "speakers": (
            {
                "name": one.name,
                "aliases": one.aliases,
                "organisations": one.organisations,
                "talks": one.talks,
                "links": one.links,
                "about": one.about,
                "url": one.url,
            }
            for one in site.people
        ),
        "topics": (
            {
                "name": one.name,
                "synonyms": one.synonyms,
                "broader": tuple(topics.get(url, url) for url in one.broader),
                "guessed": one.guessed,
                "talks": one.talks,
                "about": one.about,
                "url": one.url,
            }
            for one in site.topics
        ),
        "links": (
            {
                "address": one.url,
                "title": one.title,
                "kind": one.kind,
                "host": one.host,
                "cited": len(one.citations),
                "first": one.first,
                "last": one.last,
                "dead": one.dead,
                "archive": one.archive,
            }
            for one in site.links
        ),
        "notes": (
            {
                **{name: getattr(one, name, "") for name in TABLES["notes"]},
                "event": events.get(one.event or "", ""),
                "text": material.text_of_note(one),
            }
            for one in site.notes
        ),
        "talk_speakers": (
            {
                "talk": one.url,
                "speaker": credit.person,
                "name": credit.name,
                "organisation": credit.organisation,
                "role": credit.role,
            }
            for one in talks
            for credit in one.speakers
        ),
        "talk_topics": (
            {"talk": one.url, "topic": use.topic, "name": use.name, "guessed": use.guessed}
            for one in talks
            for use in one.topics
        ),
        "citations": (_citation(use) for one in site.links for use in one.citations),
        "programme": (
            {
                **{name: getattr(billed, name, "") for name in TABLES["programme"]},
                "event": events[one.url],
                "end": billed.finish,
                "address": billed.url,
            }
            for one in site.events
            if one.programme is not None
            for billed in one.programme.sessions
        ),
    }


def _session(one: SessionRecord, events: Mapping[str, str], material: Material) -> Row:
    return {
        **{name: getattr(one, name, "") for name in _SESSION},
        "speakers": tuple(credit.name for credit in one.speakers),
        "event": events.get(one.event or "", ""),
        "end": one.finish,
        "topics": tuple(use.name for use in one.topics),
        "recording": _cited(one, "recording"),
        "slides": _cited(one, "slides"),
        "abstract": one.abstract_text,
        "text": material.text_of_session(one),
        "notes": tuple(f"{telling.note}:{telling.lines.first}" for telling in one.tellings),
    }


def _cited(one: SessionRecord, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(use.url for use in one.citations if use.kind == kind))


def _citation(one: Citation) -> Row:
    return {
        "address": one.url,
        "kind": one.kind,
        "text": one.text,
        "context": one.context,
        "session": one.session,
        "note": one.note,
        "line": one.line,
    }
