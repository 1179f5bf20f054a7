"""The site as data: `data/*.json`, in shapes of their own that stay when kb's insides change."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from kb.model.cells import no_formula
from kb.model.dump import Dump
from kb.model.site import (
    Citation,
    EventRecord,
    LinkRecord,
    PersonRecord,
    SessionRecord,
    TopicRecord,
    Url,
)
from kb.model.splice import Edit, spliced
from kb.model.value import Value, json_schema, to_json
from kb.rendering.catalog import Catalog
from kb.rendering.views import Page, TextView


class Named(Value, frozen=True):
    """A thing that has a record of its own."""

    name: str
    url: str
    """Root-relative."""


class CitedData(Value, frozen=True):
    """A link as one talk cites it."""

    url: str
    kind: str
    text: str
    note: str
    line: int


class PlaceData(Value, frozen=True):
    """Lines of a note."""

    note: str
    first: int
    last: int


class TalkData(Value, frozen=True):
    """A talk, or another session."""

    url: str
    title: str
    kind: str
    speakers: tuple[Named, ...]
    event: Named | None
    date: str
    start: str
    finish: str
    room: str
    abstract: str
    topics: tuple[Named, ...]
    links: tuple[CitedData, ...]
    pictures: tuple[str, ...]
    told: tuple[PlaceData, ...]


class SpeakerData(Value, frozen=True):
    """A speaker."""

    url: str
    name: str
    aliases: tuple[str, ...]
    organisations: tuple[str, ...]
    about: str
    links: tuple[str, ...]
    talks: tuple[str, ...]


class TopicData(Value, frozen=True):
    """A topic."""

    url: str
    name: str
    synonyms: tuple[str, ...]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    about: str
    guessed: bool
    talks: tuple[str, ...]


class EventData(Value, frozen=True):
    """An event."""

    url: str
    name: str
    title: str
    place: str
    year: int
    start: str
    end: str
    homepage: str
    about: str
    talks: tuple[str, ...]


class LinkData(Value, frozen=True):
    """A link, with all who cite it."""

    url: str
    kind: str
    title: str
    host: str
    first: str
    last: str
    cited_by: tuple[str, ...]
    dead: bool = False
    """Whether it is known to be gone for good."""
    archive: str = ""
    """Where a copy of what is gone may be."""


class TalksFile(Value, frozen=True):
    """`data/talks.json`."""

    talks: tuple[TalkData, ...]


class SpeakersFile(Value, frozen=True):
    """`data/speakers.json`."""

    speakers: tuple[SpeakerData, ...]


class TopicsFile(Value, frozen=True):
    """`data/topics.json`."""

    topics: tuple[TopicData, ...]


class EventsFile(Value, frozen=True):
    """`data/events.json`."""

    events: tuple[EventData, ...]


class LinksFile(Value, frozen=True):
    """`data/links.json`."""

    links: tuple[LinkData, ...]


FILES = (TalksFile, SpeakersFile, TopicsFile, EventsFile, LinksFile)


def data_pages(catalog: Catalog) -> Iterator[Page]:
    """Yield the data files and their schema (that of exports, too); links also as CSV."""
    talks = (one for one in catalog.sessions.values() if one.is_talk)
    topic, event = partial(_topic, catalog), partial(_event, catalog)
    files: dict[str, Callable[[], bytes]] = {
        "talks": lambda: _told("talks", (talk_data(one, catalog.events) for one in talks)),
        "speakers": lambda: _told("speakers", map(_speaker, catalog.people.values())),
        "topics": lambda: _told("topics", map(topic, catalog.topics.values())),
        "events": lambda: _told("events", map(event, catalog.events.values())),
        "schema": lambda: to_json(json_schema(*FILES, Dump)),
    }
    for name, made in files.items():
        yield Page(f"data/{name}.json", "text", None, TextView(made()))
    yield from link_files(catalog)


def _told(name: str, things: Iterable[Value]) -> bytes:
    """Return one of `FILES`, whose field is `name`, as JSON; of `things` one is held at a time."""
    return _file(name, map(to_json, things))


def _file(name: str, pieces: Iterable[bytes]) -> bytes:
    return b"".join((b'{"', name.encode(), b'":[', b",".join(pieces), b"]}"))


def link_files(catalog: Catalog) -> Iterator[Page]:
    """Yield the data files of links."""
    pieces: list[bytes] = []
    rows: list[str] = []
    for link in catalog.links.values():  # each is read once, for both files
        pieces.append(to_json(_link(link)))
        rows.append(_row(link))
    yield Page("data/links.json", "text", None, TextView(_file("links", pieces)))
    yield Page("data/links.csv", "text", None, TextView(_csv(rows)))


def talk_data(record: SessionRecord, events: Mapping[Url, EventRecord]) -> TalkData:
    """Return a session as data."""
    event = events.get(record.event) if record.event else None
    return TalkData(
        record.url,
        record.title,
        record.kind,
        tuple(Named(one.name, one.person) for one in record.speakers),
        Named(event.title, event.url) if event else None,
        record.date,
        record.start,
        record.finish,
        record.room,
        record.abstract_text,
        tuple(Named(one.name, one.topic) for one in record.topics),
        tuple(_cited(one) for one in record.citations),
        tuple(one.asset for one in record.pictures if one.asset),
        tuple(PlaceData(one.note, one.lines.first, one.lines.last) for one in record.tellings),
    )


def _speaker(record: PersonRecord) -> SpeakerData:
    return SpeakerData(
        record.url,
        record.name,
        record.aliases,
        record.organisations,
        record.about,
        record.links,
        record.sessions,
    )


def _topic(catalog: Catalog, record: TopicRecord) -> TopicData:
    return TopicData(
        record.url,
        record.name,
        record.synonyms,
        record.broader,
        record.narrower,
        record.about,
        record.guessed,
        _talks_among(record.sessions, catalog),
    )


def _event(catalog: Catalog, record: EventRecord) -> EventData:
    return EventData(
        record.url,
        record.name,
        record.title,
        record.place,
        record.year,
        record.start,
        record.end,
        record.homepage,
        record.about,
        _talks_among(record.sessions, catalog),
    )


def _talks_among(urls: Iterable[Url], catalog: Catalog) -> tuple[Url, ...]:
    """Return those of the sessions at `urls` that `data/talks.json` has."""
    return tuple(one.url for one in catalog.briefs_among(urls) if one.is_talk)


def with_other_talks(
    data: bytes,
    talks: Iterable[tuple[SessionRecord, SessionRecord]],
    events: Mapping[Url, EventRecord],
) -> Sequence[bytes | memoryview] | None:
    """Return `data/talks.json` with other `talks` (before, after); None where one is not in it.

    A file of all talks is large, and each stands in it as one piece: what lies between those that
    change is not copied, and all pieces come one behind the other.
    """
    changes: list[Edit] = []
    for before, after in talks:
        piece = to_json(talk_data(before, events))
        start = data.find(piece)
        if start < 0:
            return None
        changes.append((start, start + len(piece), to_json(talk_data(after, events))))
    return spliced(data, sorted(changes))


def _cited(citation: Citation) -> CitedData:
    where = citation.source or citation.note
    line = citation.source_line or citation.line
    return CitedData(citation.url, citation.kind, citation.text, where, line)


def _link(record: LinkRecord) -> LinkData:
    cited = dict.fromkeys(one.session or one.note for one in record.citations)
    return LinkData(
        record.url,
        record.kind,
        record.title,
        record.host,
        record.first,
        record.last,
        tuple(cited),
        record.dead,
        record.archive,
    )


def _csv(rows: Iterable[str]) -> bytes:
    """Return the rows of links as CSV (RFC 4180)."""
    return "".join(("url,kind,title,cited,first,last,dead,archive\r\n", *rows)).encode()


def _row(link: LinkRecord) -> str:
    cells = (
        link.url,
        link.kind,
        link.title,
        str(len(link.citations)),
        link.first,
        link.last,
        "dead" if link.dead else "",
        link.archive,
    )
    return ",".join(map(_cell, cells)) + "\r\n"


def _cell(text: str) -> str:
    text = no_formula(text)
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(mark in text for mark in ',"\r\n') else text
