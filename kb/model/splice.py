"""Bytes with others put in their places, without a copy of what lies between."""

from collections.abc import Iterable

Edit = tuple[int, int, bytes]
"""Where bytes begin and end, and what comes instead of them; where both are equal, before them."""


def spliced(data: bytes | memoryview, edits: Iterable[Edit]) -> list[bytes | memoryview]:
    """Return `data` with `edits` made, which come in the order of their places: in pieces."""
    kept, done = memoryview(data), 0
    pieces: list[bytes | memoryview] = []
    for start, end, new in edits:
        pieces += [kept[done:start], new]
        done = end
    return [*pieces, kept[done:]]
