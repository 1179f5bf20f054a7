"""The site as one SQLite file: a table for each kind of thing, foreign keys, and full-text search.

Tables are what Datasette (https://docs.datasette.io) opens as they are: each has an integer key, a
column `title` or `name` that links show, and full-text tables name the table that they are of.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from kb.exporting.material import Material
from kb.model.output import Output
from kb.model.site import Citation, Picture, SessionRecord, Site

SCHEMA_VERSION = 1
"""Kept as `PRAGMA user_version`; raised when a query for the one before would fail."""
_KIND = 0x6B622D31
"""`PRAGMA application_id`, by which programs tell what a file is."""

_SCHEMA = """
CREATE TABLE site (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE events (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL, name TEXT NOT NULL,
    place TEXT, year INTEGER, series TEXT, edition TEXT, start_date TEXT, end_date TEXT,
    homepage TEXT, about TEXT
);
CREATE TABLE days (
    event_id INTEGER NOT NULL REFERENCES events (id), key TEXT NOT NULL, weekday TEXT, date TEXT,
    sure REAL NOT NULL, PRIMARY KEY (event_id, key)
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE, date TEXT, updated TEXT, description TEXT,
    event_id INTEGER REFERENCES events (id), language TEXT, draft INTEGER NOT NULL,
    words INTEGER NOT NULL, authors TEXT, tags TEXT, text TEXT
);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL,
    is_talk INTEGER NOT NULL, event_id INTEGER REFERENCES events (id), day TEXT, date TEXT,
    part TEXT, start_time TEXT, end_time TEXT, room TEXT, track TEXT, speakers TEXT, topics TEXT,
    abstract TEXT, text TEXT
);
CREATE TABLE speakers (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, name TEXT NOT NULL, aliases TEXT,
    organisations TEXT, about TEXT
);
CREATE TABLE topics (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, name TEXT NOT NULL, synonyms TEXT,
    guessed INTEGER NOT NULL, about TEXT
);
CREATE TABLE links (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, key TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    kind TEXT NOT NULL, host TEXT, first_date TEXT, last_date TEXT, dead INTEGER NOT NULL,
    archive TEXT
);

CREATE TABLE session_speakers (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    speaker_id INTEGER NOT NULL REFERENCES speakers (id),
    position INTEGER NOT NULL, organisation TEXT, role TEXT, PRIMARY KEY (session_id, speaker_id)
);
CREATE TABLE session_topics (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    topic_id INTEGER NOT NULL REFERENCES topics (id),
    guessed INTEGER NOT NULL, PRIMARY KEY (session_id, topic_id)
);
CREATE TABLE broader_topics (
    topic_id INTEGER NOT NULL REFERENCES topics (id),
    broader_id INTEGER NOT NULL REFERENCES topics (id), PRIMARY KEY (topic_id, broader_id)
);
CREATE TABLE note_topics (
    note_id INTEGER NOT NULL REFERENCES notes (id),
    topic_id INTEGER NOT NULL REFERENCES topics (id), PRIMARY KEY (note_id, topic_id)
);
CREATE TABLE speaker_links (
    speaker_id INTEGER NOT NULL REFERENCES speakers (id), url TEXT NOT NULL,
    PRIMARY KEY (speaker_id, url)
);
CREATE TABLE tellings (
    id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions (id),
    note_id INTEGER NOT NULL REFERENCES notes (id), first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL
);
CREATE TABLE citations (
    id INTEGER PRIMARY KEY, link_id INTEGER NOT NULL REFERENCES links (id), url TEXT NOT NULL,
    kind TEXT NOT NULL, text TEXT, context TEXT, session_id INTEGER REFERENCES sessions (id),
    note_id INTEGER REFERENCES notes (id), line INTEGER NOT NULL
);
CREATE TABLE pictures (
    id INTEGER PRIMARY KEY, url TEXT, source TEXT NOT NULL, alt TEXT, taken TEXT, width INTEGER,
    height INTEGER, session_id INTEGER REFERENCES sessions (id),
    note_id INTEGER REFERENCES notes (id), line INTEGER NOT NULL
);
CREATE TABLE related_sessions (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    other_id INTEGER NOT NULL REFERENCES sessions (id), score REAL NOT NULL, reasons TEXT,
    PRIMARY KEY (session_id, other_id)
);
CREATE TABLE programme (
    id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events (id), title TEXT NOT NULL,
    date TEXT, start_time TEXT, end_time TEXT, room TEXT, track TEXT, speakers TEXT, url TEXT,
    session_id INTEGER REFERENCES sessions (id)
);
CREATE TABLE findings (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, path TEXT NOT NULL,
    line INTEGER, "column" INTEGER, message TEXT NOT NULL, hint TEXT
);

