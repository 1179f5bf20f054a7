"""What a build goes on with once it knows what the notes say.

All that they say takes more memory than the rest of a build. So it is laid in a file, encoded, and
let go: whoever renders or indexes reads of it what is needed, a few records at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from kb.building.learning import Knowledge
from kb.building.options import Report
from kb.building.project import Project
from kb.building.scratch import Filed, Laid, Scratch, from_heaps, in_heaps
from kb.building.snapshot import Outline, Urls, parts_of
from kb.model.finding import Finding
from kb.model.made import Made, MadePage
from kb.model.note import Note
from kb.model.output import Output
from kb.model.site import (
    Asset,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    Records,
    SessionRecord,
    TopicRecord,
    Url,
)
from kb.model.value import Value, decode, encode
from kb.rendering.briefs import (
    Briefs,
    LinkBrief,
    PersonBrief,
    Reading,
    SessionBrief,
    TopicBrief,
    compacted,
    link_brief,
    person_brief,
    reading_of,
    session_brief,
    topic_brief,
)
from kb.rendering.feeds import newest
from kb.search.documents import Document, documents

T = TypeVar("T")

_PROSE = "prose"
_DOCUMENTS = "documents"
_READING = "reading"
_BRIEFS = "briefs of "
"""Before the name of a part: that of the briefs of its records."""
_MANY, _SOME, _FEW = 1_000, 256, 32
"""How many values of a kind a process keeps: of those that many others name, of those that pages
of one place read (`Group.place`), and of the rest."""


class _Added(Value, frozen=True):
    """What a plugin adds to the pages: one of both."""

    page: MadePage | None = None
    file: Output | None = None


class Summary(Value, frozen=True):
    """What is known of all that was laid down: little enough to be held."""

    report: Report
    """Of the notes; nothing was published yet."""
    outline: Outline
    since: str
    until: str
    """As in `Knowledge`; so is `private`."""
    assets: tuple[Asset, ...]
    private: Mapping[str, str]
    added: tuple[_Added, ...]
    faults: tuple[Finding, ...]
    """Of plugins that add pages."""
    laid: Mapping[str, Laid]
    """Where each part lies."""
    damaged: bool = False
    """Whether the memo was found to be damaged."""
    stages: Mapping[str, float] = {}
    """Seconds by stage, of those that led here."""


@dataclass(frozen=True)
class Gist:
    """What the notes say, as much of it as a build needs from now on."""

    summary: Summary
    scratch: Scratch

    @property
    def made(self) -> tuple[Made, ...]:
        """What plugins add to the pages."""
        both = (one.page or one.file for one in self.summary.added)
        return tuple(one for one in both if one is not None)

    @property
    def size(self) -> int:
        """How many documents there are."""
        return len(self.summary.laid[_DOCUMENTS].keys)

    def part(self, name: str) -> Mapping[str, bytes]:
        """Return one of `snapshot.parts_of`, encoded."""
        return self.scratch.drawer(self.summary.laid[name])

    def records(self) -> Records:
        """Return all records."""
        outline = self.summary.outline
        events = self.filed("events", EventRecord, _MANY)
        sessions = self.filed("sessions", SessionRecord, _SOME)
        people = self.filed("people", PersonRecord, _FEW)
        topics = self.filed("topics", TopicRecord, _FEW)
        return Records(
            events=_by_url(events),
            sessions=_by_url(sessions),
            people=_by_url(people),
            topics=_by_url(topics),
            links=self.filed("links", LinkRecord, _FEW),
            notes=self.filed("notes", NoteRecord, _SOME),
            redirects=outline.redirects,
            urls=Urls((events, sessions, people, topics), outline.note_urls),
            talks=outline.talks,
        )

    def briefs(self) -> Briefs:
        """Return the briefs of all things."""
        return _Briefs(self)

    def prose(self) -> Mapping[str, Note]:
        """Return the notes by path."""
        return self.filed(_PROSE, Note, _FEW)

    def documents(self) -> tuple[Document, ...]:
        """Return what can be found, in order."""
        return tuple(decode(data, Document) for data in self.part(_DOCUMENTS).values())

    def filed(self, name: str, kind: type[T], most: int) -> Mapping[str, T]:
        """Return the values of a part, decoded when they are asked for; `most` says how many are
        kept."""
        return Filed(self.scratch.drawer(self.summary.laid[name]), kind, most)


class _Briefs:
    """The briefs that were laid down, all of a kind read when any of them is asked for."""

    def __init__(self, gist: Gist) -> None:
        self._gist = gist
        self.reading = _by_url(gist.filed(_READING, Reading, _MANY))

    @cached_property
    def sessions(self) -> Mapping[Url, SessionBrief]:
        return {one.url: one for one in compacted(self._all("sessions", SessionBrief))}

    @cached_property
    def people(self) -> Mapping[Url, PersonBrief]:
        return _by_url(self._named("people", PersonBrief))

    @cached_property
    def topics(self) -> Mapping[Url, TopicBrief]:
        return _by_url(self._named("topics", TopicBrief))

    @cached_property
    def links(self) -> Mapping[str, LinkBrief]:
        return self._named("links", LinkBrief)

    def _named(self, name: str, kind: type[T]) -> Mapping[str, T]:
        return dict(zip(self._gist.part(name), self._all(name, kind), strict=True))

    def _all(self, name: str, kind: type[T]) -> Iterator[T]:
        return from_heaps(self._gist.part(_BRIEFS + name), kind)


def _by_url(records: Mapping[str, T]) -> Mapping[Url, T]:
    return cast(Mapping[Url, T], records)  # the keys of these are URLs


def lay_down(
    knowledge: Knowledge, project: Project, report: Report, scratch: Scratch, *, searched: bool
) -> Summary:
    """Lay what the notes say in `scratch`; return what there is to be held of it.

    Args:
        knowledge: what they say.
        project: their site.
        report: what is told of them.
        scratch: the file.
        searched: whether there will be an index.

    Raises:
        FileFault: the disk does not take it.
    """
    site, notes, settings = knowledge.site, knowledge.prose, knowledge.settings
    made, faults = project.plugins.pages(site, notes, settings)
    found = documents(site, notes) if searched else ()
    read = ((one.url, reading_of(one)) for one in site.sessions)
    parts = {
        **dict(parts_of(knowledge.woven, knowledge.agreement)),
        _PROSE: _encoded(knowledge),
        _READING: ((url, encode(one)) for url, one in read if one.cited),
        f"{_BRIEFS}sessions": in_heaps(map(session_brief, site.sessions)),
        f"{_BRIEFS}people": in_heaps(map(person_brief, site.people)),
        f"{_BRIEFS}topics": in_heaps(map(topic_brief, site.topics)),
        f"{_BRIEFS}links": in_heaps(map(link_brief, site.links)),
        _DOCUMENTS: ((str(number), encode(one)) for number, one in enumerate(found)),
    }
    return Summary(
        report=report,
        outline=Outline(
            digests={note.path: note.digest for note in knowledge.notes},
            others=knowledge.others,
            note_urls=frozenset(note.url for note in site.notes),
            redirects=site.redirects,
            talks=sum(1 for one in site.sessions if one.is_talk),
            newest=frozenset(note.path for note in newest(site.notes, settings.feeds.limit)),
        ),
        since=knowledge.since,
        until=knowledge.until,
        assets=site.assets,
        private=knowledge.private,
        added=tuple(
            _Added(page=one) if isinstance(one, MadePage) else _Added(file=one) for one in made
        ),
        faults=faults,
        laid={name: scratch.lay(items) for name, items in parts.items()},
    )


def _encoded(knowledge: Knowledge) -> Iterator[tuple[str, bytes]]:
    bodies = knowledge.bodies
    for note in knowledge.notes:
        yield note.path, encode(note) if bodies is None else bodies[note.path]
