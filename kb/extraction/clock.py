"""Times, dates and days in words: `10:35am`, `6 May 2015`, `Tuesday`, `Day 2`, `2日目`."""

import re

from kb.extraction.lexicon import DAY_WORDS, MONTHS, PARTS, WEEKDAYS, fold, word_set
from kb.model.pattern import Pattern
from kb.model.value import Value


class Slot(Value, frozen=True):
    """A time of day, and where it ends: `14:30`, 24 hours; `""` where unknown."""

    start: str = ""
    finish: str = ""


_ONE = (
    r"(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d)?\s?(?:[ap]\.?m\.?\b)|(?:[01]?\d|"
    r"2[0-3])[:h][0-5]\d(?:\s?Uhr)?|(?:[01]?\d|"
    r"2[0-3])\.[0-5]\d(?=\s*[-–—]\s*\d)(?:\s?Uhr)?"
)
TIME = Pattern(
    rf"(?<![\w.:/-])(?P<start>{_ONE})(?:\s*(?:[-–—~〜]|to|bis|"
    rf"until)\s*(?P<finish>{_ONE}|(?:[01]?\d|2[0-3])\.[0-5]\d))?(?![\w:/])",
    re.IGNORECASE,
)
"""A time or a range of times; a bare number is none."""
_CLOCK = Pattern(r"(\d{1,2})(?:[:.h](\d{2}))?\s?([ap])?", re.IGNORECASE)


def _twenty_four(text: str, half: str = "") -> str:
    match = _CLOCK.match(text.strip())
    if not match:
        return ""
    hour, minute = int(match[1]), int(match[2] or 0)
    mark = (match[3] or half).lower()
    if mark == "p" and hour < 12:
        hour += 12
    elif mark == "a" and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""


def read_slot(match: re.Match[str]) -> Slot:
    """Return the times of a match of `TIME`."""
    start, finish = match["start"], match["finish"] or ""
    half = ""
    if finish and (last := _CLOCK.match(finish)) and last[3]:
        first = _CLOCK.match(start)
        if first and not first[3] and int(first[1]) <= int(last[1]) % 12:
            half = last[3]
        elif first and not first[3] and last[3].lower() == "p" and int(first[1]) < 12:
            half = "a"
    return Slot(start=_twenty_four(start, half), finish=_twenty_four(finish) if finish else "")


_MONTH = "|".join(sorted((m for m in MONTHS if len(m) > 2), key=len, reverse=True))
_DATES = (
    Pattern(r"(?<![\w/-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d-])"),
    Pattern(r"(?P<y>(?:19|20)\d\d)年\s*(?P<m>\d{1,2})月\s*(?P<d>\d{1,2})日"),
    Pattern(
        rf"(?<!\w)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s*(?:of\s+|de\s+)?(?P<n>{_MONTH})\b\.?"
        r"(?:,?\s*(?:de\s+)?(?P<y>(?:19|20)\d\d))?"
    ),
    Pattern(
        rf"(?<!\w)(?P<n>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
        r"(?:\s*[-–&]\s*\d{1,2}(?:st|nd|rd|th)?)?(?:,?\s+(?P<y>(?:19|20)\d\d))?"
    ),
    Pattern(r"(?<![\w./-])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:19|20)\d\d)(?!\d)"),
    Pattern(r"(?<![\w.-])(?P<y>20[0-4]\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?![\w-])"),
)


class Date(Value, frozen=True):
    """A date as found in a text; `year` is 0 where the text has none."""

    year: int
    month: int
    day: int
    start: int
    """Where it begins in the text."""
    end: int

    @property
    def iso(self) -> str:
        """The date in ISO 8601, `""` without a year."""
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}" if self.year else ""


_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ACCENTS = str.maketrans("áàâäãąéèêëęíìîïóòôöõúùûüçćñńśźż", "aaaaaaeeeeeiiiiooooouuuuccnnszz")
HINT = Pattern(r"\d")
"""Without a digit, a text has neither a time nor a date."""


def find_date(text: str) -> Date | None:
    """Return the first date in `text` that has a day and a month, or None."""
    if not HINT.search(text):
        return None
    plain = text.lower().translate(_ACCENTS)
    for pattern in _DATES:
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            month = MONTHS[parts["n"]] if parts.get("n") else int(parts["m"])
            day = int(parts["d"])
            if 1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]:
                return Date(
                    year=int(parts["y"] or 0),
                    month=month,
                    day=day,
                    start=match.start(),
                    end=match.end(),
                )
    return None