CREATE INDEX sessions_by_event ON sessions (event_id);
CREATE INDEX sessions_by_date ON sessions (date);
CREATE INDEX sessions_by_kind ON sessions (kind);
CREATE INDEX notes_by_event ON notes (event_id);
CREATE INDEX notes_by_date ON notes (date);
CREATE INDEX session_speakers_by_speaker ON session_speakers (speaker_id);
CREATE INDEX session_topics_by_topic ON session_topics (topic_id);
CREATE INDEX broader_topics_by_broader ON broader_topics (broader_id);
CREATE INDEX note_topics_by_topic ON note_topics (topic_id);
CREATE INDEX tellings_by_session ON tellings (session_id);
CREATE INDEX tellings_by_note ON tellings (note_id);
CREATE INDEX citations_by_link ON citations (link_id);
CREATE INDEX citations_by_session ON citations (session_id);
CREATE INDEX citations_by_note ON citations (note_id);
CREATE INDEX pictures_by_session ON pictures (session_id);
CREATE INDEX pictures_by_note ON pictures (note_id);
CREATE INDEX related_sessions_by_other ON related_sessions (other_id);
CREATE INDEX programme_by_event ON programme (event_id);
CREATE INDEX programme_by_session ON programme (session_id);
CREATE INDEX links_by_kind ON links (kind);
CREATE INDEX links_by_host ON links (host);

CREATE VIEW talks AS
    SELECT sessions.id, sessions.title, sessions.speakers, events.title AS event,
        coalesce(sessions.date, sessions.day) AS day, sessions.kind, sessions.topics,
        (SELECT citations.url FROM citations WHERE citations.session_id = sessions.id
            AND citations.kind = 'recording' ORDER BY citations.id) AS recording,
        sessions.url
    FROM sessions LEFT JOIN events ON events.id = sessions.event_id
    WHERE sessions.is_talk ORDER BY sessions.id;
CREATE VIEW speaker_talks AS
    SELECT speakers.name AS speaker, sessions.title AS talk, events.title AS event, sessions.date,
        sessions.url
    FROM session_speakers JOIN speakers ON speakers.id = session_speakers.speaker_id
        JOIN sessions ON sessions.id = session_speakers.session_id
        LEFT JOIN events ON events.id = sessions.event_id
    WHERE sessions.is_talk ORDER BY speakers.id, sessions.id;
CREATE VIEW topic_talks AS
    SELECT topics.name AS topic, sessions.title AS talk, sessions.speakers,
        events.title AS event, sessions.date, sessions.url
    FROM session_topics JOIN topics ON topics.id = session_topics.topic_id
        JOIN sessions ON sessions.id = session_topics.session_id
        LEFT JOIN events ON events.id = sessions.event_id
    WHERE sessions.is_talk ORDER BY topics.id, sessions.id;
CREATE VIEW cited_links AS
    SELECT links.url, links.title, links.kind, count(*) AS citations,
        count(DISTINCT citations.session_id) AS sessions
    FROM links JOIN citations ON citations.link_id = links.id
    GROUP BY links.id ORDER BY links.id;

