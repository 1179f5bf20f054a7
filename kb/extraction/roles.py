"""What a heading is for, by its words alone: a break, a day, a container, a section of no talk."""

import re
from functools import lru_cache
from typing import Literal

from kb.extraction.clock import (
    find_date,
    find_day_number,
    find_part,
    find_weekday,
    is_only_time,
    without_day,
)
from kb.extraction.heads import unquote
from kb.extraction.lexicon import (
    BREAKS,
    CONTAINERS,
    FIELD_LABELS,
    GENERIC,
    LABELS,
    SOCIAL_WORDS,
    TITLE_LABELS,
    fold,
)
from kb.extraction.places import find_city
from kb.model.pattern import Pattern

Role = Literal["", "break", "container", "generic", "day"]

SOFT = Pattern(
    r"(?<!of )\b(?:things?)\b|\b(?:stuff|notes?|thoughts|misc|todo|tl;?dr|takeaways?|resources|"
    r"links|learn(?:ed|ings|t)|conclusions?|"
    r"summary|questions?|ideas?|schedule|venue|impressions|feedback|highlights|"
    r"overview|recap|people i met|upcoming|next year|"
    r"fazit|eindr[uü]cke|bilan|resumen)\b|まとめ|感想|所感|总结",
    re.IGNORECASE,
)
_CONTAINER_TAIL = Pattern(
    r"^(?:.{0,40}\s)?(?:sessions?(?:\s+(?:\d{1,2}|[ivx]{1,4}|[a-e]|am|pm))?|"
    r"talks|keynotes|track(?:\s+(?:\d{1,2}|[a-e]))?|tracks|presentations|"
    r"workshops|tutorials|panels|block(?:\s+\d)?|vorträge|conférences|charlas|"
    r"ponencias|セッション|lightning talks|lightnings)(?:\s+(?:i|we)\s+[a-z]{3,10})?$",
    re.IGNORECASE,
)
_SESSION_HEAD = Pattern(
    r"^(?:session|track|block|part|room|stage|salle|raum|sala|"
    r"slot)\s+(?:#?\d{1,2}|[ivx]{1,4}|[a-e])(?:\s*[:–—-]\s*.*)?$",
    re.IGNORECASE,
)


_LIGHTNING = Pattern(
    r"(?:(?:the|day \d) )?(?:lightning|lighting|flash|ignite)(?: (?:talks?|sessions?|rounds?))"
    r"(?: (?:day )?(?:\d{1,2}|[ivx]{1,3}))?|lts?(?: \d{1,2})?|lt大会|lightnings|quickies|"
    r"blitzvortrage|charlas relampago|talks eclair|ライトニングトーク|блиц доклады|라이트닝 토크"
)


def holds_lightning(text: str) -> bool:
    """Return whether a heading holds lightning talks: `Lightning talks 2`, `⚡ Talks`."""
    folded = fold(text)
    return bool(_LIGHTNING.fullmatch(folded)) or ("⚡" in text and folded in ("talk", "talks"))


_WHERE = frozenset({"on", "at", "in", "by", "am", "im", "au", "en", "na", "op"})


@lru_cache(maxsize=4096)
def role_of(text: str) -> Role:
    """Return what a heading is for, by its words alone; `""` where they do not tell."""
    bare = unquote(_bare(text))
    folded = fold(bare)
    if not folded:
        return ""
    folded = folded.removeprefix("the ").removeprefix("my ") if len(folded) > 8 else folded
    if folded in BREAKS or fold(bare) in BREAKS:
        return "break"
    words = folded.split()
    if _is_social(words):
        return "break"
    if words[0] in SOCIAL_WORDS and len(words) < 7 and words[1:2] and words[1] in _WHERE:
        return "break"
    if _is_day(bare, words):
        return "" if without_day(bare) in _ONE_A_DAY else "day"
    if folded in CONTAINERS or fold(bare) in CONTAINERS:
        return "container"
    if _CONTAINER_TAIL.match(folded) and folded not in LABELS and len(words) < 7:
        return "container"
    if _SESSION_HEAD.match(bare) and not (words[0] == "part" and len(words) > 3):
        return "container"
    if folded in GENERIC or fold(bare) in GENERIC or folded in FIELD_LABELS:
        return "generic"
    if words[-1] in ("break", "pause", "lunch") and len(words) < 4:
        return "break"
    return ""


_ONE_A_DAY = frozenset(label for label in TITLE_LABELS if "key" in label)
"""What there is one of on a day: `Day 3 Keynote` is a talk, `Day 3 Keynotes` holds some."""
_TWOFOLD = frozenset({"networking", "mentoring"})
"""What people do at a party, and what talks are about."""
_OCCASIONS = frozenset(
    {"event", "break", "session", "time", "hour", "evening", "dinner", "area", "speed", "social"}
)


def _is_social(words: list[str]) -> bool:
    """Whether the first or last word is one of meals and parties, and not what a talk is about."""
    first, last = words[0], words[-1]
    if {first, last} & _TWOFOLD:
        others = set(words) - _TWOFOLD - {"and", "with", "the"}
        return all(word in _OCCASIONS or word in SOCIAL_WORDS for word in others)
    return (last in SOCIAL_WORDS and len(words) < 6) or (first in SOCIAL_WORDS and len(words) < 4)


def _bare(text: str) -> str:
    """Drop numbering and decoration, for the words alone."""
    return re.sub(r"^[\W_]*(?:\d{1,2}|[A-Z])[.)]\s+|^[\W_]+", "", text.strip())


def _is_day(text: str, words: list[str]) -> bool:
    if len(words) > 9:
        return False
    if is_only_time(text) or _is_day_and_place(text):
        return True
    left = [word for word in words if not word.isdecimal()]
    if find_day_number(text):
        return (
            len(words) < 5
            or bool(
                re.match(r"\W*(?:day|tag|jour|día|dia|giorno|dzień|день)\b", text, re.IGNORECASE)
            )
            or text.endswith(("日目", "天", "일차"))
        )
    if find_weekday(text):
        return len(left) <= 3 or bool(find_part(text) and len(left) < 5)
    return False


def _is_day_and_place(text: str) -> bool:
    """Whether a date begins the words and a city ends them: `19 Nov 2014 Quay Hotel, Singapore`."""
    date = find_date(text) if text[:1].isdecimal() else None
    if date is None or not date.year or date.start or text[date.end : date.end + 1] == ":":
        return False
    rest = text[date.end :].replace(",", " ").split()
    city = find_city(rest)
    return city is not None and city[1] == len(rest) and rest[0][0].isalnum()
