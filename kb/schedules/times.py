"""Dates, times and zones of schedules, as the clock on the wall showed them at the event.

Formats: ISO 8601 as RFC 3339 profiles it, `14:30`, and durations as frab writes them (`00:45`,
`1:30:00`). Zones are named as in the IANA database (https://www.iana.org/time-zones).
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kb.model.pattern import Pattern
from kb.schedules.fault import ScheduleFault
from kb.schedules.plain import line

_CLOCK = Pattern(r"([01]?\d|2[0-4])[:.h]([0-5]\d)(?:[:.][0-5]\d(?:\.\d+)?)?")
_LENGTH = Pattern(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)")
_MINUTES = Pattern(r"\d{1,4}")
_ISO = Pattern(r"(\d{4}-\d\d-\d\d)(?:[T ](.+))?")
_LONGEST = timedelta(days=14)


class Moment(NamedTuple):
    """When something begins: an ISO date and `14:30`, either may be `""`."""

    date: str = ""
    start: str = ""


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone called `name`, None for `""`.

    Raises:
        ScheduleFault: there is none of that name.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError) as fault:
        raise ScheduleFault(
            f"there is no time zone “{line(name)[:60]}”",
            "name the zone of the event: --timezone Europe/Berlin",
        ) from fault


def local(moment: datetime, zone: ZoneInfo | None) -> Moment:
    """Return what the clock in `zone` shows at `moment`; without a zone, what it says itself."""
    try:
        shown = moment.astimezone(zone) if zone and moment.tzinfo else moment
    except (OverflowError, ValueError):
        return Moment()
    return Moment(f"{shown:%Y}".zfill(4) + f"-{shown:%m-%d}", f"{shown:%H:%M}")


def moment_of(text: str, zone: ZoneInfo | None = None) -> Moment:
    """Return the date and time that `text` (ISO 8601) tells; nothing where it is no such text."""
    found = _ISO.fullmatch(text.strip())
    if found is None or day_of(found[1]) == "":
        return Moment()
    if not found[2]:
        return Moment(found[1])
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return Moment(found[1], clock(found[2]))
    return local(moment, zone)


def day_of(text: str) -> str:
    """Return the ISO date that `text` begins with, `""` where it is none."""
    try:
        return date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError:
        return ""


def clock(text: str) -> str:
    """Return a time of the day as `14:30`, `""` where `text` is none."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (int(found[1]) == 24 and found[2] != "00"):
        return ""
    return f"{int(found[1]) % 24:02d}:{found[2]}"


def length_of(text: str) -> timedelta:
    """Return how long `00:45`, `1:30:00` (hours first) or `45` (minutes) is; zero for no length."""
    trimmed = text.strip()
    if _MINUTES.fullmatch(trimmed):
        return min(timedelta(minutes=int(trimmed)), _LONGEST)
    found = _LENGTH.fullmatch(trimmed)
    if found is None:
        return timedelta()
    if found[1] is None:
        return min(timedelta(hours=int(found[2]), minutes=int(found[3])), _LONGEST)
    return min(timedelta(hours=int(found[1]), minutes=int(found[2])), _LONGEST)


def after(start: str, length: timedelta) -> str:
    """Return the time of the day that is `length` after `start`, `""` where either is missing."""
    if not start or not length:
        return ""
    minutes = int(start[:2]) * 60 + int(start[3:]) + int(length.total_seconds()) // 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