CREATE VIRTUAL TABLE sessions_fts USING fts5 (
    title, speakers, topics, abstract, text, content="sessions", content_rowid="id",
    tokenize="porter unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE notes_fts USING fts5 (
    title, description, tags, text, content="notes", content_rowid="id",
    tokenize="porter unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE speakers_fts USING fts5 (
    name, aliases, organisations, about, content="speakers", content_rowid="id",
    tokenize="unicode61 remove_diacritics 2"
);
"""

Cell = str | int | float | None
Row = Sequence[Cell]


def to_database(material: Material) -> Iterator[Output]:
    """Yield `site.sqlite`, the bytes of an SQLite 3 database.

    Raises:
        sqlite3.Error: Python's SQLite has no full-text search (FTS5).
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {_KIND}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.executescript(_SCHEMA)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN")
        for table, rows in _tables(material):
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608
        for table in ("sessions", "notes", "speakers"):
            # The names are those above: nothing of a note is ever part of a statement.
            connection.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild')")  # noqa: S608
        connection.execute("COMMIT")
        yield Output("site.sqlite", connection.serialize())


class _Numbers(NamedTuple):
    """The integer key of each thing, by what names it."""

    events: Mapping[str, int]
    """By URL; so are `sessions`, `people` and `topics`."""
    sessions: Mapping[str, int]
    people: Mapping[str, int]
    topics: Mapping[str, int]
    links: Mapping[str, int]
    """By `LinkRecord.key`."""
    notes: Mapping[str, int]
    """By path."""


def _tables(material: Material) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the rows of each table, those that others refer to first."""
    site = material.site
    numbers = _Numbers(
        events=_numbered(one.url for one in site.events),
        sessions=_numbered(one.url for one in site.sessions),
        people=_numbered(one.url for one in site.people),
        topics=_numbered(one.url for one in site.topics),
        links=_numbered(one.key for one in site.links),
        notes=_numbered(one.path for one in site.notes),
    )
    yield from _things(material, numbers)
    yield from _joins(site, numbers)
    yield from _places(site, numbers)


def _things(material: Material, numbers: _Numbers) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the rows of things that have a number."""
    site, settings = material.site, material.settings
    events, sessions, people, topics, links, notes = numbers
    about = {name: getattr(settings, name) for name in ("title", "description", "author")}
    about |= {"language": settings.language, "base_url": settings.base_url}
    yield "site", about.items()
    yield (
        "events",
        (
            (
                *(events[one.url], one.url, one.title, one.name, _text(one.place)),
                *(one.year or None, _text(one.series), _text(one.edition), _text(one.start)),
                *(_text(one.end), _text(one.homepage), _text(one.about)),
            )
            for one in site.events
        ),
    )
    yield (
        "days",
        (
            (events[one.url], day.key, _text(day.weekday), _text(day.date), day.sure)
            for one in site.events
            for day in one.days
        ),
    )
    yield (
        "notes",
        (
            (
                *(
                    notes[one.path],
                    one.url,
                    one.title,
                    one.path,
                    _text(one.date),
                    _text(one.updated),
                ),
                *(_text(one.description), events.get(one.event or ""), _text(one.language)),
                *(one.draft, one.words, _names(one.authors), _names(one.tags)),
                _text(material.text_of_note(one)),
            )
            for one in site.notes
        ),
    )
    yield "sessions", (_session(one, sessions, events, material) for one in site.sessions)
    yield (
        "speakers",
        (
            (
                *(people[one.url], one.url, one.name, _names(one.aliases)),
                *(_names(one.organisations), _text(one.about)),
            )
            for one in site.people
        ),
    )
    yield (
        "topics",
        (
            (
                topics[one.url],
                one.url,
                one.name,
                _names(one.synonyms),
                one.guessed,
                _text(one.about),
            )
            for one in site.topics
        ),
    )
    yield (
        "links",
        (
            (
                *(links[one.key], one.url, one.key, one.title, one.kind, _text(one.host)),
                *(_text(one.first), _text(one.last), one.dead, _text(one.archive)),
            )
            for one in site.links
        ),
    )


