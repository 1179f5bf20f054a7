"""The bytes of the browser's index: how terms, postings and words are written, cut and named.

Numbers are LEB128. Terms are plain lines: compression takes out what neighbours share.
"""

import bisect
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, repeat
from operator import itemgetter, sub
from typing import Any

from kb.model.value import Value
from kb.search.memory_index import is_word
from kb.search.numbering import SLOT_BITS, SLOTS
from kb.search.postings import NUL, Posting, leb128

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Part(Value, frozen=True, array_like=True):
    """What a shard holds of one term: one posting is changed alone."""

    numbers: bytes = b""
    """Of documents, ascending, eight bytes each."""
    body: bytes = b""
    """The same as they are published: the differences of their groups, then their slots; of a word
    also its weight, then its fields, in each document."""
    sizes: bytes = b""
    """For each document the bytes of a word's places; a key has none."""
    places: bytes = b""

    @property
    def count(self) -> int:
        """Return how many documents have it."""
        return len(self.numbers) // _NUMBER


def digest_of(data: bytes) -> str:
    """Return four digits that stand, together with the place of a file, for its content."""
    rest = int.from_bytes(sha256(data).digest()[:8], "big")
    digits = ""
    for _ in range(4):
        rest, digit = divmod(rest, 36)
        digits += _DIGITS[digit]
    return digits


def packed(data: bytes, *, text: bool = False) -> bytes:
    """Return `data` compressed, always to the same bytes; `text` says that it is mostly prose."""
    # These files are small: with the usual window most of the time goes into making it ready.
    # Of prose there is most, and looking closer saves one byte of 25 in a third more time.
    level = _LEVEL_OF_TEXT if text else _LEVEL
    work = zlib.compressobj(level, zlib.DEFLATED, _GZIP + _WINDOW, _MEMORY)
    return work.compress(data) + work.flush()


_LEVEL, _LEVEL_OF_TEXT, _WINDOW, _MEMORY, _GZIP = 4, 1, 13, 7, 16


def name_of(start: str) -> str:
    """Return the name that a shard which starts with `start` has among shards (FNV-1a)."""
    number = 0x811C9DC5
    for byte in start.encode():
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{number:08x}"