_DAYS = tuple(sorted(DAY_WORDS | {"day", "tag", "jour", "dia"}))
_NUMBERED = Pattern(
    r"(?<!\w)(?:(?P<word>"
    + "|".join(sorted(DAY_WORDS))
    + r")\s*(?:#|n[o°.]\s*|nummer\s+)?(?P<number>\d{1,2}|one|two|three|four|five|"
    r"eins|zwei|drei|un|deux"
    r"|trois|uno|dos|tres|i{1,3})(?!\w)|(?P<nth>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th"
    r"|erster|zweiter|dritter|premier|deuxieme|troisieme|primer|segundo|tercer)\s+(?:day|tag|jour"
    r"|dia))|(?:第)?(?P<asian>\d{1,2}|[一二三四五])(?:日目|天|일차)"
)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "1 one eins un uno i first 1st erster premier primer 一",
            "2 two zwei deux dos ii second 2nd zweiter deuxieme segundo 二",
            "3 three drei trois tres iii third 3rd dritter troisieme tercer 三",
            "4 four fourth 4th 四",
            "5 five fifth 5th 五",
        ),
        start=1,
    )
    for word in words.split()
}


def find_day_number(text: str) -> int:
    """Return n where `text` speaks of day n of an event (`Day 2`, `2日目`), else 0."""
    plain = text.lower()
    if not plain.isascii():
        plain = plain.translate(_ACCENTS)
    elif not any(word in plain for word in _DAYS):
        return 0
    match = _NUMBERED.search(plain)
    if not match:
        return 0
    word = match["number"] or match["nth"] or match["asian"] or ""
    return _NUMBERS.get(word) or (int(word) if word.isdecimal() and 0 < int(word) < 15 else 0)


def without_day(text: str) -> str:
    """Return the folded words of `text` but for a weekday and the number of a day."""
    words = [word for word in fold(text).split() if word not in WEEKDAYS]
    bare = " ".join(words)
    match = _NUMBERED.search(bare)
    return " ".join((bare[: match.start()] + bare[match.end() :]).split()) if match else bare


def find_weekday(text: str) -> str:
    """Return the English weekday that `text` names by its full name, in lower case, or `""`."""
    folded = fold(text)
    for word in folded.split():
        english = WEEKDAYS.get(word)
        if english and (len(word) > 4 or not word.isascii() or word in _SHORT_DAYS):
            return english
    if folded.isascii():
        return ""
    for name, english in WEEKDAYS.items():
        if not name.isascii() and len(name) > 1 and name in folded:
            return english
    return ""


_SHORT_DAYS = frozenset({"mardi", "jeudi", "lundi", "lunes", "tues", "thur", "thurs"})


def find_part(text: str) -> str:
    """Return `am`, `pm` or `evening` where `text` names a half of a day, or `""`."""
    words = fold(text).split()
    for word in words:
        part = PARTS.get(word)
        if part and word not in ("am", "manana"):
            return part
        if part and _PART_MARK.search(text):
            return part
    if text.isascii():
        return ""
    for name, part in PARTS.items():
        if not name.isascii() and name in text:
            return part
    return ""


_PART_MARK = Pattern(r"(?<![\d\w])AM\b|(?<!\w)mañana")


def is_only_time(text: str) -> bool:
    """Return whether `text` says nothing but a day, date or time."""
    if len(text) > 90:
        return False
    if not (HINT.search(text) or find_weekday(text)):
        return False
    if _SHORT_DATE.fullmatch(text.strip()):
        return True
    rest = TIME.sub(" ", text)
    date = find_date(rest)
    if date:
        rest = rest[: date.start] + " " + rest[date.end :]
    left = [
        word
        for word in fold(rest).split()
        if word not in WEEKDAYS
        and word not in _TIME_WORDS
        and word not in MONTHS
        and word not in PARTS
        and not (word.isdecimal() and len(word) == 4)
    ]
    return not left


_SHORT_DATE = Pattern(
    r"(?P<d>0?[1-9]|[12]\d|3[01])(?P<mark>[./-])(?P<m>0?[1-9]|[12]\d|3[01])(?P=mark)\d\d(?:\d\d)?"
)
"""Day, month and year in figures, as `10.4.22`: whichever of the first two is the month."""
_TIME_WORDS = word_set(
    "at on the from to until um von bis a le el de uhr h utc cet cest pst pdt est edt gmt bst"
)
