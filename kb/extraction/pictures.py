"""When a picture was taken, as its file's name tells."""

import re
from urllib.parse import unquote

from kb.extraction.lexicon import MONTHS
from kb.model.facts import PictureMention
from kb.model.note import Reference
from kb.model.pattern import Pattern

_MONTH = "|".join(sorted((m for m in MONTHS if len(m) >= 3 and m.isascii()), key=len, reverse=True))
_NAMED = Pattern(
    rf"(?<![a-z])(?P<month>{_MONTH})[-_ .]+(?P<day>\d{{1,2}})(?:[-_ ,.]+(?P<year>(?:19|20)\d\d))?"
    r"[-_ .,]+(?P<hour>\d{1,2})[-_.: ](?P<minute>\d{2})(?:[-_.: "
    r"](?P<second>\d{2}))?[-_. ]*(?P<half>[ap]m)?",
    re.IGNORECASE,
)
_NUMBERED = Pattern(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_. ]?(?P<month>0[1-9]|1[0-2])[-_. "
    r"]?(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[-_. T]+(?:at[-_. ]+)?(?P<hour>[01]?\d|2[0-3])[-_.:hH]?(?P<minute>[0-5]\d)"
    r"(?:[-_.:mM]?(?P<second>[0-5]\d))?\d{0,3}[-_. ]*(?P<half>[ap]m)?)?(?!\d)",
    re.IGNORECASE,
)


def taken(target: str) -> str:
    """Return when a picture was taken, by its name: `2017-05-08T14:52:01`, `05-08T14:52:01`.

    The year is left out where the name has none, the time where it has only a date; `""` where the
    name tells nothing. `Photo-May-08--2-52-01-PM.jpg`, `IMG_20170508_145201.jpg`,
    `2017-05-08 14.52.01.jpg`, `Screenshot 2017-05-08 at 2.52.01 PM.png` are read.
    """
    name = unquote(target.split("?", maxsplit=1)[0].rsplit("/", 1)[-1])
    match = _NAMED.search(name) or _NUMBERED.search(name)
    if not match:
        return ""
    parts = match.groupdict()
    month = MONTHS.get(parts["month"].lower()) or int(parts["month"])
    day = int(parts["day"])
    if not 1 <= day <= 31:
        return ""
    date = f"{month:02d}-{day:02d}"
    if parts["year"]:
        date = f"{parts['year']}-{date}"
    if not parts["hour"]:
        return date if parts["year"] else ""
    hour, minute = int(parts["hour"]), int(parts["minute"])
    half = (parts["half"] or "").lower()
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        return date if parts["year"] else ""
    second = parts["second"]
    return f"{date}T{hour:02d}:{minute:02d}" + (f":{second}" if second else "")


def mention(reference: Reference) -> PictureMention:
    """Return the picture that `reference` shows."""
    return PictureMention(
        target=reference.target,
        alt=reference.text,
        line=reference.line,
        taken=taken(reference.target),
    )
