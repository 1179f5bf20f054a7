"""How documents are numbered: a document's number depends on itself, not on how many there are.

A number is a *group* (its date, then its kind) and a *slot* in the group. A slot is taken from a
checksum of the document's key, scaled to the room that the group has. So numbers go by date, oldest
first, and a document that comes or goes leaves nearly all others their numbers: what was written
for these stays as it is.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kb.model.pattern import Pattern
from kb.search.documents import Document, Key, key_of

KINDS = ("link", "note", "event", "topic", "speaker", "session", "talk")
"""Kinds by which documents of one date are ordered: of equal hits a talk is the better one."""

_ROOM_OF_KINDS = 8
_WITH_TEXT = frozenset({"note", "session", "talk"})

SLOT_BITS = 21
SLOTS = 1 << SLOT_BITS
_ROOM = 64
"""Slots of a small group; a larger one has twice as many as documents, or up to four times."""
_DATE = Pattern(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_YEAR = 13 * 32
GROUPS_OF_MONTH = 32 * _ROOM_OF_KINDS


@lru_cache(maxsize=8192)
def group_of(kind: str, date: str) -> int:
    """Return the group of documents of this kind and ISO date (or its first parts, or none)."""
    found = _DATE.match(date)
    day = 0
    if found:
        year, month, of_month = (int(part or 0) for part in found.groups())
        day = year * _YEAR + min(month, 12) * 32 + min(of_month, 31)
    return day * _ROOM_OF_KINDS + KINDS.index(kind)


def spot_of(key: Key) -> int:
    """Return the checksum by which the documents of a group are ordered."""
    return zlib.crc32(key.encode("utf-8", "replace"))


def slots(spots: Sequence[int]) -> list[int]:
    """Return the slots of all documents of a group, given their spots in ascending order."""
    room = min(SLOTS, max(_ROOM, 1 << (2 * len(spots) - 1).bit_length()))
    found: list[int] = []
    last = -1
    for spot in spots:
        last = max(last + 1, spot * room >> 32)
        found.append(last)
    # At the end of the room there may be too little: then those before move up.
    last = room
    for at in range(len(found) - 1, -1, -1):
        if found[at] < last:
            break
        last -= 1
        found[at] = last
    return found


def buckets(bits: int) -> int:
    """Return how many buckets there are where those of documents with texts are 2 ** `bits`."""
    return (1 << bits) + (1 << _others(bits))


def bucket_of(number: int, bits: int) -> int:
    """Return in which of `buckets` a document with this number is kept.

    Talks, sessions and notes have texts, so they share buckets with few; all others stand apart.
    """
    group = number >> SLOT_BITS
    mixed = group * 0x9E3779B1 ^ (number & SLOTS - 1) * 0x85EBCA6B
    mixed = ((mixed & 0xFFFFFFFF) >> 15 ^ mixed) * 0x2C1B3C6D & 0xFFFFFFFF
    mixed ^= mixed >> 13
    if has_text(KINDS[group % _ROOM_OF_KINDS]):
        return mixed & (1 << bits) - 1
    return (1 << bits) + (mixed & (1 << _others(bits)) - 1)


def has_text(kind: str) -> bool:
    """Return whether documents of this kind have texts of some length."""
    return kind in _WITH_TEXT


def _others(bits: int) -> int:
    return max(0, bits - 2)


def in_order(dated: Iterable[tuple[Key, str]]) -> list[Key]:
    """Return the keys of documents, given with their dates, in the order of their numbers."""

    def order(one: tuple[Key, str]) -> tuple[int, int, Key]:
        name, date = one
        return group_of(name[: name.index(" ")], date), spot_of(name), name

    return [name for name, _ in sorted(dated, key=order)]


def numbered(documents: Iterable[Document]) -> list[Document]:
    """Return documents in the order of their numbers.

    Of documents of one URL and kind the last is kept. Later notes come last, and a higher number
    is the better hit of equals.
    """
    single = {key_of(document): document for document in documents}
    return [single[name] for name in in_order((name, one.date) for name, one in single.items())]


def numbers_of(ordered: Sequence[Document]) -> list[int]:
    """Return the numbers of `numbered` documents."""
    found: list[int] = []
    group = -1
    spots: list[int] = []
    for document in ordered:
        here = group_of(document.kind, document.date)
        if here != group:
            found += [group << SLOT_BITS | slot for slot in slots(spots)]
            group, spots = here, []
        spots.append(spot_of(key_of(document)))
    return found + [group << SLOT_BITS | slot for slot in slots(spots)]
