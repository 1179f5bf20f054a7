"""The bytes of the browser's index: how terms, postings and words are written, cut and named.

Numbers are LEB128; a text is what it shares with the text before it, and the rest.
"""

import bisect
import gzip
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from kb.model.value import Value
from kb.search.memory_index import is_word
from kb.search.numbering import SLOT_BITS, SLOTS
from kb.search.postings import Posting

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Part(Value, frozen=True, array_like=True):
    """What a shard holds of one term, and what of that is where: one posting is changed alone."""

    numbers: bytes = b""
    """Of documents, ascending, eight bytes each."""
    steps: bytes = b""
    """The same as they are published: differences. One of slots is doubled; where the group is
    another, the difference of groups is doubled, one more, and the slot follows."""
    widths: bytes = b""
    """How many bytes of `steps` each number takes."""
    weights: bytes = b""
    """Of a word in each document; a key has none, nor what follows."""
    fields: bytes = b""
    places: bytes = b""
    """For each document the word's places, after their length."""
    sizes: bytes = b""
    """How many bytes of `places` each document takes, two bytes each."""
    family: tuple[str, ...] = ()
    """The other words of its stem, sorted."""

    @property
    def count(self) -> int:
        """Return how many documents have it."""
        return len(self.widths)


def digest_of(data: bytes) -> str:
    """Return four digits that stand, together with the place of a file, for its content."""
    rest = int.from_bytes(sha256(data).digest()[:8], "big")
    digits = ""
    for _ in range(4):
        rest, digit = divmod(rest, 36)
        digits += _DIGITS[digit]
    return digits


def packed(data: bytes) -> bytes:
    """Return `data` compressed, always to the same bytes."""
    return gzip.compress(data, 6, mtime=0)


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


def size_of(term: str, count: int) -> int:
    """Return about how many bytes of a shard a term takes."""
    return len(term) + 3 * count


