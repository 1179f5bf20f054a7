"""Ids of headings and paragraphs: readable, unique in a note, and the same on every run."""

import hashlib

from kb.model.normal import normalized
from kb.model.pattern import Pattern

_APART = Pattern(r"[^\w]+|_+")
_UNUSABLE = Pattern(r"[\s\"'<>&`=\x00-\x20\x7f-\x9f]+")
_LONGEST = 80


def slug(text: str) -> str:
    """Return `text` as an id in lower case, letters of every script kept; `""` where none is."""
    words = _APART.sub("-", normalized("NFC", text).lower()).strip("-")
    return words[:_LONGEST].rstrip("-")


class Anchors:
    """The ids that a note has used up so far."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Return `wanted`, or `wanted-2`, `wanted-3`… where it is taken already."""
        if wanted not in self._used:
            self._used.add(wanted)
            return wanted
        number = self._next.get(wanted, 2)
        while f"{wanted}-{number}" in self._used:
            number += 1
        self._next[wanted] = number + 1
        self._used.add(f"{wanted}-{number}")
        return f"{wanted}-{number}"

    def heading(self, text: str, explicit: str = "") -> str:
        """Return the id of a heading: the writer's `explicit` one, else made of its `text`."""
        wanted = _UNUSABLE.sub("-", explicit).strip("-") or slug(text)
        return self.claim(wanted) if wanted else ""

    def paragraph(self, text: str) -> str:
        """Return an id that depends on the paragraph's text alone, not on its neighbours."""
        return self.claim("p-" + hashlib.sha256(text.encode()).hexdigest()[:6])
