"""Normal forms of Unicode (UAX #15), in time that grows as the text does."""

import re
import unicodedata
from typing import Literal

from kb.model.pattern import Pattern

_MOST = 30
"""Marks in a row that any writing has at most (UAX #15, 13: Stream-Safe Text Format)."""
_MARKS = Pattern(rf"[^\w\x00-\x7f]{{{_MOST + 1},}}")
_JOINER = "\u034f"
"""Is seen nowhere, and ends a run of marks."""


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return `text` in a normal form.

    Python sorts marks in a row by inserting one after the other: half a megabyte of them would
    take an hour, in which nothing can end it. Runs longer than any writing has are cut by U+034F.
    """
    if text.isascii():
        return text
    if len(text) > _MOST:
        text = _MARKS.sub(_cut, text)
    return unicodedata.normalize(form, text)


def _cut(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for sign in found[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > _MOST:
            kept.append(_JOINER)
            marks = 1
        kept.append(sign)
    return "".join(kept)
