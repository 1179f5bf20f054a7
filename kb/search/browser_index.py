"""The index of the published site: files for any static host, of which a browser reads few.

    index.bin            what there is: where each shard of terms starts, names of all other files
    terms-N-HASH.bin     a stretch of the sorted terms, with postings but for places
    places-N-HASH.bin    the places of the same terms: read for phrases only
    words-N-HASH.bin     the words of one first letter (a to z, or any other), with counts:
                         read where a word is misspelt
    rows-N-HASH.bin      documents in the order of their numbers: what a result shows
    places-HASH.bin      names of the files of places
    rows-HASH.bin        names of the files of rows, and how many documents each has

All are compressed here, since not every host compresses, and read by `search-engine.js`. Names of
all but the first carry a digest of the content, so they can be cached for ever. Shards and rows
are cut where the words and URLs themselves say so, not by counting: one edit moves no other cut.
Nothing here depends on time, chance or the order of input.
"""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from kb.model.output import Output
from kb.model.value import to_json
from kb.search.documents import Document
from kb.search.excerpts import READ_LIMIT
from kb.search.memory_index import MemoryIndex, is_word
from kb.search.stemming import stem

FORMAT = 1

MANY = 8192
"""From so many documents on files are larger, since naming many small ones costs more."""
SHARD_BYTES = (2_600, 4_500)
"""Usual size of a shard of terms before compression, of few and of many documents."""
ROWS_BYTES = (2_000, 3_600)
"""Usual size of a file of rows before compression."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def export(documents: Sequence[Document], site_language: str) -> Iterator[Output]:
    """Yield the files of the browser's index, all below `search/`."""
    index = MemoryIndex(documents)
    families: dict[str, list[str]] = defaultdict(list)
    for word in index.vocabulary.words():
        families[stem(word)].append(word)
    starts: list[str] = []
    last = ""
    term_names: list[str] = []
    place_names: list[str] = []
    for number, terms in enumerate(_shards(index)):
        starts.append(_between(last, terms[0]))
        last = terms[-1]
        data, places = _encoded(index, terms, families)
        yield from _named("terms", number, data, term_names)
        yield from _named("places", number, places, place_names)
    word_names: list[str] = []
    letters: list[str] = []
    for number, (letter, data) in enumerate(_words(index)):
        letters.append(letter)
        yield from _named("words", number, data, word_names)
    row_names: list[str] = []
    counts: list[int] = []
    for number, rows in enumerate(_chunks(index.documents)):
        counts.append(len(rows))
        yield from _named("rows", number, to_json(rows), row_names)
    row_files = to_json({"counts": counts, "files": "".join(row_names)})
    place_files = to_json("".join(place_names))
    yield Output(f"search/rows-{_digest(row_files)}.bin", _packed(row_files))
    yield Output(f"search/places-{_digest(place_files)}.bin", _packed(place_files))
    entry = {
        "format": FORMAT,
        "language": site_language,
        "size": index.size(),
        "terms": starts,
        "files": "".join(term_names),
        "letters": "".join(letters),
        "words": "".join(word_names),
        "rows": _digest(row_files),
        "places": _digest(place_files),
        "examples": _examples(index.documents),
    }
    yield Output("search/index.bin", _packed(to_json(entry)))


def _examples(documents: Sequence[Document]) -> list[str]:
    """Return queries that this very site answers, to teach the language with."""
    most: dict[str, Document] = {}
    for document in documents:
        best = most.get(document.kind)
        if best is None or document.count >= best.count:
            most[document.kind] = document
    found = []
    if "topic" in most:
        found.append(most["topic"].title)
    if "speaker" in most:
        found.append(f'speaker:"{most["speaker"].title}"')
    years = [document.year for document in documents if document.kind == "talk" and document.year]
    if years:
        found.append(f"year:{max(years)} has:recording")
    return [example.replace("\n", " ") for example in found]


def _named(kind: str, number: int, data: bytes, names: list[str]) -> Iterator[Output]:
    """Yield a file under a name of its content, and note the digest in `names`."""
    names.append(_digest(data))
    yield Output(f"search/{kind}-{number}-{names[-1]}.bin", _packed(data))


def _digest(data: bytes) -> str:
    """Return four digits of base 36 that stand for `data`, together with a file's number."""
    rest = int.from_bytes(sha256(data).digest()[:8], "big")
    digits = ""
    for _ in range(4):
        rest, digit = divmod(rest, 36)
        digits += _DIGITS[digit]
    return digits


def _between(last: str, first: str) -> str:
    """Return the shortest beginning of `first` that comes after `last`: where a shard starts."""
    for length in range(1, len(first)):
        if first[:length] > last:
            return first[:length]
    return first


