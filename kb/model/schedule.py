"""A published programme, and what of it belongs to which talk of the notes."""

from typing import Literal

from kb.model.value import Value


class ScheduleSession(Value, frozen=True):
    """One session as the conference announced it."""

    id: str
    """Unique in its schedule."""
    title: str
    subtitle: str = ""
    speakers: tuple[str, ...] = ()
    date: str = ""
    """ISO 8601, of the clock on the wall where it took place; `""` where it is not told."""
    start: str = ""
    """`14:30`, by the same clock."""
    finish: str = ""
    room: str = ""
    track: str = ""
    kind: str = ""
    """The conference's own word: `Talk`, `Workshop`."""
    language: str = ""
    abstract: str = ""
    """Plain text."""
    url: str = ""
    """Its page on the web; http or https, as `recording` is."""
    recording: str = ""


class Schedule(Value, frozen=True):
    """A whole programme, whatever format it was published in."""

    title: str = ""
    """Name of the event, as the schedule gives it."""
    sessions: tuple[ScheduleSession, ...] = ()
    """By date, start, room and title."""
    start: str = ""
    """First day, ISO 8601."""
    end: str = ""
    timezone: str = ""
    """IANA name, where it is told."""
    version: str = ""
    url: str = ""
    remarks: tuple[str, ...] = ()
    """What a person should know of how it was read, a line each."""


class Place(Value, frozen=True):
    """A session of a note."""

    note: str
    """`Note.path`."""
    talk: str
    """Its title as kb reads it; its heading where it has no title."""
    number: int = 1
    """Which of those of one title in that note, from 1."""


State = Literal["matched", "doubtful", "accepted"]


class Entry(Value, frozen=True):
    """A session of a programme, and the talk in the notes that it is (or may be)."""

    session: ScheduleSession
    told: tuple[Place, ...] = ()
    """Where the notes tell it: several places where several notes do."""
    score: float = 0.0
    """How alike both are, 0 to 1."""
    state: State | Literal[""] = ""
    """`""` where no note tells of it; `accepted` is a person's own word."""
    rejected: tuple[Place, ...] = ()
    """What it is not, as a person has said."""
    line: int = 0
    """In the file of the programme."""

    @property
    def holds(self) -> bool:
        """Whether it is taken for what the notes tell."""
        return bool(self.told) and self.state in {"matched", "accepted"}


class Programme(Value, frozen=True):
    """`content/schedules/EVENT.toml`: a schedule beside the notes."""

    path: str
    """Of the file, relative to the site's folder."""
    event: str
    """Title of the event that it is the programme of, as the site spells it."""
    source: str = ""
    """Name of the file that it was made from."""
    title: str = ""
    version: str = ""
    url: str = ""
    timezone: str = ""
    start: str = ""
    end: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()
    """Where `event`, `start` and `end` stand; 0 where they do not."""
