"""Words near a word: what may have been meant by one that is known nowhere."""

from collections.abc import Iterable, Mapping

_LETTER = {
    letter: 1 << place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")
}
_OTHER = 1 << 36


def reach(word: str) -> int:
    """Return how many edits may be forgiven: one from four letters on, two from six on."""
    return 2 if len(word) >= 6 else 1 if len(word) >= 4 else 0


def letters(word: str) -> int:
    """Return the set of letters of `word` as bits: words far apart in it are far apart."""
    bits = 0
    for letter in word:
        bits |= _LETTER.get(letter, _OTHER)
    return bits


def distance(left: str, right: str, limit: int) -> int:
    """Return the edits between two words (a swap of neighbours is one), or `limit` + 1 if more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        here = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > limit:
            return limit + 1
        before, last = last, here
    return last[-1]


def nearest(word: str, known: Iterable[str], counts: Mapping[str, int], most: int) -> list[str]:
    """Return the words of `known` fewest edits from `word`, commonest first, at most `most`.

    Only the smallest distance counts: words two edits away are no answer where one edit suffices.
    """
    limit = reach(word)
    if not limit:
        return []
    bits = letters(word)
    best: list[str] = []
    least = limit
    for other in known:
        if abs(len(other) - len(word)) > least or (bits ^ letters(other)).bit_count() > 2 * least:
            continue
        far = distance(word, other, least)
        if far < least:
            best, least = [other], far
        elif far == least:
            best.append(other)
    return sorted(best, key=lambda other: (-counts[other], other))[:most]
