"""The whole knowledge base: one record per thing, every URL, and who links to whom.

Records name each other by `Url`, never by nesting, so that each is small, comparable on its own,
and there are no circles.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NewType

from kb.model.facts import Evidence, SessionKind
from kb.model.finding import Finding
from kb.model.note import Lines
from kb.model.value import Value

Url = NewType("Url", str)
"""Root-relative and percent-encoded, `/talks/openstack-summit-boston-2017/nova-cells-v2-forum/`;
`/` is the site's root wherever it is hosted. Its file is the decoded path plus `index.html`."""


SIZES = (480, 960, 1600)
"""Widths in pixels that a picture is published in besides its own."""
_SIZED = (".jpg", ".jpeg", ".png", ".webp")


def smaller_sizes(url: str, width: int) -> tuple[tuple[int, str], ...]:
    """Return the smaller sizes that a picture is published in: width, and path or URL.

    Args:
        url: path or URL of the picture.
        width: its own, in pixels; 0 where unknown.
    """
    if not url.lower().endswith(_SIZED):
        return ()
    return tuple((size, f"{url}.{size}.webp") for size in SIZES if width * 5 >= size * 6)


class Asset(Value, frozen=True):
    """A file that is published as it is: a picture or another file of `static/` or `content/`."""

    path: str
    """Relative to the site's folder."""
    url: Url
    digest: str
    size: int
    """Bytes."""
    width: int = 0
    """Pixels, orientation applied; 0 where it is no picture."""
    height: int = 0
    taken: str = ""
    """ISO 8601 without zone, from EXIF; `""` where it has none."""


class Told(Value, frozen=True):
    """A place in a note that tells of a thing: what provenance lines are made of."""

    note: str
    """`Note.path`."""
    lines: Lines
    evidence: Evidence


class Telling(Value, frozen=True):
    """One note's telling of a session: the prose to show, by its lines."""

    note: str
    """`Note.path`."""
    lines: Lines
    """Heading to last line."""
    notes: tuple[Lines, ...] = ()
    """What to show as the notes."""
    abstract: Lines | None = None
    anchor: str = ""
    """Of its heading in the note's page."""


class Credit(Value, frozen=True):
    """A speaker of a session."""

    person: Url
    name: str
    """The person's name as the site spells it."""
    organisation: str = ""
    role: str = ""
    told: tuple[Told, ...] = ()


class TopicUse(Value, frozen=True):
    """A topic of a session."""

    topic: Url
    name: str
    guessed: bool = False
    """True where no note and no vocabulary says so, only the text."""
    told: tuple[Told, ...] = ()


class Citation(Value, frozen=True):
    """One use of a link: who cites it, and in which words."""

    link: str
    """`LinkRecord.key`."""
    url: str
    """As written."""
    kind: str
    text: str
    context: str
    session: Url | None
    """The session that cites it, or None where the note does outside its sessions."""
    note: str
    """`Note.path`."""
    line: int
    sure: float = 1.0
    source: str = ""
    """The file that names it for the session, where it is not the note; `line` is then 0."""
    source_line: int = 0


class Picture(Value, frozen=True):
    """A picture shown in a session or note."""

    asset: Url | None
    """The published file; None where it is missing or on another host."""
    source: str
    """As written."""
    alt: str
    note: str
    line: int
    width: int = 0
    height: int = 0
    taken: str = ""
    """ISO 8601 or the part of it that is known."""


class Related(Value, frozen=True):
    """Another session, and why it is related."""

    session: Url
    reasons: tuple[str, ...]
    """In words for people: `Also by Monty Taylor`, `Both about Shade`, `Both say: cells, nova`."""
    score: float = 0.0


class Backlink(Value, frozen=True):
    """A place on another page that links here."""

    page: Url
    """The citing page, with the anchor nearest to the words."""
    title: str
    sentence: str
    """The words around the link, plain text."""


