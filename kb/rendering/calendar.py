"""Calendars of events (RFC 5545). The only file that imports icalendar."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from kb.model.site import EventRecord
from kb.rendering.catalog import Catalog, shorten
from kb.rendering.events import has_calendar
from kb.rendering.feeds import identifier
from kb.rendering.views import CalendarEntry, CalendarView, Page
from kb.rendering.words import is_day, next_day

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def calendar_pages(catalog: Catalog) -> Iterator[Page]:
    """Yield the calendar of every event of which anything is dated."""
    for record in catalog.events.values():
        if has_calendar(record, catalog):
            yield calendar_of(record, catalog)


def calendar_of(record: EventRecord, catalog: Catalog) -> Page:
    """Return the calendar of one event, of which something is dated."""
    sessions = (catalog.sessions.get(url) for url in record.sessions)
    view = CalendarView(
        record.title or record.name,
        record.place,
        record.start if is_day(record.start) else "",
        record.end if is_day(record.end) else "",
        catalog.absolute(record.url) if catalog.base else "",
        identifier(record.url, catalog),
        tuple(
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
            if one is not None and is_day(one.date)
        ),
    )
    return Page(f"{record.url.lstrip('/')}calendar.ics", "calendar.ics", None, view)


def to_ics(view: CalendarView) -> bytes:
    """Return a calendar. Times are floating: notes tell the hour on the wall, and no zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//kb//conference notes//EN")
    calendar.add("version", "2.0")
    calendar.add("name", _line(view.title))
    calendar.add("x-wr-calname", _line(view.title))
    first = view.start or min(one.date for one in view.entries)
    stamp = datetime.combine(date.fromisoformat(first), datetime.min.time(), UTC)
    if view.start:
        whole = Event()
        whole.add("uid", _line(view.uid))
        whole.add("dtstamp", stamp)
        whole.add("summary", _line(view.title))
        whole.add("dtstart", date.fromisoformat(view.start))
        whole.add("dtend", date.fromisoformat(next_day(view.end or view.start)))
        if view.place:
            whole.add("location", _line(view.place))
        if view.url:
            whole.add("url", _line(view.url))
        calendar.add_component(whole)
    for entry in view.entries:
        calendar.add_component(_event(entry, view.place, stamp))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, place: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", _line(entry.uid))
    event.add("dtstamp", stamp)
    event.add("summary", _line(entry.title))
    start = _moment(entry.date, entry.start)
    if start is None:
        event.add("dtstart", date.fromisoformat(entry.date))
        event.add("dtend", date.fromisoformat(next_day(entry.date)))
    else:
        event.add("dtstart", start)
        finish = _moment(entry.date, entry.finish)
        if finish is not None and finish > start:
            event.add("dtend", finish)
    where = ", ".join(part for part in (entry.room, place) if part)
    if where:
        event.add("location", _line(where))
    words = "\n\n".join(part for part in (", ".join(entry.speakers), entry.abstract) if part)
    if words:
        event.add("description", _CONTROL.sub("", words))
    if entry.url:
        event.add("url", _line(entry.url))
    return event


def _line(text: str) -> str:
    """Return text as one line without control characters, which the format cannot hold."""
    return _CONTROL.sub("", " ".join(text.split()))


def _moment(day: str, time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{time}") if time else None
    except ValueError:
        return None
