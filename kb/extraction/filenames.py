"""What a note's path says of it: that it holds several talks, or is one talk of a conference."""

import re
from typing import Literal

from kb.extraction.clock import find_day_number, find_weekday
from kb.extraction.eventnames import YEAR, is_conference
from kb.extraction.lexicon import CONFERENCE_WORDS, MONTHS, PARTS, WEEKDAYS, fold, word_set
from kb.model.pattern import Pattern
from kb.model.value import Value

FileKind = Literal["", "event", "talks", "lightning", "day", "talk"]


class FileName(Value, frozen=True):
    """What the parts of a path say."""

    kind: FileKind = ""
    """`event`: the file is named after a conference; `talks` and `lightning`: after several talks;
    `day`: after a day; `talk`: it has a name of its own; `""`: a name that tells nothing."""
    conference: bool = False
    """A folder names a conference, or says that talks stand in it."""

    @property
    def several(self) -> bool:
        """Whether the file, by its name, holds talks rather than one."""
        return self.kind in ("event", "lightning") or (
            self.conference and self.kind in ("talks", "day")
        )


_NTH_OF_DAY = Pattern(
    r"(?:day|tag|jour|día|dia|giorno)[-_ ]?\d{1,2}[-_ ]+(?:talk|session)?[-_ ]?[01]\d(?=[-_ .])",
    re.IGNORECASE,
)
"""The beginning of `Day 2 - 04 - Mending nets.md`: the fourth talk of a day."""
_EMPTY = word_set(
    "note notes readme index raw my the summary recap talk day tag jour dia main all misc todo"
    " general other draft final copy log"
)
_TALKS = word_set("talks sessions keynotes presentations workshops tutorials panels lightnings")
_LIGHTNING = Pattern(r"\b(?:lightning|lighting|flash|ignite)(?: talks?)?\b")
_PLAIN_DAYS = word_set(
    "holidays birthdays weekdays mondays tuesdays wednesdays thursdays fridays saturdays sundays"
    " workdays nowadays"
)
_TALK_FOLDERS = (CONFERENCE_WORDS - {"conf", "symposium", "convention"}) | word_set(
    "conferences sessions presentations invited"
)


def names_conference(text: str) -> bool:
    """Return whether a word of a file's or folder's name is one that only conferences have."""
    words = [word for word in fold(text).split() if word not in _PLAIN_DAYS]
    if len(words) < len(fold(text).split()):
        return False
    return is_conference(text) and fold(text) not in ("conf", "config")


def read_path(path: str) -> FileName:
    """Return what `path` says of the note at it."""
    *folders, file = path.split("/")
    stem = re.sub(r"\.\w+$", "", file)
    spaced = [re.sub(r"[-_.]+", " ", folder).strip() for folder in folders]
    conference = any(
        names_conference(folder) or set(fold(folder).split()) & _TALK_FOLDERS for folder in spaced
    )
    conference = conference or bool(_NTH_OF_DAY.match(stem))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z]+$)|(?<=[a-z])(?=\d)", " ", stem)
    kind = _kind(re.sub(r"[-_.]+", " ", stem).strip())
    if kind == "talk":
        told = _kind(re.sub(r"[-_.]+", " ", parted).strip())
        kind = told if told != "event" else kind
    return FileName(kind=kind, conference=conference)


def _kind(stem: str) -> FileKind:
    folded = fold(stem)
    if _LIGHTNING.search(folded):
        return "lightning"
    dated = bool(find_day_number(stem) or find_weekday(stem))
    words = [word for word in folded.split() if not _tells_nothing(word)]
    if not words:
        return "day" if dated else ""
    if words[-1] in _TALKS and len(words) < 4:
        return "talks"
    if names_conference(stem) and len(words) <= 4 and _only_event(stem):
        return "event"
    return "talk"


def _tells_nothing(word: str) -> bool:
    return (
        word in _EMPTY
        or word in WEEKDAYS
        or word in MONTHS
        or word in PARTS
        or not re.search(r"[^\W\d_]{2}", word)
    )


def _only_event(stem: str) -> bool:
    """Whether little but a conference's name, its year and its place stand in a file's name."""
    words = [word for word in stem.split() if not _tells_nothing(fold(word))]
    named = [n for n, word in enumerate(words) if names_conference(word)]
    if not named or len(words) - 1 - named[-1] > 1:
        return False
    if named[-1] == 0 and fold(words[0]) in CONFERENCE_WORDS:
        return False
    return named[-1] <= 1 or bool(YEAR.search(stem))
