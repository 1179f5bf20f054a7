"""Calendars of events and of the whole site, in the form of RFC 5545."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from kb.model.pattern import Pattern
from kb.model.site import EventRecord, SessionRecord
from kb.rendering.briefs import shorten
from kb.rendering.catalog import Catalog
from kb.rendering.events import has_calendar
from kb.rendering.feeds import identifier
from kb.rendering.views import CalendarEntry, CalendarView, Page
from kb.rendering.words import is_day, next_day

_WIDTH = 75
_MARKS = Pattern(r"[\\;,]")
_CONTROL = Pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def calendar_of(record: EventRecord, catalog: Catalog) -> Iterator[Page]:
    """Yield the calendar of an event of which anything is dated."""
    if has_calendar(record, catalog):
        path = f"{record.url.lstrip('/')}calendar.ics"
        yield Page(path, "calendar.ics", None, _view(record, catalog))


def calendar_of_site(catalog: Catalog) -> bytes:
    """Return one calendar of all events, and of all dated sessions, those of no event too."""
    views = [_view(one, catalog) for one in catalog.events.values() if has_calendar(one, catalog)]
    loose = [one for one in catalog.sessions.values() if one.event not in catalog.events]
    views.append(CalendarView("", "", "", "", "", "", _entries(loose, catalog)))
    return _calendar(catalog.settings.title, [line for view in views for line in _events(view)])


def _view(record: EventRecord, catalog: Catalog) -> CalendarView:
    sessions = (catalog.sessions.get(url) for url in record.sessions)
    return CalendarView(
        record.title,
        record.place,
        record.start if is_day(record.start) else "",
        record.end if is_day(record.end) else "",
        catalog.absolute(record.url) if catalog.base else "",
        identifier(record.url, catalog),
        _entries((one for one in sessions if one is not None), catalog),
    )


def _entries(sessions: Iterable[SessionRecord], catalog: Catalog) -> tuple[CalendarEntry, ...]:
    return tuple(
        CalendarEntry(
            identifier(one.url, catalog),
            one.title,
            one.date,
            one.start,
            one.finish,
            one.room,
            tuple(credit.name for credit in one.speakers),
            catalog.absolute(one.url) if catalog.base else "",
            shorten(one.abstract_text, 500),
        )
        for one in sessions
        if is_day(one.date)
    )


def to_ics(view: CalendarView) -> bytes:
    """Return a calendar. Times are floating: notes tell the hour on the wall, and no zone."""
    return _calendar(view.title, _events(view))


def _calendar(title: str, events: Iterable[str]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kb//conference notes//EN",
        f"NAME:{_text(title)}",
        f"X-WR-CALNAME:{_text(title)}",
        *events,
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("utf-8", "replace")


def _events(view: CalendarView) -> Iterator[str]:
    if not view.start and not view.entries:
        return
    first = view.start or min(one.date for one in view.entries)
    stamp = f"{_day(first)}T000000Z"
    if view.start:
        yield "BEGIN:VEVENT"
        yield f"UID:{_text(view.uid)}"
        yield f"DTSTAMP:{stamp}"
        yield f"SUMMARY:{_text(view.title)}"
        yield f"DTSTART;VALUE=DATE:{_day(view.start)}"
        yield f"DTEND;VALUE=DATE:{_day(next_day(view.end or view.start))}"
        yield from [f"LOCATION:{_text(view.place)}"] if view.place else []
        yield from [f"URL:{_line(view.url)}"] if view.url else []
        yield "END:VEVENT"
    for entry in view.entries:
        yield from _event(entry, view.place, stamp)


def _event(entry: CalendarEntry, place: str, stamp: str) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{stamp}",
        f"SUMMARY:{_text(entry.title)}",
    ]
    start, finish = _moment(entry.date, entry.start), _moment(entry.date, entry.finish)
    if start:
        lines.append(f"DTSTART:{start}")
        if finish > start:
            lines.append(f"DTEND:{finish}")
    else:
        lines.append(f"DTSTART;VALUE=DATE:{_day(entry.date)}")
        lines.append(f"DTEND;VALUE=DATE:{_day(next_day(entry.date))}")
    where = ", ".join(part for part in (entry.room, place) if part)
    if where:
        lines.append(f"LOCATION:{_text(where)}")
    words = [_text(part) for part in (", ".join(entry.speakers), entry.abstract) if part]
    if words:
        lines.append("DESCRIPTION:" + "\\n\\n".join(words))
    if entry.url:
        lines.append(f"URL:{_line(entry.url)}")
    lines.append("END:VEVENT")
    return lines


def _line(text: str) -> str:
    """Return text as one line without control characters, which the format cannot hold."""
    return _CONTROL.sub("", " ".join(text.split()))


def _text(text: str) -> str:
    """Return text as a value (RFC 5545, 3.3.11)."""
    return _MARKS.sub(r"\\\g<0>", _line(text))


def _folded(line: str) -> str:
    """Return a content line in pieces of at most 75 bytes (RFC 5545, 3.1), no character cut."""
    if len(line) <= _WIDTH and line.isascii():
        return line
    pieces, piece, size = [], "", 0
    for letter in line:
        more = len(letter.encode("utf-8", "replace"))
        if size + more > _WIDTH:
            pieces.append(piece)
            piece, size = " ", 1
        piece += letter
        size += more
    return "\r\n".join([*pieces, piece])


def _day(iso: str) -> str:
    return iso.replace("-", "")


def _moment(day: str, time: str) -> str:
    """Return a day and time as the format writes them, `""` where there is no such time."""
    try:
        return datetime.fromisoformat(f"{day}T{time}").strftime("%Y%m%dT%H%M%S") if time else ""
    except ValueError:
        return ""
