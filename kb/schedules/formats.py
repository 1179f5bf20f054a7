"""Which format a schedule has, and its reading: bytes → `Schedule`."""

import codecs
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kb.model.schedule import Schedule
from kb.model.value import convert, to_plain
from kb.schedules.draft import Draft, Head, finished
from kb.schedules.fault import ScheduleFault
from kb.schedules.frab_json import read_json
from kb.schedules.frab_xml import read_xml
from kb.schedules.ical import read_ical
from kb.schedules.table import read_csv

MOST_BYTES = 16_777_216
"""Of a schedule; the largest that are published have a third of that."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Format(NamedTuple):
    """One format that schedules are published in."""

    name: str
    fits: Callable[[str, bytes], bool]
    """Told the file's name in lower case, and how it begins (without white space)."""
    read: Callable[[bytes, str], Schedule]
    """Told the bytes and the zone that the user named; may raise `ScheduleFault`."""


FORMATS: Sequence[Format] = (
    Format(
        "schedule.xml",
        lambda name, start: start.startswith(b"<"),
        read_xml,
    ),
    Format(
        "iCalendar",
        lambda name, start: start[:15].upper() == b"BEGIN:VCALENDAR" or name.endswith(".ics"),
        lambda data, zone: read_ical(_decoded(data), zone),
    ),
    Format(
        "schedule.json",
        lambda name, start: start[:1] in {b"{", b"["} or name.endswith(".json"),
        lambda data, zone: read_json(_decoded(data), zone),
    ),
    Format(
        "CSV",
        lambda name, start: name.endswith((".csv", ".tsv", ".txt")),
        lambda data, zone: read_csv(_decoded(data), zone),
    ),
)
"""The first that fits reads the file."""


def read_schedule(
    data: bytes, name: str, timezone: str = "", formats: Sequence[Format] = FORMATS
) -> Schedule:
    """Return the schedule that `data` holds.

    Args:
        data: the file.
        name: of the file, which tells its format where its beginning does not.
        timezone: IANA name of the event's zone, over what the file says; may be `""`.
        formats: those that are known.

    Raises:
        ScheduleFault: it is empty, of no format that is known, or cannot be used.
    """
    start = data[:4096]
    for mark, _ in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip()
    if not start and not data.strip():
        raise ScheduleFault("the file is empty")
    if len(data) > MOST_BYTES:
        raise ScheduleFault(f"it has {len(data):,} bytes; the most is {MOST_BYTES:,}", "split it")
    known = next((one for one in formats if one.fits(name.lower(), start)), None)
    if known is None:
        raise ScheduleFault(
            "this is no schedule that kb knows",
            "expected schedule.json or schedule.xml (frab, pretalx), iCalendar or CSV",
        )
    return known.read(data, timezone)


def cleaned(schedule: Schedule) -> Schedule:
    """Return a schedule that was read elsewhere, as the readers here would have it.

    Raises:
        ScheduleFault: it has no session, too many, or two with one id.
    """
    head = Head(
        title=schedule.title,
        start=schedule.start,
        end=schedule.end,
        timezone=schedule.timezone,
        version=schedule.version,
        url=schedule.url,
        remarks=schedule.remarks,
    )
    return finished(head, (convert(to_plain(one), Draft) for one in schedule.sessions))


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise ScheduleFault("the file is not UTF-8", "save it as UTF-8", line) from fault
    return text.removeprefix("\ufeff")
