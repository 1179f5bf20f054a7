"""A programme as CSV (RFC 4180; commas, semicolons or tabs), one session a row.

The first row names the columns, in any order: `title` is needed; docs/schedules.md lists all.
"""

import csv
import io
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kb.model.pattern import Pattern
from kb.model.schedule import Schedule
from kb.schedules.draft import Draft, Head, finished
from kb.schedules.fault import ScheduleFault
from kb.schedules.times import Moment, after, clock, day_of, length_of, moment_of, zone_of

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "talk", "session"),
    "id": ("id", "code", "guid"),
    "subtitle": ("subtitle",),
    "speakers": ("speakers", "speaker", "persons", "presenters"),
    "date": ("date", "day"),
    "start": ("start", "time", "begin", "starts"),
    "finish": ("finish", "end", "ends"),
    "duration": ("duration", "length"),
    "room": ("room", "location", "venue"),
    "track": ("track",),
    "kind": ("kind", "type", "format"),
    "language": ("language",),
    "abstract": ("abstract", "description", "summary"),
    "url": ("url", "link"),
    "recording": ("recording", "video"),
}
"""Field → the words that may head its column, the documented one first."""
_NAMES = Pattern(r"\s*[;|\n]\s*")


def read_csv(text: str, timezone: str = "") -> Schedule:
    """Return the schedule that `text` holds.

    Args:
        text: the file.
        timezone: of the event, for cells that tell moments with an offset.

    Raises:
        ScheduleFault: it has no column of titles, a row that cannot be read, or cannot be used.
    """
    zone = zone_of(timezone)
    first = text.lstrip("\n\r ").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    # Every kind of line end inside quotes is part of a cell, so the reader gets them as they are.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heads = _heads(next((row for row in rows if any(cell.strip() for cell in row)), []))
        return finished(Head(timezone=timezone), _drafts(rows, heads, zone))
    except csv.Error as fault:
        raise ScheduleFault(f"this is not CSV: {fault}", "", rows.line_num) from fault


def _heads(row: list[str]) -> dict[int, str]:
    """Return the field of each column that is known."""
    by_word = {word: field for field, words in COLUMNS.items() for word in words}
    fields: dict[int, str] = {}
    for number, cell in enumerate(row):
        field = by_word.get(cell.strip().casefold().removesuffix(" (s)"))
        if field and field not in fields.values():
            fields[number] = field
    if "title" not in fields.values():
        raise ScheduleFault(
            "this is no schedule: no column is called `title`",
            "name the columns in the first row: title, speakers, date, start, room, …",
            1,
        )
    return fields


def _drafts(
    rows: Iterator[list[str]], heads: dict[int, str], zone: ZoneInfo | None
) -> Iterator[Draft]:
    line = getattr(rows, "line_num", 0) + 1
    for row in rows:
        cells = {heads[number]: cell for number, cell in enumerate(row) if number in heads}
        said = cells.get
        if any(cell.strip() for cell in cells.values()):
            when = _when(said("date", ""), said("start", ""), zone)
            finish = clock(said("finish", "")) or moment_of(said("finish", ""), zone).start
            yield Draft(
                id=said("id", ""),
                title=said("title", ""),
                subtitle=said("subtitle", ""),
                speakers=_people(said("speakers", "")),
                date=when.date,
                start=when.start,
                finish=finish or after(when.start, length_of(said("duration", ""))),
                room=said("room", ""),
                track=said("track", ""),
                kind=said("kind", ""),
                language=said("language", ""),
                abstract=said("abstract", ""),
                url=said("url", ""),
                recording=said("recording", ""),
                line=line,
            )
        line = getattr(rows, "line_num", 0) + 1


def _people(cell: str) -> tuple[str, ...]:
    """Return the names of a cell: between semicolons or bars, else between commas."""
    names = _NAMES.split(cell.strip())
    if len(names) == 1 and cell.count(",") != 1:
        names = cell.split(",")
    elif len(names) == 1 and all(" " in part.strip() for part in cell.split(",")):
        names = cell.split(",")  # one comma alone may stand in “Last, First”
    return tuple(name.strip() for name in names if name.strip())


def _when(date: str, start: str, zone: ZoneInfo | None) -> Moment:
    moment = moment_of(start, zone)
    if moment.start:
        return moment
    whole = moment_of(date, zone)
    return Moment(whole.date or day_of(date), clock(start) or whole.start)
