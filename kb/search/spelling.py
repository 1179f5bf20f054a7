"""Words near a word: what may have been meant by one that is known nowhere."""

from collections.abc import Mapping, Sequence

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
    if left == right:
        return 0
    start, end = 0, min(len(left), len(right))
    while start < end and left[start] == right[start]:
        start += 1
    last = 1
    while last <= end - start and left[-last] == right[-last]:
        last += 1
    left, right = left[start : len(left) - last + 1], right[start : len(right) - last + 1]
    if not left or not right:
        return min(limit + 1, len(left) + len(right))
    if limit == 1:
        one = len(left) == len(right) == 1 or (len(left) == 2 and left == right[::-1])
        return 1 if one else 2
    return _between(left, right, limit)


def _between(left: str, right: str, limit: int) -> int:
    """Return the edits between words that begin and end differently, row by row."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        here = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == right[column - 2]
            if swapped and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > limit:
            return limit + 1
        before, last = last, here
    return min(limit + 1, last[-1])


def nearest(
    word: str, known: Sequence[tuple[str, int]], counts: Mapping[str, int], most: int
) -> list[str]:
    """Return the words of `known` fewest edits from `word`, commonest first, at most `most`.

    Only the smallest distance counts: words two edits away are no answer where one edit suffices.

    Args:
        word: what is not known.
        known: words, each with its `letters`.
        counts: how common each word is.
        most: how many words to return.
    """
    bits, length = letters(word), len(word)
    for limit in range(1, reach(word) + 1):
        found = [
            other
            for other, others in known
            if (bits ^ others).bit_count() <= 2 * limit
            and -limit <= len(other) - length <= limit
            and distance(word, other, limit) <= limit
        ]
        if found:
            return sorted(found, key=lambda other: (-counts[other], other))[:most]
    return []
