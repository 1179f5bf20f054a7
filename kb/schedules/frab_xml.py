"""`schedule.xml` as frab, pretalx and pentabarf write it (https://c3voc.de/wiki/schedule).

Read as a stream by expat. A document type is refused where it begins, so no entity is ever
declared: nothing can grow, and nothing outside the file is asked for.
"""

import io
from collections.abc import Iterator
from xml.parsers import expat
from zoneinfo import ZoneInfo

from kb.model.schedule import Schedule
from kb.schedules.draft import MOST_SESSIONS, Draft, Head, finished
from kb.schedules.fault import ScheduleFault
from kb.schedules.frab_json import when_of
from kb.schedules.recordings import recording_among
from kb.schedules.times import after, length_of, zone_of

_DEEPEST = 40
_LONGEST = 40_000
"""Characters of one element's text that are kept."""
_FIELDS = frozenset(
    {
        "room", "title", "subtitle", "track", "type", "date", "start", "duration", "abstract",
        "description", "language", "url", "origin_url", "video_download_url", "slug",
    }
)  # fmt: skip


def read_xml(data: bytes, timezone: str = "") -> Schedule:
    """Return the schedule that `data` holds.

    Args:
        data: the file, in any encoding that XML names.
        timezone: of the event, over what the file says.

    Raises:
        ScheduleFault: it is no XML, has a document type, is no schedule, or cannot be used.
    """
    reader = _Reader()
    try:
        reader.parser.ParseFile(io.BytesIO(data))
    except expat.ExpatError as fault:
        words = expat.errors.messages.get(fault.code, "not well-formed")
        raise ScheduleFault(
            f"this is not XML: {words}", "", fault.lineno, fault.offset + 1
        ) from fault
    except (LookupError, ValueError) as fault:
        raise ScheduleFault("this is not XML: its encoding is unknown") from fault
    if reader.root != "schedule":
        raise ScheduleFault(
            f"this XML is no schedule: it begins with <{reader.root[:40]}>",
            "expected <schedule> with <conference> and <day>, as frab and pretalx write it",
        )
    head = reader.head
    name = timezone or head.get("time_zone_name", "")
    zone = zone_of(name.strip())
    return finished(
        Head(
            title=head.get("title", ""),
            start=head.get("start", ""),
            end=head.get("end", ""),
            timezone=name,
            version=head.get("version", ""),
            url=head.get("url", "") or head.get("base_url", ""),
        ),
        _drafts(reader.sessions, zone),
    )


class _Session:
    """An `<event>` while it is read."""

    def __init__(self, identity: str, day: str, room: str, line: int) -> None:
        self.identity = identity
        self.day = day
        self.room = room
        self.line = line
        self.fields: dict[str, str] = {}
        self.people: list[str] = []
        self.links: list[tuple[str, str]] = []


class _Reader:
    """Gathers what expat meets, one element after the other."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.root = ""
        self.head: dict[str, str] = {}
        self.sessions: list[_Session] = []
        self._path: list[str] = []
        self._day = ""
        self._room = ""
        self._session: _Session | None = None
        self._words: list[str] = []
        self._size = 0
        self._link = ""

    def _doctype(self, *_: object) -> None:
        raise ScheduleFault(
            "it declares a document type, which may hold entities; kb reads no such file",
            "take the line <!DOCTYPE …> out",
            self.parser.CurrentLineNumber,
            self.parser.CurrentColumnNumber + 1,
        )

    def _entity(self, *_: object) -> None:
        self._doctype()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._words.clear()
        self._size = 0
        if len(self._path) > _DEEPEST:
            raise ScheduleFault(
                "its elements are nested too deeply", "", self.parser.CurrentLineNumber
            )
        if len(self._path) == 1:
            self.root = name
        elif name == "day" and len(self._path) == 2:
            self._day = attributes.get("date", "")
        elif name == "room" and len(self._path) == 3:
            self._room = attributes.get("name", "")
        elif name == "event" and self._session is None:
            self._begin(attributes)
        elif name in {"link", "attachment"}:
            self._link = attributes.get("href", "")

    def _begin(self, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.sessions) >= MOST_SESSIONS:
            raise ScheduleFault(f"it has more than {MOST_SESSIONS:,} sessions", "split it", line)
        identity = next(
            (attributes[key] for key in ("code", "id", "guid") if attributes.get(key)), ""
        )
        self._session = _Session(identity, self._day, self._room, line)
        self.sessions.append(self._session)

    def _text(self, words: str) -> None:
        if self._size < _LONGEST:
            self._words.append(words)
            self._size += len(words)

    def _end(self, name: str) -> None:
        words = "".join(self._words).strip()
        self._words.clear()
        above = self._path[-2] if len(self._path) > 1 else ""
        self._path.pop()
        session = self._session
        if session is None:
            if above in {"schedule", "conference"} and words:
                self.head.setdefault(name, words)
        elif name == "event":
            self._session = None
        elif name == "person" or (name in {"name", "public_name"} and above == "person"):
            if words:
                session.people.append(words)
        elif name in {"link", "attachment"}:
            session.links.append((self._link, words))
        elif above == "recording" and name == "url":
            session.links.append((words, "recording"))
        elif above == "event" and name in _FIELDS and words:
            session.fields.setdefault(name, words)


def _drafts(sessions: list[_Session], zone: ZoneInfo | None) -> Iterator[Draft]:
    for one in sessions:
        said = one.fields.get
        when = when_of(said("date", ""), said("start", ""), one.day, zone)
        video = (said("video_download_url", ""), "recording")
        yield Draft(
            id=one.identity,
            title=said("title", ""),
            subtitle=said("subtitle", ""),
            speakers=tuple(one.people),
            date=when.date,
            start=when.start,
            finish=after(when.start, length_of(said("duration", ""))),
            room=said("room", "") or one.room,
            track=said("track", ""),
            kind=said("type", ""),
            language=said("language", ""),
            abstract=said("abstract", "") or said("description", ""),
            url=said("url", "") or said("origin_url", ""),
            recording=recording_among([video, *one.links]),
            line=one.line,
        )
