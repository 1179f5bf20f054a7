"""What `kb extract` prints of a note: plain fields beside their evidence."""

from collections.abc import Iterable

from kb.model.facts import (
    EventFacts,
    Evidence,
    Facts,
    LinkMention,
    PictureMention,
    SessionFacts,
    SpeakerMention,
    TopicMention,
)
from kb.model.value import Value, as_kind


class SpeakerEntry(SpeakerMention, frozen=True, array_like=False):
    """A speaker, with the names of what is told."""


class LinkEntry(LinkMention, frozen=True, array_like=False):
    """A link, with the names of what is told."""


class TopicEntry(TopicMention, frozen=True, array_like=False):
    """A topic, with the names of what is told."""


class PictureEntry(PictureMention, frozen=True, array_like=False):
    """A picture, with the names of what is told."""


class EventEntry(Value, frozen=True, omit_defaults=False):
    """The event, with `null` where nothing tells."""

    name: str | None
    place: str | None
    year: int | None
    series: str | None
    edition: str | None
    day: str | None
    part: str | None
    evidence: tuple[Evidence, ...]


class TalkEntry(Value, frozen=True, omit_defaults=False):
    """A session, flat."""

    title: str
    speakers: tuple[str, ...]
    links: tuple[str, ...]
    line: int
    end: int
    kind: str
    topics: tuple[str, ...]
    guessed_topics: tuple[str, ...]
    day: str
    part: str
    start: str
    finish: str
    room: str
    track: str
    abstract: str
    pictures: tuple[PictureEntry, ...]
    heading: str
    evidence: "TalkEvidence"


class TalkEvidence(Value, frozen=True, omit_defaults=False):
    """Where the fields of a session were read, by which rule, and how sure."""

    session: Evidence
    speakers: tuple[SpeakerEntry, ...]
    links: tuple[LinkEntry, ...]
    topics: tuple[TopicEntry, ...]
    fields: tuple[Evidence, ...]


class Record(Value, frozen=True, omit_defaults=False):
    """Everything that one note says, ready for JSON."""

    path: str
    event: EventEntry | None
    talks: tuple[TalkEntry, ...]
    sessions: tuple[TalkEntry, ...]
    """Those that are no talks: lunches, parties, hallway meetings."""
    topics: tuple[str, ...]
    links: tuple[str, ...]
    """Outside every session."""
    pictures: tuple[PictureEntry, ...]


def record(facts: Facts) -> Record:
    """Return `facts` as `kb extract` prints them."""
    return Record(
        path=facts.path,
        event=_event(facts.event) if facts.event else None,
        talks=tuple(_talk(session) for session in facts.sessions if session.is_talk),
        sessions=tuple(_talk(session) for session in facts.sessions if not session.is_talk),
        topics=_names(facts.topics),
        links=_urls(facts.links),
        pictures=_entries(facts.pictures),
    )


def _event(event: EventFacts) -> EventEntry:
    return EventEntry(
        name=event.name or None,
        place=event.place or None,
        year=event.year or None,
        series=event.series or None,
        edition=event.edition or None,
        day=event.day or None,
        part=event.part or None,
        evidence=event.why,
    )


def _urls(links: tuple[LinkMention, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.url for link in links))


def _talk(session: SessionFacts) -> TalkEntry:
    return TalkEntry(
        title=session.title,
        speakers=tuple(dict.fromkeys(speaker.name for speaker in session.speakers)),
        links=_urls(session.links),
        line=session.line,
        end=session.end,
        kind=session.kind,
        topics=_names(topic for topic in session.topics if not topic.guessed),
        guessed_topics=_names(topic for topic in session.topics if topic.guessed),
        day=session.day,
        part=session.part,
        start=session.start,
        finish=session.finish,
        room=session.room,
        track=session.track,
        abstract=session.abstract_text,
        pictures=_entries(session.pictures),
        heading=session.heading,
        evidence=TalkEvidence(
            session=session.evidence,
            speakers=tuple(as_kind(one, SpeakerEntry) for one in session.speakers),
            links=tuple(as_kind(one, LinkEntry) for one in session.links),
            topics=tuple(as_kind(one, TopicEntry) for one in session.topics),
            fields=session.why,
        ),
    )


def _entries(pictures: Iterable[PictureMention]) -> tuple[PictureEntry, ...]:
    return tuple(as_kind(one, PictureEntry) for one in pictures)


def _names(topics: Iterable[TopicMention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topic.name for topic in topics))