def rarely(total: int, count: int, usual: int) -> int:
    """Return of how many things one is a cut, where `count` things have `total` bytes in all.

    It depends on their mean size, in powers of two, so it seldom changes.
    """
    mean = max(1, total // max(1, count))
    return 1 << max(0, (usual // (2 * mean)).bit_length())


def is_cut(size: int, more: int, name: str, every: int, usual: int) -> bool:
    """Return whether to cut before a thing of `more` bytes, after `size` bytes since the last cut.

    Cuts are where the hash of a name says so: they stay where they are when others move.

    Args:
        size: above 0.
        more: bytes of the thing.
        name: of the thing.
        every: one in so many names is a cut.
        usual: bytes of a range; none has twice as many, unless one thing has.
    """
    return size + more > usual * 2 or (
        size >= usual // 2 and zlib.crc32(name.encode()) % every == 0
    )


def head(term: str) -> str:
    """Return the word that a term begins with: terms of one word stay in one shard."""
    return term if term[0] == "#" else term.replace("\t", " ").partition(" ")[0]


def groups(terms: Sequence[str], counts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return where among sorted `terms` each word's begin, and about how many bytes they take."""
    starts: list[int] = []
    sizes: list[int] = []
    last = ""
    for place, term in enumerate(terms):
        # Most words begin no name: then there is nothing to take apart.
        word = head(term) if " " in term or "\t" in term else term
        if word != last or not starts:
            starts.append(place)
            sizes.append(0)
            last = word
        sizes[-1] += len(term) + 3 * counts[place]
    return starts, sizes


def cut_places(
    terms: Sequence[str], starts: Sequence[int], sizes: Sequence[int], every: int, usual: int
) -> Iterator[int]:
    """Yield where sorted `terms` are cut, given their `groups`; they begin where a cut is."""
    first = size = 0
    for start, more in zip(starts, sizes, strict=True):
        # Of most places it is plain that they are none.
        if (
            size + more > usual // 2
            and start > first
            and is_cut(size, more, terms[start], every, usual)
        ):
            yield start
            first, size = start, 0
        size += more


def cut_terms(
    terms: Sequence[str], starts: Sequence[int], sizes: Sequence[int], usual: int
) -> Iterator[tuple[int, int]]:
    """Yield the ranges of sorted `terms` that make a shard each, given their `groups`."""
    every = rarely(sum(sizes), len(sizes), usual)
    first = 0
    for place in (*cut_places(terms, starts, sizes, every, usual), len(terms)):
        if place > first:
            yield first, place
        first = place


def between(last: str, first: str) -> str:
    """Return the shortest beginning of `first` that comes after `last`: where a shard starts."""
    for length in range(1, len(first)):
        if first[:length] > last:
            return first[:length]
    return first


class Numbers:
    """The numbers of documents, in their order, in all forms that a part needs."""

    def __init__(self, numbers: Sequence[int]) -> None:
        """Make them ready."""
        # Many documents are of one group: it is the same object for all of them.
        same: dict[int, int] = {}
        groups = [same.setdefault(one, one) for one in (n >> SLOT_BITS for n in numbers)]
        slots = [_leb(number & SLOTS - 1) for number in numbers]
        self._groups = groups
        self._slots = slots
        self._bytes = [number.to_bytes(_NUMBER, sys.byteorder) for number in numbers]
        self._alone = [_leb(group) + slot for group, slot in zip(groups, slots, strict=True)]

    def parts(self, terms: Sequence[str], columns: Mapping[str, list[Any]]) -> tuple[Part, ...]:
        """Return what a shard holds of `terms`.

        Args:
            terms: words and keys.
            columns: for each of them its documents, by their place among the numbers, ascending,
                and by turns their postings.
        """
        alone, as_bytes = self._alone, self._bytes
        found: list[Part] = []
        for term in terms:
            column = columns[term]
            if len(column) > 2:
                found.append(self._part(term, column))
                continue
            # Most terms stand in one document.
            place, value = column
            here = value[_HEAD:]
            if here:
                body = alone[place] + value[:_HEAD]
                found.append(Part(as_bytes[place], body, bytes((len(here),)), here))
            else:
                found.append(Part(as_bytes[place], alone[place]))
        return tuple(found)

    def _part(self, term: str, column: Sequence[Any]) -> Part:
        """Return the part of a term that stands in several documents."""
        of_all = itemgetter(*column[::2])
        numbers = b"".join(of_all(self._bytes))
        body = _steps(of_all(self._groups)) + b"".join(of_all(self._slots))
        if not is_word(term):
            return Part(numbers, body)
        values = column[1::2]
        sizes = bytes(map(sub, map(len, values), repeat(_HEAD)))
        if sizes.count(_TWO) == len(values):
            # One place each, of two bytes, after the two bytes of the head.
            together = b"".join(values)
            marks = together[::_PAIR] + together[1::_PAIR]
            return Part(numbers, body + marks, sizes, array("H", together)[1::2].tobytes())
        heads = zip(*values, strict=False)
        marks = bytes(next(heads)) + bytes(next(heads))
        return Part(numbers, body + marks, sizes, b"".join(map(_PLACES, values)))


_HEAD = len(NUL)
"""Bytes of a posting before its places."""
_NUMBER = 8
_PAIR, _TWO = 4, b"\x02"
_PLACES = itemgetter(slice(_HEAD, None))


def with_posting(part: Part, number: int, posting: Posting | None) -> Part:
    """Return `part` with another posting of the document with this number; None takes it out."""
    numbers = array("Q", part.numbers)
    count = len(numbers)
    at = bisect.bisect_left(numbers, number)
    after = at + (at < count and numbers[at] == number)
    if posting is not None and after > at:  # mostly: then the numbers are what they were
        new = numbers
        body = part.body[: len(part.body) - 2 * count] if posting[_HEAD:] else part.body
    else:
        new = numbers[:at] + array("Q", () if posting is None else (number,)) + numbers[after:]
        body = _steps([one >> SLOT_BITS for one in new])
        body += b"".join(map(_LEB, [one & SLOTS - 1 for one in new]))
    if not (part.sizes if posting is None else posting[_HEAD:]):
        return Part(new.tobytes(), body)
    weights, fields = part.body[-2 * count : -count], part.body[-count:]
    first = sum(part.sizes[:at])
    last = first + sum(part.sizes[at:after])
    here = b"" if posting is None else posting[_HEAD:]
    head = (b"", b"") if posting is None else (posting[:1], posting[1:2])
    size = b"" if posting is None else bytes((len(here),))
    return Part(
        numbers=new.tobytes(),
        body=body
        + (weights[:at] + head[0] + weights[after:])
        + (fields[:at] + head[1] + fields[after:]),
        sizes=part.sizes[:at] + size + part.sizes[after:],
        places=part.places[:first] + here + part.places[last:],
    )


def _steps(groups: Sequence[int]) -> bytes:
    """Return ascending `groups` as differences."""
    return b"".join(map(_LEB, map(sub, groups, chain((0,), groups))))


def written(terms: Sequence[str], parts: Sequence[Part]) -> tuple[bytes, bytes]:
    """Return the bytes of a shard of terms, and of its places.

    A shard is the dictionary of its terms, then the body of each; places are, for each word, their
    sizes, then themselves.
    """
    pieces = [dictionary(terms, [len(part.numbers) // _NUMBER for part in parts])]
    pieces += [part.body for part in parts]
    return b"".join(pieces), b"".join([part.sizes + part.places for part in parts])


def dictionary(terms: Sequence[str], counts: Iterable[int]) -> bytes:
    """Return sorted terms with their counts: a line each after the length of all, then numbers."""
    text = "\n".join(terms).encode()
    return _leb(len(text)) + text + b"".join(map(_LEB, counts))


LONGEST = 14
"""Words of so many letters, and longer ones, are listed together."""
LISTS = tuple(
    f"{letter}{length}"
    for letter in "_abcdefghijklmnopqrstuvwxyz"
    for length in range(1, LONGEST + 1)
)
"""Names of all lists of words, in their order."""


def list_of(word: str) -> str:
    """Return the name of the list that a word stands in: its first letter, and its length."""
    letter = word[0] if "a" <= word[0] <= "z" else "_"
    return f"{letter}{min(len(word), LONGEST)}"


class _Lebs(dict[int, bytes]):
    """Numbers in LEB128, worked out when they are first met."""

    def __missing__(self, number: int) -> bytes:
        data = leb128(number)
        if len(self) < _LEBS_LIMIT:
            self[number] = data
        return data


_LEBS_LIMIT = 1 << 17
_LEB = _Lebs().__getitem__


def _leb(number: int) -> bytes:
    """Return `number` in LEB128."""
    return _LEB(number)
