"""What one note says about talks, speakers, topics, links and its event, with the evidence."""

from typing import Literal, get_args

from kb.model.finding import Finding
from kb.model.note import Lines
from kb.model.value import Value

SessionKind = Literal["keynote", "talk", "panel", "forum", "workshop", "lightning", "social"]
TALK_KINDS: frozenset[str] = frozenset(
    {"keynote", "talk", "panel", "forum", "workshop", "lightning"}
)
"""The kinds of session that are talks; a `social` one has a page and a place on its day only."""

LinkKind = Literal[
    "recording",
    "slides",
    "code",
    "package",
    "docs",
    "wiki",
    "etherpad",
    "schedule",
    "paper",
    "profile",
    "article",
]
LINK_KINDS: tuple[str, ...] = get_args(LinkKind)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""As facts and records name them, in the order of `date.weekday`."""


class Evidence(Value, frozen=True):
    """Where a fact was read, by which rule, and how sure kb is."""

    line: int
    """1-based line in the note; 0 where the file's name or another file told it."""
    rule: str
    """Name of the rule, as docs/extraction.md lists it; `explicit…` where the writer said so."""
    sure: float
    """0 to 1; 1 only where the writer said it outright."""
    text: str = ""
    """The words it was read from."""
    path: str = ""
    """The file, where it is not the note itself."""

    @property
    def explicit(self) -> bool:
        """Whether the writer said it, rather than kb guessed it."""
        return self.rule.startswith("explicit")


class SpeakerMention(Value, frozen=True, array_like=True):
    """A person named as speaker of one session."""

    name: str
    """As written, without company, role, handle or markup."""
    evidence: Evidence
    organisation: str = ""
    role: str = ""
    handle: str = ""
    """With its `@`."""
    url: str = ""
    """A profile that the name links to."""


class TopicMention(Value, frozen=True, array_like=True):
    """A topic of a session or note."""

    name: str
    """As the vocabulary spells it, else as written."""
    evidence: Evidence
    guessed: bool = False
    """True for a term that kb found in the text; False for tags and vocabulary."""


class LinkMention(Value, frozen=True, array_like=True):
    """A URL that a session (or a note outside its sessions) cites."""

    url: str
    """As written."""
    kind: str
    """One of `LINK_KINDS`, or a site's own."""
    text: str
    """The link's text; `""` where it is the URL itself."""
    context: str
    """The sentence or list item around it, plain text."""
    evidence: Evidence


class PictureMention(Value, frozen=True, array_like=True):
    """A picture of a session or note."""

    target: str
    """As written."""
    alt: str
    line: int
    taken: str = ""
    """When it was taken, as its name tells: `05-08T14:52:01`, with a year where known."""


class SessionFacts(Value, frozen=True, array_like=True):
    """One session as one note tells it."""

    title: str
    """`""` where the note gives it none."""
    kind: SessionKind
    line: int
    """Where it starts: its heading, or its paragraph."""
    end: int
    """Its last line."""
    evidence: Evidence
    """Why kb takes it for a session."""
    notes: tuple[Lines, ...] = ()
    """The lines to show as its notes: everything that the fields below do not tell."""
    abstract: Lines | None = None
    speakers: tuple[SpeakerMention, ...] = ()
    links: tuple[LinkMention, ...] = ()
    topics: tuple[TopicMention, ...] = ()
    pictures: tuple[PictureMention, ...] = ()
    heading: str = ""
    """The heading as written, plain text."""
    anchor: str = ""
    """The id of its heading in the note, where it has one."""
    abstract_text: str = ""
    day: str = ""
    """ISO date, or an English weekday in lower case, or `day-2`."""
    part: str = ""
    """`am`, `pm`, `evening` where only that is known."""
    start: str = ""
    """`14:30`, 24 hours."""
    finish: str = ""
    room: str = ""
    track: str = ""
    why: tuple[Evidence, ...] = ()
    """Evidence of the other fields (title, kind, day, time, room), each rule naming its field."""
    programme: str = ""
    """The session of a published programme that it is: the programme's path, `#` and its id."""

    @property
    def is_talk(self) -> bool:
        """Whether it is a talk, rather than another session."""
        return self.kind in TALK_KINDS


class EventFacts(Value, frozen=True, array_like=True):
    """The event that one note is about."""

    name: str = ""
    place: str = ""
    year: int = 0
    series: str = ""
    edition: str = ""
    day: str = ""
    """ISO date, an English weekday in lower case, or `day-2`: what the whole note is about."""
    part: str = ""
    why: tuple[Evidence, ...] = ()


class Facts(Value, frozen=True, array_like=True):
    """All that one note says."""

    path: str
    event: EventFacts | None = None
    sessions: tuple[SessionFacts, ...] = ()
    topics: tuple[TopicMention, ...] = ()
    """Of the whole note: its tags, categories and vocabulary terms."""
    links: tuple[LinkMention, ...] = ()
    """Outside every session."""
    pictures: tuple[PictureMention, ...] = ()
    """Outside every session."""
    people: tuple[SpeakerMention, ...] = ()
    """Persons named outside sessions with good evidence (for agreement over notes)."""
    findings: tuple[Finding, ...] = ()

    @property
    def talks(self) -> tuple[SessionFacts, ...]:
        """The sessions that are talks."""
        return tuple(session for session in self.sessions if session.is_talk)