class SessionRecord(Value, frozen=True):
    """A session, told by one note or several."""

    url: Url
    """`/talks/EVENT/TALK/`, or `/events/EVENT/SESSION/` for one that is no talk."""
    title: str
    kind: SessionKind
    event: Url | None
    tellings: tuple[Telling, ...]
    """In order of the notes' dates and paths; never empty."""
    day: str = ""
    """`DayRecord.key` in its event."""
    date: str = ""
    """ISO date, where known well enough to be shown; else `""`."""
    sort_date: str = ""
    """ISO date for ordering, the best there is: never shown."""
    part: str = ""
    start: str = ""
    finish: str = ""
    room: str = ""
    track: str = ""
    abstract_text: str = ""
    speakers: tuple[Credit, ...] = ()
    topics: tuple[TopicUse, ...] = ()
    citations: tuple[Citation, ...] = ()
    pictures: tuple[Picture, ...] = ()
    related: tuple[Related, ...] = ()
    backlinks: tuple[Backlink, ...] = ()
    previous: Url | None = None
    """The session before it on its day (or in its event)."""
    following: Url | None = None
    why: tuple[Told, ...] = ()
    """Evidence of title, kind, day, time and the rest."""
    announced: tuple[str, ...] = ()
    """What it has from a published programme: of `speaker day time room track abstract
    recording`."""

    @property
    def is_talk(self) -> bool:
        """Whether it is a talk; lunches and parties are sessions, not talks."""
        return self.kind != "social"


class DayRecord(Value, frozen=True):
    """One day of an event."""

    key: str
    """ISO date, English weekday in lower case, `day-2`, or `""` for sessions of no known day."""
    weekday: str = ""
    """English, lower case."""
    date: str = ""
    """ISO date where evidence is good enough to show it."""
    sure: float = 0.0
    sessions: tuple[Url, ...] = ()
    """By start time, half of the day, then order in the notes."""
    told: tuple[Told, ...] = ()
    """What the date was taken from, where the notes do not give it outright."""


class Billed(Value, frozen=True):
    """A session of an event's published programme, noted or not."""

    title: str
    date: str = ""
    """ISO date."""
    start: str = ""
    """`14:30`."""
    finish: str = ""
    room: str = ""
    track: str = ""
    speakers: tuple[str, ...] = ()
    url: str = ""
    """Its page on the web."""
    session: Url | None = None
    """The session of the notes that it is."""


class ProgrammeRecord(Value, frozen=True):
    """The published programme of an event."""

    path: str
    """The file that it was read in, relative to the site's folder."""
    title: str = ""
    version: str = ""
    url: str = ""
    sessions: tuple[Billed, ...] = ()
    """By date, start, room and title."""


class EventRecord(Value, frozen=True):
    """One edition of a conference."""

    url: Url
    name: str
    """`OpenStack Summit`."""
    title: str
    """`OpenStack Summit Boston 2017`."""
    place: str = ""
    year: int = 0
    series: str = ""
    edition: str = ""
    start: str = ""
    end: str = ""
    homepage: str = ""
    about: str = ""
    sort_date: str = ""
    days: tuple[DayRecord, ...] = ()
    sessions: tuple[Url, ...] = ()
    people: tuple[Url, ...] = ()
    topics: tuple[Url, ...] = ()
    notes: tuple[str, ...] = ()
    """`Note.path`s."""
    previous: Url | None = None
    """The edition before it in its series."""
    following: Url | None = None
    told: tuple[Told, ...] = ()
    programme: ProgrammeRecord | None = None
    talks: int = 0
    """How many of the sessions are talks."""