def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _cut(
    items: Iterable[tuple[str, int]], usual: int, total: int, count: int
) -> Iterator[tuple[int, int]]:
    """Yield ranges of `items` (name, size) of about `usual` bytes, cut where names' hashes say so.

    How many names are cuts depends on the mean size, in powers of two: it seldom changes.
    """
    mean = max(1, total // max(1, count))
    every = 1 << max(0, (usual // (2 * mean)).bit_length())
    start = size = 0
    place = -1
    for place, (name, bytes_) in enumerate(items):
        due = size >= usual // 2 and zlib.crc32(name.encode()) % every == 0
        if place > start and (due or size + bytes_ > usual * 2):
            yield start, place
            start, size = place, 0
        size += bytes_
    if place >= 0:
        yield start, place + 1


def _shards(index: MemoryIndex) -> Iterator[list[str]]:
    """Yield stretches of the sorted terms; a word and the names it begins stay together."""
    groups: list[list[str]] = []
    sizes: list[int] = []
    last = ""
    for term in index.vocabulary.terms:
        head = _head(term)
        if head != last or not groups:
            groups.append([])
            sizes.append(0)
            last = head
        groups[-1].append(term)
        sizes[-1] += len(term) + 3 * index.count(term)
    named = [(group[0], size) for group, size in zip(groups, sizes, strict=True)]
    for start, end in _cut(named, SHARD_BYTES[index.size() >= MANY], sum(sizes), len(sizes)):
        yield [term for group in groups[start:end] for term in group]


def _head(term: str) -> str:
    """Return the word that a term begins with: what it is looked up near."""
    return term if term[0] == "#" else term.replace("\t", " ").partition(" ")[0]


def _encoded(
    index: MemoryIndex, terms: Sequence[str], families: Mapping[str, Sequence[str]]
) -> tuple[bytes, bytes]:
    """Return the bytes of a shard, and of its places.

    A shard is the length of its dictionary, the dictionary, then the postings of each term. An
    entry of the dictionary: what it shares with the entry before it, the rest of it, its count of
    documents, the length of its postings and of its places, and the other words of its family.
    """
    dictionary = bytearray()
    bodies = bytearray()
    places = bytearray()
    before = b""
    for term in terms:
        encoded = term.encode()
        body, spots = _postings(index, term)
        _text(dictionary, encoded, before)
        _number(dictionary, index.count(term))
        _number(dictionary, len(body))
        _number(dictionary, len(spots))
        family = families[stem(term)] if is_word(term) else ()
        _number(dictionary, max(0, len(family) - 1))
        for other in family:
            if other != term:
                _text(dictionary, other.encode(), encoded)
        bodies += body
        places += spots
        before = encoded
    data = bytearray()
    _number(data, len(dictionary))
    return bytes(data + dictionary + bodies), bytes(places)


def _postings(index: MemoryIndex, term: str) -> tuple[bytes, bytes]:
    """Return numbers, weights and fields of a term's postings, column by column; and its places."""
    column: list[Any] = index.columns[term]
    body = bytearray()
    last = 0
    for number in column[::2]:
        step = number - last
        last = number
        while step > 127:
            body.append(step & 127 | 128)
            step >>= 7
        body.append(step)
    if not is_word(term):
        return bytes(body), b""
    values: list[bytes] = column[1::2]
    if len(values) == 1:
        value = values[0]
        return bytes(body) + value[:2], _sized(value[2:])
    body += bytes([value[0] for value in values])
    body += bytes([value[1] for value in values])
    if max(map(len, values)) > 129:
        places = b"".join([_sized(value[2:]) for value in values])
    else:
        places = b"".join([_BYTES[len(value) - 2] + value[2:] for value in values])
    return bytes(body), places


_BYTES = tuple(bytes((number,)) for number in range(128))


def _sized(data: bytes) -> bytes:
    """Return `data` after its length."""
    if len(data) < 128:
        return _BYTES[len(data)] + data
    size = bytearray()
    _number(size, len(data))
    return bytes(size) + data


def _words(index: MemoryIndex) -> Iterator[tuple[str, bytes]]:
    """Yield the words of each first letter, those of all but a to z together.

    A word is what it shares with the word before, the rest of it, and its count.
    """
    files: dict[str, bytearray] = {"": bytearray()}
    before: dict[str, bytes] = {}
    for word in index.vocabulary.words():
        letter = word[0] if "a" <= word[0] <= "z" else ""
        data = files.setdefault(letter, bytearray())
        encoded = word.encode()
        _text(data, encoded, before.get(letter, b""))
        _number(data, index.count(word))
        before[letter] = encoded
    for letter, data in sorted(files.items()):
        yield letter, bytes(data)


def _chunks(documents: Sequence[Document]) -> Iterator[list[list[object]]]:
    """Yield what results show, a list for each document, in files of a few."""
    rows = [_row(document) for document in documents]
    sizes = [sum(map(_length, row)) for row in rows]
    named = [(document.url, size) for document, size in zip(documents, sizes, strict=True)]
    for start, end in _cut(named, ROWS_BYTES[len(documents) >= MANY], sum(sizes), len(sizes)):
        yield rows[start:end]


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(_length, value)) if isinstance(value, tuple) else 4


def _row(document: Document) -> list[object]:
    left = READ_LIMIT
    body: list[str] = []
    for block in document.body:
        if left <= 0:
            break
        body.append(block[:left])
        left -= len(block)
    return [
        document.kind,
        document.url,
        document.title,
        document.speakers,
        document.event,
        document.date,
        document.count,
        document.page,
        document.session_kind,
        document.topics,
        tuple(body),
    ]


def _number(data: bytearray, number: int) -> None:
    """Append `number` as LEB128."""
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)


def _text(data: bytearray, text: bytes, before: bytes) -> None:
    """Append `text` as the length that it shares with `before`, and the rest."""
    shared = 0
    for left, right in zip(text, before, strict=False):
        if left != right:
            break
        shared += 1
    _number(data, shared)
    _number(data, len(text) - shared)
    data += text[shared:]
