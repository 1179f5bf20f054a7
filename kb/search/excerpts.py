"""The passage of a text that answers a query best, and where in it the query's words are."""

from collections.abc import Iterable, Mapping, Sequence

from kb.model.value import Value
from kb.search.analysis import fold_with_places, words
from kb.search.ranking import Ranked

LENGTH = 190
"""Characters of an excerpt."""
LEAD = 40
"""Characters shown before the first marked word."""
ENOUGH = 40
"""Characters of a block that can stand for the whole, where no word is to be shown."""
READ_LIMIT = 60_000
"""Characters of a document that are looked through."""


class Excerpt(Value, frozen=True):
    """Plain text with places to mark."""

    text: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    """Start and end of each marked word in `text`, in characters, ascending."""


def wanted(ranked: Ranked) -> dict[str, int]:
    """Return the words that excerpts of these hits mark, each with the number of its unit."""
    found: dict[str, int] = {}
    for number, unit in enumerate(ranked.units):
        for form, _ in unit.forms:
            found.setdefault(form, number)
        found.setdefault(unit.text, number)
    for number, phrase in enumerate(ranked.phrases, len(ranked.units)):
        for word in phrase:
            found.setdefault(word, number)
    return found


def marks(text: str, forms: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Return start, end and unit of every word of `text` (in NFC) that is one of `forms`."""
    folded, places = fold_with_places(text)
    found: list[tuple[int, int, int]] = []
    for word in words(folded):
        unit = forms.get(word.text)
        if unit is None:
            continue
        start, end = places[word.start], places[word.end - 1] + 1
        if found and start < found[-1][1]:
            start = found[-1][1]
            if start >= end:
                continue
        found.append((start, end, unit))
    return found


def mark(text: str, forms: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """Return the places to mark in a whole `text`, such as a title."""
    return tuple((start, end) for start, end, _ in marks(text, forms))


def excerpt(blocks: Iterable[str], forms: Mapping[str, int]) -> Excerpt:
    """Return the passage of `blocks` with the most of `forms`, or their beginning."""
    best_score, best_text, best_start = 0, "", 0
    best_marks: list[tuple[int, int, int]] = []
    first = ""
    left = READ_LIMIT
    for block in blocks:
        if left <= 0:
            break
        text = block[:left]
        left -= len(text)
        if not first or (len(first) < ENOUGH <= len(text)):
            first = text
        found = marks(text, forms)
        score, start = _densest(found)
        if score > best_score:
            best_score, best_text, best_start, best_marks = score, text, start, found
    if not best_score:
        return _cut(first, 0, ())
    return _cut(best_text, best_start, best_marks)


def _densest(found: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Return score and start of the stretch with the most different words, the first of equals."""
    best = (0, 0)
    for place, (start, _, _) in enumerate(found):
        inside = [
            unit for begin, _, unit in found[place : place + 40] if begin - start < LENGTH - LEAD
        ]
        score = 100 * len(set(inside)) + min(len(inside), 99)
        if score > best[0]:
            best = (score, start)
    return best


def _cut(text: str, start: int, found: Sequence[tuple[int, int, int]]) -> Excerpt:
    """Return about `LENGTH` characters of `text` around `start`, cut between words."""
    first = max(0, start - LEAD)
    if first:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    last = min(len(text), first + LENGTH)
    if last < len(text):
        space = text.rfind(" ", max(first, start) + 1, last)
        last = space if space > first + LENGTH // 2 else last
    before, after = "… " if first else "", " …" if last < len(text) else ""
    shift = len(before) - first
    inside = tuple(
        (begin + shift, min(end, last) + shift)
        for begin, end, _ in found
        if begin >= first and begin < last
    )
    return Excerpt(before + text[first:last] + after, inside)
