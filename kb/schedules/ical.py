"""iCalendar (RFC 5545), one `VEVENT` a session; the only file that imports icalendar."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from kb.model.pattern import Pattern
from kb.model.schedule import Schedule
from kb.schedules.draft import MOST_SESSIONS, Draft, Head, finished
from kb.schedules.fault import ScheduleFault
from kb.schedules.plain import line
from kb.schedules.recordings import recording_among
from kb.schedules.times import Moment, local, zone_of

_BEGIN = Pattern(r"^[ \t]*BEGIN:([A-Za-z-]+)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_END = Pattern(r"^[ \t]*END:([A-Za-z-]+)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_ADDRESS = Pattern(r"https?://[^\s<>\"]+")
_MOST_PARTS = 4 * MOST_SESSIONS
_LIBRARY_FAULTS = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What the library raises for calendars that are none."""


def read_ical(text: str, timezone: str = "") -> Schedule:
    """Return the schedule that `text` holds; of a series of events, the first.

    Args:
        text: the file.
        timezone: of the event: moments in UTC, or of no zone that is known, are shown by it.

    Raises:
        ScheduleFault: it is no calendar, has no end, names an unknown zone, or cannot be used.
    """
    _whole(text)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except _LIBRARY_FAULTS as fault:
        words = " ".join(str(fault).split())[:120]
        raise ScheduleFault(f"this is not iCalendar: {words or 'it cannot be read'}") from fault
    if not calendars:
        raise ScheduleFault("this is not iCalendar: it holds no calendar that is whole")
    first = calendars[0]
    named = timezone or line(_said(first, "X-WR-TIMEZONE"))
    defined = [line(_said(one, "TZID")) for one in first.walk("VTIMEZONE")]
    if not named and len(set(defined)) == 1:
        named = defined[0]
    # What a calendar defines for itself need not have the name of a zone that is known here.
    zone = zone_of(named) if named not in defined else _known(named)
    pretalx = "pretalx" in line(_said(first, "PRODID")).lower()
    drafts: list[Draft] = []
    utc = 0
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            if line(_said(event, "STATUS")).upper() == "CANCELLED":
                continue
            draft, in_utc = _draft(event, zone, set(defined), pretalx=pretalx)
            drafts.append(draft)
            utc += in_utc
    remarks: tuple[str, ...] = ()
    if utc and zone is None:
        remarks = ("times are in UTC, and the calendar names no zone: give it with --timezone",)
    head = Head(
        title=line(_said(first, "X-WR-CALNAME")) or line(_said(first, "NAME")),
        timezone=named,
        url=line(_said(first, "URL")),
        remarks=remarks,
    )
    return finished(head, drafts)


def _whole(text: str) -> None:
    """Refuse a text that is no calendar, is cut off, or has too many parts."""
    begun = [found[1].upper() for found in _BEGIN.finditer(text)]
    if "VCALENDAR" not in begun:
        raise ScheduleFault("this is not iCalendar: BEGIN:VCALENDAR is missing")
    if len(begun) > _MOST_PARTS or begun.count("VEVENT") > MOST_SESSIONS:
        raise ScheduleFault(f"it has more than {MOST_SESSIONS:,} sessions", "split it")
    ended = [found[1].upper() for found in _END.finditer(text)]
    for name in dict.fromkeys(begun):
        if begun.count(name) > ended.count(name):
            raise ScheduleFault(
                f"the calendar is cut off: END:{name} is missing",
                "download it again",
                text.count("\n") + 1,
            )


def _known(name: str) -> ZoneInfo | None:
    try:
        return zone_of(name)
    except ScheduleFault:
        return None


def _draft(
    event: Any, zone: ZoneInfo | None, defined: set[str], *, pretalx: bool
) -> tuple[Draft, bool]:
    start, in_utc = _moment(event, "DTSTART", zone, defined)
    finish, _ = _moment(event, "DTEND", zone, defined)
    end = finish.start if start.start else ""
    if start.start and not end:
        length = _value(event, "DURATION")
        begin = _value(event, "DTSTART")
        if isinstance(length, timedelta) and isinstance(begin, datetime):
            end = _later(begin, length, zone)
    title = line(_said(event, "SUMMARY"))
    speakers = _people(event)
    if pretalx and not speakers and " - " in title:
        title, _, names = title.rpartition(" - ")
        speakers = tuple(name.strip() for name in names.split(","))
    words = str(_said(event, "DESCRIPTION") or "")
    identity = line(_said(event, "UID"))
    again = line(_said(event, "RECURRENCE-ID"))
    draft = Draft(
        id=f"{identity} {again}" if again else identity,
        title=title,
        speakers=speakers,
        date=start.date,
        start=start.start,
        finish=end,
        room=line(_said(event, "LOCATION")),
        track=_categories(event),
        abstract=words,
        url=line(_said(event, "URL")),
        recording=recording_among((found[0], "") for found in _ADDRESS.finditer(words[:20_000])),
    )
    return draft, in_utc


def _later(begin: datetime, length: timedelta, zone: ZoneInfo | None) -> str:
    try:
        return local(begin + length, _shown_in(begin, zone)).start
    except OverflowError:
        return ""


def _shown_in(moment: datetime, zone: ZoneInfo | None) -> ZoneInfo | None:
    """Return the zone to show `moment` in: UTC says nothing of where the event was."""
    return zone if moment.tzinfo is not None and moment.utcoffset() == timedelta() else None


def _moment(event: Any, name: str, zone: ZoneInfo | None, defined: set[str]) -> tuple[Moment, bool]:
    """Return when `name` of the event is, and whether only UTC is known of it."""
    value = _value(event, name)
    if isinstance(value, datetime):
        given = line(event[name].params.get("TZID")) if hasattr(event[name], "params") else ""
        if given and value.tzinfo is None and given not in defined:
            zone_of(given)  # tells that there is none of that name
        in_utc = value.tzinfo is UTC or (value.tzinfo is not None and str(value.tzinfo) == "UTC")
        return local(value, zone if in_utc else None), in_utc and zone is None
    if isinstance(value, date):
        return Moment(value.isoformat()), False
    return Moment(), False


def _value(event: Any, name: str) -> Any:
    try:
        return event.decoded(name)
    except _LIBRARY_FAULTS:
        return None


def _said(part: Any, name: str) -> object:
    found = part.get(name)
    if isinstance(found, list):
        found = found[0] if found else None
    try:
        return None if found is None else str(found)
    except _LIBRARY_FAULTS:
        return None


def _people(event: Any) -> tuple[str, ...]:
    """Return the names of those who attend as speakers."""
    return tuple(_attendees(event))


def _attendees(event: Any) -> Iterator[str]:
    found = event.get("ATTENDEE")
    for one in found if isinstance(found, list) else [found]:
        params = getattr(one, "params", {})
        role = line(params.get("ROLE")).upper()
        if line(params.get("CN")) and role in {"", "CHAIR", "REQ-PARTICIPANT", "SPEAKER"}:
            yield line(params.get("CN"))


def _categories(event: Any) -> str:
    found = event.get("CATEGORIES")
    one = found[0] if isinstance(found, list) and found else found
    names = getattr(one, "cats", ())
    return line(str(names[0])) if names else ""