def _joins(site: Site, numbers: _Numbers) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the rows that say which things belong to each other."""
    _, sessions, people, topics, _, notes = numbers
    yield (
        "session_speakers",
        _once(
            (
                (
                    *(sessions[one.url], people[credit.person], place),
                    *(_text(credit.organisation), _text(credit.role)),
                )
                for one in site.sessions
                for place, credit in enumerate(one.speakers, start=1)
                if credit.person in people
            ),
        ),
    )
    yield (
        "session_topics",
        _once(
            (
                (sessions[one.url], topics[use.topic], use.guessed)
                for one in site.sessions
                for use in one.topics
                if use.topic in topics
            ),
        ),
    )
    yield (
        "broader_topics",
        _once(
            (
                (topics[one.url], topics[url])
                for one in site.topics
                for url in one.broader
                if url in topics
            ),
        ),
    )
    yield (
        "note_topics",
        _once(
            (
                (notes[path], topics[one.url])
                for one in site.topics
                for path in one.notes
                if path in notes
            ),
        ),
    )
    yield (
        "speaker_links",
        _once((people[one.url], url) for one in site.people for url in one.links),
    )


def _places(site: Site, numbers: _Numbers) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the rows of what is told where, and of what else a session or an event has."""
    events, sessions, _, _, links, notes = numbers
    yield (
        "tellings",
        (
            (None, sessions[one.url], notes[telling.note], telling.lines.first, telling.lines.last)
            for one in site.sessions
            for telling in one.tellings
            if telling.note in notes
        ),
    )

    def cited(one: Citation, link: int) -> Row:
        return (
            *(None, link, one.url, one.kind, _text(one.text), _text(one.context)),
            *(sessions.get(one.session or ""), notes.get(one.note), one.line),
        )

    yield "citations", (cited(use, links[one.key]) for one in site.links for use in one.citations)

    def shown(one: Picture, session: int | None) -> Row:
        return (
            *(None, one.asset, one.source, _text(one.alt), _text(one.taken), one.width or None),
            *(one.height or None, session, notes.get(one.note), one.line),
        )

    yield (
        "pictures",
        (shown(picture, sessions[one.url]) for one in site.sessions for picture in one.pictures),
    )
    yield "pictures", (shown(picture, None) for one in site.notes for picture in one.pictures)
    yield (
        "related_sessions",
        _once(
            (
                (sessions[one.url], sessions[other.session], other.score, "; ".join(other.reasons))
                for one in site.sessions
                for other in one.related
                if other.session in sessions
            ),
        ),
    )
    yield (
        "programme",
        (
            (
                *(None, events[one.url], billed.title, _text(billed.date), _text(billed.start)),
                *(_text(billed.finish), _text(billed.room), _text(billed.track)),
                *(_names(billed.speakers), _text(billed.url), sessions.get(billed.session or "")),
            )
            for one in site.events
            if one.programme is not None
            for billed in one.programme.sessions
        ),
    )
    yield (
        "findings",
        (
            (
                *(None, one.code, one.severity, one.path, one.line or None, one.column or None),
                *(one.message, _text(one.hint)),
            )
            for one in site.findings
        ),
    )


def _session(
    one: SessionRecord, sessions: Mapping[str, int], events: Mapping[str, int], material: Material
) -> Row:
    return (
        *(sessions[one.url], one.url, one.title, one.kind, one.is_talk),
        *(events.get(one.event or ""), _text(one.day), _text(one.date), _text(one.part)),
        *(_text(one.start), _text(one.finish), _text(one.room), _text(one.track)),
        *(_names(credit.name for credit in one.speakers), _names(use.name for use in one.topics)),
        *(_text(one.abstract_text), _text(material.text_of_session(one))),
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, start=1)}


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows whose first two cells, their key, were not there before."""
    seen: set[tuple[Cell, ...]] = set()
    for row in rows:
        key = tuple(row[:2])
        if key not in seen:
            seen.add(key)
            yield row


def _text(text: str) -> str | None:
    return text or None


def _names(names: Iterable[str]) -> str | None:
    return "; ".join(names) or None
