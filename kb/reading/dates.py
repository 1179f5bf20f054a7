"""Dates as people and programs write them, to ISO 8601."""

import datetime as dt
import re

from kb.model.pattern import Pattern

_ISO = Pattern(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:(?:[T_]|\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?\Z",
    re.IGNORECASE,
)
_COMPACT = Pattern(r"(\d{4})(\d\d)(\d\d)\Z")
_NAMED = Pattern(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?"
    r"(?P<month>[A-Za-z]{3,9})\.?|"
    r"(?P<word>[A-Za-z]{3,9})\.?\s+(?P<second>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>\d{4})\Z"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_date(value: object) -> str | None:
    """Return `value` as ISO 8601, None where it is no date.

    A date gives `2017-05-13`; a date with a time gives `2017-05-13T06:40:53+00:00`, or without
    an offset where none was written: nothing is taken from this machine's zone.

    Args:
        value: A `date` or `datetime`, or text in ISO 8601 (also with a space, slashes, or no zero
            before one digit), RFC 2822, or English words (`May 13, 2017`).
    """
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    try:
        return _numeric(text) or _named(text) or _mail(text)
    except (ValueError, OverflowError):
        return None


def _numeric(text: str) -> str | None:
    compact = _COMPACT.match(text)
    if compact is not None:
        return dt.date(*(int(part) for part in compact.groups())).isoformat()
    match = _ISO.match(text)
    if match is None:
        return None
    date = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    if match["hour"] is None:
        return date.isoformat()
    time = dt.time(
        int(match["hour"]),
        int(match["minute"]),
        int(match["second"] or 0),
        tzinfo=_zone(match["zone"]),
    )
    return dt.datetime.combine(date, time).isoformat()


def _zone(written: str | None) -> dt.timezone | None:
    if written is None:
        return None
    if written[0] not in "+-":
        return dt.UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if written[0] == "-" else offset)


def _named(text: str) -> str | None:
    match = _NAMED.match(text)
    if match is None:
        return None
    month = (match["month"] or match["word"]).lower()[:3]
    if month not in _MONTHS:
        return None
    day = int(match["first"] or match["second"])
    return dt.date(int(match["year"]), _MONTHS.index(month) + 1, day).isoformat()


def _mail(text: str) -> str | None:
    """Return a date of RFC 2822, section 3.3."""
    if not re.search(r"\d{4} \d{1,2}:\d\d", text):
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    return parsedate_to_datetime(text).isoformat()
