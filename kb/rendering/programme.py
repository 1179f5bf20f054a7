"""An event's published programme as grids: rooms across, times down, what was noted marked."""

from collections.abc import Sequence
from itertools import groupby

from kb.model.site import Billed, EventRecord
from kb.rendering.catalog import Desk, host_of
from kb.rendering.hrefs import fit
from kb.rendering.views import Announced, GridCell, GridDay, GridRow, ProgrammeView, Ref

_LATE = "24:00"


def programme_view(record: EventRecord, desk: Desk) -> ProgrammeView | None:
    """Return the programme of an event, None where none was published."""
    programme = record.programme
    if programme is None or not programme.sessions:
        return None
    name = " ".join(filter(None, (programme.title, programme.version)))
    host = host_of(programme.url)
    days = tuple(
        _day(date, tuple(sessions), desk)
        for date, sessions in groupby(programme.sessions, key=lambda one: one.date)
    )
    return ProgrammeView(
        source=Ref(fit(programme.url), name or host),
        noted=sum(one.session is not None for one in programme.sessions),
        days=days,
    )


def _day(date: str, sessions: Sequence[Billed], desk: Desk) -> GridDay:
    timed = [one for one in sessions if one.start]
    rooms = tuple(dict.fromkeys(one.room for one in sorted(timed, key=_room_order)))
    starts = sorted({one.start for one in timed})
    columns = [_column([one for one in timed if one.room == room], starts) for room in rooms]
    rows = tuple(
        GridRow(
            start,
            tuple(_cell(column[row], desk) for column in columns if column[row] is not None),
        )
        for row, start in enumerate(starts)
    )
    loose = tuple(_announced(one, desk) for one in sessions if not one.start)
    return GridDay(f"programme-{date or 'undated'}", date, rooms, rows, loose)


def _room_order(one: Billed) -> tuple[bool, list[tuple[int, str]], str]:
    """Sort rooms by name with numbers as numbers; what has no room comes last."""
    digits = groupby(one.room.casefold(), key=str.isdecimal)
    parts = [
        (int(text), "") if number else (-1, text)
        for number, letters in digits
        for text in ("".join(letters)[:18],)
    ]
    return not one.room, parts, one.room


_Slot = tuple[list[Billed], int]
"""Sessions of one cell, and over how many rows it goes."""


def _column(sessions: Sequence[Billed], starts: Sequence[str]) -> list[_Slot | None]:
    """Return the cell of each row of one room; None where the cell above goes on.

    Sessions that overlap share a cell.
    """
    column: list[_Slot | None] = []
    waiting = sorted(sessions, key=lambda one: (one.start, one.finish, one.title))
    row = 0
    while row < len(starts):
        here = [one for one in waiting if one.start == starts[row]]
        end = max(map(_end, here), default="")
        stop = row + 1
        while here and stop < len(starts) and starts[stop] < end:
            more = [one for one in waiting if one.start == starts[stop]]
            here += more
            end = max(end, *map(_end, more)) if more else end
            stop += 1
        column.append((here, stop - row))
        column.extend([None] * (stop - row - 1))
        row = stop
    return column


def _end(one: Billed) -> str:
    """Return when a session ends, as a time that can be compared with starts."""
    if not one.finish or one.finish == one.start:
        return ""
    return one.finish if one.finish > one.start else _LATE


def _cell(slot: _Slot | None, desk: Desk) -> GridCell:
    sessions, span = slot if slot is not None else ([], 1)
    return GridCell(tuple(_announced(one, desk) for one in sessions), span)


def _announced(one: Billed, desk: Desk) -> Announced:
    session = desk.session(one.session)
    return Announced(
        href=session.href if session else fit(one.url),
        title=one.title,
        noted=session is not None,
        speakers=("; " if any("," in name for name in one.speakers) else ", ").join(one.speakers),
        start=one.start,
        finish=one.finish,
        room=one.room,
        track=one.track,
    )
