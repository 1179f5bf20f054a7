"""Notes to be filled in: what `kb new --from` writes for sessions of a programme."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from kb.model.pattern import Pattern
from kb.model.schedule import Schedule, ScheduleSession
from kb.model.value import Value
from kb.schedules.writing import quoted

_SIGNS = Pattern(r"([\\`*_{}\[\]<>#|~&!])")

_READ_OTHERWISE = Pattern(r"[^\w\s,']|\b(?:by|with)\b", re.IGNORECASE)
"""What may make a heading be read as more than a title, so that the title is told outright."""


class Stub(Value, frozen=True):
    """A note that is not written yet."""

    name: str
    """What its file is called after: the title of a talk, or of the event."""
    date: str
    """ISO 8601, `""` where the programme does not tell it."""
    text: str


def day_stubs(schedule: Schedule, event: str) -> tuple[Stub, ...]:
    """Return a note for each day of the programme with a heading for each of its sessions."""
    return tuple(
        Stub(event, day, _note(event, day, list(sessions), schedule, event))
        for day, sessions in groupby(schedule.sessions, key=lambda one: one.date)
    )


def session_stubs(
    schedule: Schedule, sessions: Sequence[ScheduleSession], event: str
) -> tuple[Stub, ...]:
    """Return a note for each of `sessions`."""
    return tuple(
        Stub(one.title, one.date, _note(one.title, one.date, [one], schedule, event))
        for one in sessions
    )


def _note(
    title: str, day: str, sessions: Sequence[ScheduleSession], schedule: Schedule, event: str
) -> str:
    lines = ["+++", f"title = {quoted(f'{title}, {day}' if title == event and day else title)}"]
    if day:
        lines.append(f"date = {day}")
    lines += ["", "[event]", f"name = {quoted(event)}"]
    year = (day or schedule.start)[:4]
    if year.isdecimal() and year not in event:
        lines.append(f"year = {int(year)}")
    if day:
        lines.append(f"day = {quoted(day)}")
    for session in sessions:
        lines += ["", "[[talks]]", *_facts(session)]
    lines.append("+++")
    for session in sessions:
        lines += ["", f"#### {_escaped(session.title)}", "", "* "]
    return "\n".join(lines) + "\n"


def _escaped(title: str) -> str:
    return _SIGNS.sub(r"\\\1", title)


def _facts(session: ScheduleSession) -> Iterator[str]:
    yield f"title = {quoted(session.title)}"
    if _READ_OTHERWISE.search(session.title):
        yield f"name = {quoted(session.title)}"
    if session.speakers:
        yield f"speakers = [{', '.join(map(quoted, session.speakers))}]"
    if session.start:
        time = f"{session.start}–{session.finish}" if session.finish else session.start
        yield f"time = {quoted(time)}"
    for key in ("room", "track", "recording"):
        if value := getattr(session, key):
            yield f"{key} = {quoted(value)}"