class PersonRecord(Value, frozen=True):
    """A person who spoke."""

    url: Url
    name: str
    aliases: tuple[str, ...] = ()
    sessions: tuple[Url, ...] = ()
    """Newest first."""
    events: tuple[Url, ...] = ()
    topics: tuple[Url, ...] = ()
    """Most used first."""
    with_people: tuple[Url, ...] = ()
    """Whom they spoke with, most often first."""
    organisations: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Profiles."""
    about: str = ""
    told: tuple[Told, ...] = ()
    talks: int = 0
    """How many of the sessions are talks."""


class TopicRecord(Value, frozen=True):
    """What talks are about."""

    url: Url
    name: str
    synonyms: tuple[str, ...] = ()
    broader: tuple[Url, ...] = ()
    narrower: tuple[Url, ...] = ()
    guessed: bool = False
    """True where every use is guessed."""
    sessions: tuple[Url, ...] = ()
    """Newest first."""
    people: tuple[Url, ...] = ()
    events: tuple[Url, ...] = ()
    notes: tuple[str, ...] = ()
    """`Note.path`s of notes that bear it as a tag or category."""
    about: str = ""
    told: tuple[Told, ...] = ()
    """Oldest first: the first is the first mention."""
    talks: int = 0
    """How many of the sessions are talks."""


class LinkRecord(Value, frozen=True):
    """A URL that the notes cite, however spelled."""

    key: str
    """Canonical form: what makes two spellings one link."""
    url: str
    """As first written."""
    kind: str
    host: str
    title: str
    """The best link text anyone used; the URL without scheme where nobody used any."""
    citations: tuple[Citation, ...] = ()
    first: str = ""
    """ISO date of the first note (or talk) that cites it."""
    last: str = ""
    dead: bool = False
    """Whether it is known to be gone for good."""
    archive: str = ""
    """Where a copy of what is gone may be."""


class Target(Value, frozen=True):
    """Where a reference of a note leads: what fills a hole in its prose."""

    kind: Literal["external", "page", "asset", "anchor", "missing", "unsafe"]
    url: str = ""
    """Complete URL for `external`; a `Url` with an optional `#anchor` for `page` and `asset`;
    `#anchor` for `anchor`; `""` for `missing` and `unsafe`."""
    title: str = ""
    """Title of the page it leads to."""
    link_kind: str = ""
    """For `external`: one of `LINK_KINDS`."""
    dead: bool = False
    """For `external`: whether it is known to be gone for good."""
    archive: str = ""
    """Where a copy of what is gone may be."""
    width: int = 0
    height: int = 0


class NoteRecord(Value, frozen=True):
    """A note as a page."""

    path: str
    url: Url
    title: str
    date: str = ""
    updated: str = ""
    description: str = ""
    event: Url | None = None
    day: str = ""
    sessions: tuple[Url, ...] = ()
    topics: tuple[TopicUse, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    draft: bool = False
    cover: Picture | None = None
    pictures: tuple[Picture, ...] = ()
    """Outside its sessions."""
    citations: tuple[Citation, ...] = ()
    """Outside its sessions."""
    targets: tuple[Target, ...] = ()
    """One for each of `Note.references`, in the same order."""
    backlinks: tuple[Backlink, ...] = ()
    weight: int = 0
    """Hugo's: notes with one come first in lists, the lower the earlier; 0 for none."""
    words: int = 0
    extra: Mapping[str, Any] = {}


class Redirect(Value, frozen=True):
    """An old URL and where it leads now."""

    source: Url
    target: Url


class Site(Value, frozen=True):
    """All records, each list in a stable order (the order of its list page)."""

    events: tuple[EventRecord, ...] = ()
    """Newest first."""
    sessions: tuple[SessionRecord, ...] = ()
    """Newest event first, then in the order of the event."""
    people: tuple[PersonRecord, ...] = ()
    """By name."""
    topics: tuple[TopicRecord, ...] = ()
    """By name."""
    links: tuple[LinkRecord, ...] = ()
    """Most cited first, then by key."""
    notes: tuple[NoteRecord, ...] = ()
    """Newest first."""
    assets: tuple[Asset, ...] = ()
    """By URL; what is published."""
    redirects: tuple[Redirect, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Records:
    """The records of a site by what names them, each mapping in the order of `Site`.

    Mappings may be lazy: who asks for a few records pays for those only.
    """

    events: Mapping[Url, EventRecord]
    sessions: Mapping[Url, SessionRecord]
    people: Mapping[Url, PersonRecord]
    topics: Mapping[Url, TopicRecord]
    links: Mapping[str, LinkRecord]
    """By `LinkRecord.key`."""
    notes: Mapping[str, NoteRecord]
    """By `NoteRecord.path`."""
    redirects: tuple[Redirect, ...]
    urls: Collection[str]
    """Of the pages of all records."""
    talks: int
    """How many of the sessions are talks."""


def records_of(site: Site) -> Records:
    """Return all records of `site` by what names them."""
    many = (site.sessions, site.events, site.people, site.topics, site.notes)
    return Records(
        events={one.url: one for one in site.events},
        sessions={one.url: one for one in site.sessions},
        people={one.url: one for one in site.people},
        topics={one.url: one for one in site.topics},
        links={one.key: one for one in site.links},
        notes={one.path: one for one in site.notes},
        redirects=site.redirects,
        urls=frozenset(one.url for some in many for one in some),
        talks=sum(1 for one in site.sessions if one.is_talk),
    )