def groups(terms: Sequence[str], counts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return where among sorted `terms` each word's begin, and the bytes that each takes."""
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
        sizes[-1] += size_of(term, counts[place])
    return starts, sizes


def cut_places(
    terms: Sequence[str], starts: Sequence[int], sizes: Sequence[int], every: int, usual: int
) -> Iterator[int]:
    """Yield where sorted `terms` are cut, given their `groups`; they begin where a cut is."""
    first = size = 0
    for start, more in zip(starts, sizes, strict=True):
        if start > first and is_cut(size, more, terms[start], every, usual):
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


def part_of(
    term: str, numbers: Sequence[int], values: Sequence[Posting], family: Sequence[str]
) -> Part:
    """Return what a shard holds of `term`, whose postings are `values` in documents `numbers`."""
    steps = _steps(0, numbers)
    column = array("Q", numbers).tobytes(), b"".join(steps), bytes(map(len, steps))
    if not is_word(term):
        return Part(*column)
    places = [_SHORT[len(value) - 2] + value[2:] for value in values]
    return Part(
        *column,
        weights=bytes([value[0] for value in values]),
        fields=bytes([value[1] for value in values]),
        places=b"".join(places),
        sizes=array("H", map(len, places)).tobytes(),
        family=tuple(word for word in family if word != term),
    )


def with_posting(term: str, part: Part, number: int, posting: Posting | None) -> Part:
    """Return `part` with another posting of the document with this number; None takes it out."""
    numbers = array("Q", part.numbers)
    at = bisect.bisect_left(numbers, number)
    after = at + (at < len(numbers) and numbers[at] == number)
    new = numbers[:at] + array("Q", () if posting is None else (number,))
    following = numbers[after : after + 1]
    changed = _steps(numbers[at - 1] if at else 0, [*new[at:], *following])
    begin = sum(part.widths[:at])
    end = begin + sum(part.widths[at : after + 1])
    column = (
        (new + numbers[after:]).tobytes(),
        part.steps[:begin] + b"".join(changed) + part.steps[end:],
        part.widths[:at] + bytes(map(len, changed)) + part.widths[after + 1 :],
    )
    if not is_word(term):
        return Part(*column)
    sizes = array("H", part.sizes)
    first = sum(sizes[:at])
    last = first + sum(sizes[at:after])
    weight = field = places = b""
    if posting is not None:
        weight, field, places = posting[:1], posting[1:2], _sized(posting[2:])
    return Part(
        *column,
        weights=part.weights[:at] + weight + part.weights[after:],
        fields=part.fields[:at] + field + part.fields[after:],
        places=part.places[:first] + places + part.places[last:],
        sizes=(sizes[:at] + array("H", [len(places)] * bool(places)) + sizes[after:]).tobytes(),
        family=part.family,
    )


def _steps(last: int, numbers: Iterable[int]) -> list[bytes]:
    """Return how each of `numbers` is written, the first after `last`."""
    found: list[bytes] = []
    group, slot = last >> SLOT_BITS, last & SLOTS - 1
    for number in numbers:
        here, there = number >> SLOT_BITS, number & SLOTS - 1
        if here == group:
            step = there - slot << 1
            found.append(_SHORT[step] if step < _SHORT_END else _long(step))
        else:
            found.append(_leb(here - group << 1 | 1) + _leb(there))
            group = here
        slot = there
    return found


def entry_of(before: str, term: str, part: Part) -> bytes:
    """Return what the dictionary of a shard has of `term`, which follows the term `before`.

    That is the term, its count, the lengths of its body and of its places, and its family.
    """
    encoded = term.encode()
    body = len(part.steps) + len(part.weights) + len(part.fields)
    entry = _text(encoded, before.encode()) + _leb(part.count) + _leb(body)
    entry += _leb(len(part.places)) + _leb(len(part.family))
    for other in part.family:
        entry += _text(other.encode(), encoded)
    return entry


def written(entries: Sequence[bytes], parts: Sequence[Part]) -> tuple[bytes, bytes]:
    """Return the bytes of a shard of terms with these `entry_of`, and of its places.

    A shard is the length of its dictionary, the dictionary, then the body of each term: its steps,
    of a word also the weights, then the fields.
    """
    dictionary = b"".join(entries)
    pieces = [_leb(len(dictionary)), dictionary]
    for part in parts:
        pieces += (part.steps, part.weights, part.fields)
    return b"".join(pieces), b"".join([part.places for part in parts])


LONGEST = 14
"""Words of so many letters, and longer ones, are listed together."""


def list_of(word: str) -> str:
    """Return the name of the list that a word stands in: its first letter, and its length."""
    letter = word[0] if "a" <= word[0] <= "z" else "_"
    return f"{letter}{min(len(word), LONGEST)}"


def word_list(words: Sequence[str], counts: Sequence[int]) -> bytes:
    """Return a list of sorted words with their counts."""
    pieces: list[bytes] = []
    before = b""
    for word, count in zip(words, counts, strict=True):
        encoded = word.encode()
        pieces.append(_text(encoded, before) + _leb(count))
        before = encoded
    return b"".join(pieces)


def _sized(data: bytes) -> bytes:
    """Return `data` after its length."""
    return _leb(len(data)) + data


def _long(number: int) -> bytes:
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
    return bytes(data)


_SHORT_END = 1 << 13
_SHORT = tuple(map(_long, range(_SHORT_END)))


def _leb(number: int) -> bytes:
    """Return `number` in LEB128."""
    return _SHORT[number] if number < _SHORT_END else _long(number)


def _text(text: bytes, before: bytes) -> bytes:
    """Return how much `text` shares with the text `before`, and the rest after its length."""
    shared = 0
    for left, right in zip(text, before, strict=False):
        if left != right:
            break
        shared += 1
    return _leb(shared) + _leb(len(text) - shared) + text[shared:]
