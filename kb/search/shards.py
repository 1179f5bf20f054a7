"""The bytes of the browser's index: how terms, postings and words are written, cut and named.

Numbers are LEB128; a text is what it shares with the text before it, and the rest.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from kb.model.value import Value
from kb.search.memory_index import is_word
from kb.search.postings import Posting

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BYTES = tuple(bytes((number,)) for number in range(128))


class Part(Value, frozen=True):
    """What a shard holds of one term."""

    count: int
    """How many documents have it."""
    body: bytes
    """Numbers of documents as differences; of a word also their weights, then their fields."""
    places: bytes
    """For each document of a word, its places after their length."""
    family: tuple[str, ...] = ()
    """The other words of its stem, sorted."""


class File(Value, frozen=True):
    """A file of the index."""

    digest: str
    """Four digits that stand, together with the file's number, for its content."""
    data: bytes
    """Compressed."""


def file_of(data: bytes) -> File:
    """Return `data` compressed, with its digest."""
    rest = int.from_bytes(sha256(data).digest()[:8], "big")
    digits = ""
    for _ in range(4):
        rest, digit = divmod(rest, 36)
        digits += _DIGITS[digit]
    return File(digits, gzip.compress(data, 6, mtime=0))


def content_of(file: File) -> bytes:
    """Return what was made a file of."""
    return gzip.decompress(file.data)


def cut(sizes: Sequence[int], names: Callable[[int], str], usual: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of things of about `usual` bytes, cut where the hashes of their names say so.

    How many names are cuts depends on the mean size, in powers of two: it seldom changes.

    Args:
        sizes: of each thing, in bytes.
        names: returns the name of the thing with a number.
        usual: bytes of a range; none has twice as many, unless one thing has.
    """
    mean = max(1, sum(sizes) // max(1, len(sizes)))
    every = 1 << max(0, (usual // (2 * mean)).bit_length())
    start = size = 0
    for place, more in enumerate(sizes):
        if place > start and (
            size + more > usual * 2
            or (size >= usual // 2 and zlib.crc32(names(place).encode()) % every == 0)
        ):
            yield start, place
            start, size = place, 0
        size += more
    if sizes:
        yield start, len(sizes)


def head(term: str) -> str:
    """Return the word that a term begins with: terms of one word stay in one shard."""
    return term if term[0] == "#" else term.replace("\t", " ").partition(" ")[0]


def cut_terms(terms: Sequence[str], counts: Sequence[int], usual: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of sorted `terms` that make a shard each."""
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
    ends = [*starts[1:], len(terms)]
    for first, after in cut(sizes, lambda group: terms[starts[group]], usual):
        yield starts[first], ends[after - 1]


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
    body = bytearray()
    last = 0
    for number in numbers:
        step = number - last
        last = number
        while step > 127:
            body.append(step & 127 | 128)
            step >>= 7
        body.append(step)
    if not is_word(term):
        return Part(len(numbers), bytes(body), b"")
    others = tuple(word for word in family if word != term)
    body += bytes([value[0] for value in values])
    body += bytes([value[1] for value in values])
    if max(map(len, values)) > 129:
        places = b"".join([_sized(value[2:]) for value in values])
    else:
        places = b"".join([_BYTES[len(value) - 2] + value[2:] for value in values])
    return Part(len(numbers), bytes(body), places, others)


def postings_of(term: str, part: Part) -> dict[int, Posting]:
    """Return the postings that `part` was made of."""
    data, at, number = part.body, 0, 0
    numbers = []
    for _ in range(part.count):
        step, at = _read_number(data, at)
        number += step
        numbers.append(number)
    if not is_word(term):
        return dict.fromkeys(numbers, b"\0\0")
    found: dict[int, Posting] = {}
    spot = 0
    for place, number in enumerate(numbers):
        length, spot = _read_number(part.places, spot)
        found[number] = (
            data[at + place : at + place + 1]
            + data[at + part.count + place : at + part.count + place + 1]
            + part.places[spot : spot + length]
        )
        spot += length
    return found


def written(terms: Sequence[str], parts: Callable[[str], Part]) -> tuple[bytes, bytes]:
    """Return the bytes of a shard of `terms`, and of its places.

    A shard is the length of its dictionary, the dictionary, then the body of each term. An entry of
    the dictionary: the term, its count, the lengths of its body and of its places, its family.
    """
    dictionary = bytearray()
    bodies = bytearray()
    places = bytearray()
    before = b""
    for term in terms:
        encoded = term.encode()
        part = parts(term)
        _text(dictionary, encoded, before)
        for number in (part.count, len(part.body), len(part.places), len(part.family)):
            _number(dictionary, number)
        for other in part.family:
            _text(dictionary, other.encode(), encoded)
        bodies += part.body
        places += part.places
        before = encoded
    data = bytearray()
    _number(data, len(dictionary))
    return bytes(data + dictionary + bodies), bytes(places)


def read(data: bytes, places: bytes) -> dict[str, Part]:
    """Return the parts of a shard, by term."""
    length, at = _read_number(data, 0)
    end = at + length
    body, spot = end, 0
    before = b""
    found: dict[str, Part] = {}
    while at < end:
        before, at = _read_text(data, at, before)
        count, at = _read_number(data, at)
        size, at = _read_number(data, at)
        room, at = _read_number(data, at)
        members, at = _read_number(data, at)
        family = []
        for _ in range(members):
            other, at = _read_text(data, at, before)
            family.append(other.decode())
        found[before.decode()] = Part(
            count, data[body : body + size], places[spot : spot + room], tuple(family)
        )
        body += size
        spot += room
    return found


def letter_of(word: str) -> str:
    """Return the letter under which a word is listed: a to z, or none."""
    return word[0] if "a" <= word[0] <= "z" else ""


def word_lists(words: Iterable[str], counts: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Yield for each letter its words with their counts, sorted; first those of no letter."""
    files: dict[str, bytearray] = {"": bytearray()}
    before: dict[str, bytes] = {}
    for word in words:
        letter = letter_of(word)
        data = files.setdefault(letter, bytearray())
        encoded = word.encode()
        _text(data, encoded, before.get(letter, b""))
        _number(data, counts[word])
        before[letter] = encoded
    for letter, data in sorted(files.items()):
        yield letter, bytes(data)


def _sized(data: bytes) -> bytes:
    """Return `data` after its length."""
    size = bytearray()
    _number(size, len(data))
    return bytes(size) + data


def _number(data: bytearray, number: int) -> None:
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


def _text(data: bytearray, text: bytes, before: bytes) -> None:
    shared = 0
    for left, right in zip(text, before, strict=False):
        if left != right:
            break
        shared += 1
    _number(data, shared)
    _number(data, len(text) - shared)
    data += text[shared:]


def _read_text(data: bytes, at: int, before: bytes) -> tuple[bytes, int]:
    shared, at = _read_number(data, at)
    length, at = _read_number(data, at)
    return before[:shared] + data[at : at + length], at + length
