"""Of each thing, what other things' pages show of it: little enough to be held for all at once.

Ten thousand talks stand in a hundred thousand rows of lists. Their records are large, and are read
for their own pages; what a row needs of them is here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from kb.model.facts import SessionKind
from kb.model.site import (
    Citation,
    Credit,
    LinkRecord,
    PersonRecord,
    Records,
    SessionRecord,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.model.value import Value, replace

K = TypeVar("K")
R = TypeVar("R")
B = TypeVar("B")

HAS = ("recording", "slides", "code")
"""Kinds of link that a row of a talk mentions."""
ABOUT = 200
"""How many characters of an abstract describe a session."""
PROGRAMME = frozenset({"recording", "slides", "schedule"})
"""Kinds of link that belong to one talk, rather than being something to read."""


class SessionBrief(Value, frozen=True, array_like=True):
    """What is shown of a session elsewhere; fields are as in `SessionRecord` unless told."""

    url: Url
    title: str
    kind: SessionKind
    event: Url | None
    day: str
    date: str
    sort_date: str
    part: str
    start: str
    finish: str
    room: str
    speakers: tuple[Credit, ...]
    """Without where they are told."""
    topics: tuple[Url, ...]
    named: tuple[TopicUse, ...]
    """Those of the topics that are not guessed, without where they are told."""
    has: tuple[str, ...]
    """Of `recording slides code pictures`: what there is."""
    about: str = ""
    """What its abstract says, in at most 200 characters."""

    @property
    def is_talk(self) -> bool:
        """Whether it is a talk."""
        return self.kind != "social"


class PersonBrief(Value, frozen=True, array_like=True):
    """What is shown of a person elsewhere."""

    name: str
    organisation: str
    """The last they were with."""
    talks: int
    """How many."""


class TopicBrief(Value, frozen=True, array_like=True):
    """What is shown of a topic elsewhere."""

    name: str
    guessed: bool
    talks: int
    """How many."""


class LinkBrief(Value, frozen=True, array_like=True):
    """What a citation does not tell of its link."""

    title: str
    dead: bool
    archive: str


class Reading(Value, frozen=True, array_like=True):
    """What a session cites beside its own recordings and slides."""

    cited: tuple[Citation, ...]


class Briefs(Protocol):
    """The briefs of all things, by what names them, in the order of the records."""

    @property
    def sessions(self) -> Mapping[Url, SessionBrief]:
        """Of sessions."""

    @property
    def people(self) -> Mapping[Url, PersonBrief]:
        """Of people."""

    @property
    def topics(self) -> Mapping[Url, TopicBrief]:
        """Of topics."""

    @property
    def links(self) -> Mapping[str, LinkBrief]:
        """Of links, by `LinkRecord.key`."""

    @property
    def reading(self) -> Mapping[Url, Reading]:
        """Of sessions; those that cite nothing to read may be missing."""


def session_brief(record: SessionRecord) -> SessionBrief:
    """Return the brief of a session."""
    kinds = {citation.kind for citation in record.citations}
    has = tuple(kind for kind in HAS if kind in kinds)
    if any(picture.asset for picture in record.pictures):
        has += ("pictures",)
    return SessionBrief(
        record.url,
        record.title,
        record.kind,
        record.event,
        record.day,
        record.date,
        record.sort_date,
        record.part,
        record.start,
        record.finish,
        record.room,
        tuple(replace(one, told=()) for one in record.speakers),
        tuple(use.topic for use in record.topics),
        tuple(replace(use, told=()) for use in record.topics if not use.guessed),
        has,
        shorten(record.abstract_text, ABOUT) if record.abstract_text else "",
    )


def person_brief(record: PersonRecord) -> PersonBrief:
    """Return the brief of a person."""
    organisation = record.organisations[-1] if record.organisations else ""
    return PersonBrief(record.name, organisation, record.talks)


def topic_brief(record: TopicRecord) -> TopicBrief:
    """Return the brief of a topic."""
    return TopicBrief(record.name, record.guessed, record.talks)


def link_brief(record: LinkRecord) -> LinkBrief:
    """Return the brief of a link."""
    return LinkBrief(record.title, record.dead, record.archive)


def reading_of(record: SessionRecord) -> Reading:
    """Return what a session cites to be read."""
    return Reading(tuple(one for one in record.citations if one.kind not in PROGRAMME))


def shorten(text: str, limit: int) -> str:
    """Return `text` on one line, cut at a word before `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,.;:") + "…"


class _Derived(Mapping[K, B], Generic[K, R, B]):
    """Briefs of records, each made when it is asked for."""

    def __init__(self, records: Mapping[K, R], make: Callable[[R], B]) -> None:
        self._records = records
        self._make = make
        self._made: dict[K, B] = {}

    def __getitem__(self, key: K) -> B:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make(self._records[key])
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def __iter__(self) -> Iterator[K]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


@dataclass(frozen=True)
class _MadeBriefs:
    """Briefs of records that are at hand."""

    sessions: Mapping[Url, SessionBrief]
    people: Mapping[Url, PersonBrief]
    topics: Mapping[Url, TopicBrief]
    links: Mapping[str, LinkBrief]
    reading: Mapping[Url, Reading]


def briefs_of(records: Records) -> Briefs:
    """Return the briefs of `records`; each is made when it is asked for."""
    return _MadeBriefs(
        sessions=_Derived(records.sessions, session_brief),
        people=_Derived(records.people, person_brief),
        topics=_Derived(records.topics, topic_brief),
        links=_Derived(records.links, link_brief),
        reading=_Derived(records.sessions, reading_of),
    )


def compacted(briefs: Iterable[SessionBrief]) -> Iterator[SessionBrief]:
    """Yield `briefs`, equal parts of all of them made one.

    People, topics, days and events are named again and again: that is most of what briefs hold.
    """
    texts: dict[str, Any] = {}
    text = texts.setdefault
    credit = dict[Credit, Credit]().setdefault
    named = dict[TopicUse, TopicUse]().setdefault
    for one in briefs:
        yield SessionBrief(
            one.url,
            one.title,
            one.kind,
            text(one.event, one.event) if one.event else None,
            text(one.day, one.day),
            text(one.date, one.date),
            text(one.sort_date, one.sort_date),
            one.part,
            text(one.start, one.start),
            text(one.finish, one.finish),
            text(one.room, one.room),
            tuple([credit(speaker, speaker) for speaker in one.speakers]),
            tuple([text(topic, topic) for topic in one.topics]),
            tuple([named(use, use) for use in one.named]),
            one.has,
            one.about,
        )
