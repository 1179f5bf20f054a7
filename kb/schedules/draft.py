"""What every format's reader ends with: sessions cleaned, in order, each with an id of its own."""

import hashlib
from collections.abc import Iterable

from kb.model.schedule import Schedule, ScheduleSession
from kb.model.value import Value, replace
from kb.schedules.fault import ScheduleFault
from kb.schedules.plain import address, line, text
from kb.schedules.times import day_of

MOST_SESSIONS = 10_000
"""Sessions of a schedule; the largest events of the world have a third of that."""
MOST_SPEAKERS = 100


class Draft(Value, frozen=True):
    """A session as a file gives it; every text as written."""

    id: str = ""
    title: str = ""
    subtitle: str = ""
    speakers: tuple[str, ...] = ()
    date: str = ""
    start: str = ""
    finish: str = ""
    room: str = ""
    track: str = ""
    kind: str = ""
    language: str = ""
    abstract: str = ""
    url: str = ""
    recording: str = ""
    line: int = 0


class Head(Value, frozen=True):
    """What a file says of the whole programme, as written."""

    title: str = ""
    start: str = ""
    end: str = ""
    timezone: str = ""
    version: str = ""
    url: str = ""
    remarks: tuple[str, ...] = ()


def finished(head: Head, drafts: Iterable[Draft]) -> Schedule:
    """Return the schedule that `drafts` make.

    A session without a title is left out with a remark; one that is there twice, letter for
    letter, is there once.

    Raises:
        ScheduleFault: there is no session, are too many, or two with one id.
    """
    remarks = list(head.remarks)
    found: dict[str, tuple[ScheduleSession, Draft]] = {}
    untitled = 0
    for draft in drafts:
        if len(found) >= MOST_SESSIONS:
            raise ScheduleFault(f"it has more than {MOST_SESSIONS:,} sessions", "split it")
        session = _session(draft)
        if not session.title:
            untitled += 1
            continue
        known = found.get(session.id)
        if known is None:
            found[session.id] = session, draft
        elif known[0] != session:
            raise ScheduleFault(
                f"two sessions have the id {session.id!r}: “{known[0].title}” and"
                f" “{session.title}”",
                "give one of them another id, or take it out",
                draft.line,
            )
    if not found:
        raise ScheduleFault("it has no session with a title", "export it again with its sessions")
    if untitled:
        remarks.append(f"{untitled} session{'' if untitled == 1 else 's'} without a title left out")
    sessions = sorted(
        (session for session, _ in found.values()),
        key=lambda one: (one.date or "9999", one.start or "99:99", one.room, one.title, one.id),
    )
    days = sorted({one.date for one in sessions if one.date})
    return Schedule(
        title=line(head.title),
        sessions=tuple(sessions),
        start=day_of(head.start) or (days[0] if days else ""),
        end=day_of(head.end) or (days[-1] if days else ""),
        timezone=line(head.timezone),
        version=line(head.version),
        url=address(head.url),
        remarks=tuple(remarks),
    )


def _session(draft: Draft) -> ScheduleSession:
    names = dict.fromkeys(filter(None, map(line, draft.speakers[:MOST_SPEAKERS])))
    session = ScheduleSession(
        id=line(draft.id)[:200],
        title=line(draft.title),
        subtitle=line(draft.subtitle),
        speakers=tuple(names),
        date=draft.date,
        start=draft.start,
        finish=draft.finish,
        room=line(draft.room),
        track=line(draft.track),
        kind=line(draft.kind),
        language=line(draft.language)[:20],
        abstract=text(draft.abstract),
        url=address(draft.url),
        recording=address(draft.recording),
    )
    return session if session.id else replace(session, id=_derived(session))


def _derived(session: ScheduleSession) -> str:
    """Return an id for a session that has none: the same each time, of what tells it apart."""
    told = f"{session.title}\0{session.date}\0{session.start}\0{session.room}"
    return hashlib.sha256(told.encode()).hexdigest()[:10]
