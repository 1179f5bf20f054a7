"""The index of the published site: files that any static host can serve, and a browser reads few of.

    index.bin            what there is: where each shard of terms starts, names of all other files
    terms-N-HASH.bin     a stretch of the sorted terms, with postings but for places
    places-N-HASH.bin    the places of the same terms: read for phrases only
    words-N-HASH.bin     the words of one first letter (a to z, or any other), with counts:
                         read where a word is misspelt
    rows-N-HASH.bin      documents in the order of their numbers: what a result shows
    names-HASH.bin       names of the files of rows and places

All are compressed here, since not every host compresses, and read by `search-engine.js`. Names of all
but the first carry a digest of the content, so they can be cached for ever. Shards and rows are
cut where the words and URLs themselves say so, not by counting: one edit moves no other cut. Nothing
here depends on time, chance or the order of input.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from kb.model.output import Output
from kb.model.value import to_json
from kb.search.documents import Document
from kb.search.excerpts import READ_LIMIT
from kb.search.memory_index import MemoryIndex

FORMAT = 1

SHARD_BYTES = 4_500
"""Usual size of a shard of terms before compression."""
ROWS_BYTES = 3_600
"""Usual size of a file of rows before compression."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def export(documents: Sequence[Document], site_language: str) -> Iterator[Output]:
    """Yield the files of the browser's index, all below `search/`."""
    index = MemoryIndex(documents)
    shards = list(_shards(index))
    first_terms: list[str] = []
    term_names: list[str] = []
    place_names: list[str] = []
    for number, terms in enumerate(shards):
        first_terms.append(terms[0])
        data, places = _encoded(index, terms)
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
    names = to_json({"places": "".join(place_names), "rows": "".join(row_names), "counts": counts})
    names_digest = _digest(names)
    yield Output(f"search/names-{names_digest}.bin", _packed(names))
    entry = {
        "format": FORMAT,
        "language": site_language,
        "size": index.size(),
        "terms": first_terms,
        "files": "".join(term_names),
        "letters": "".join(letters),
        "words": "".join(word_names),
        "names": names_digest,
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
    """Return five digits of base 36 that stand for `data`, together with a file's number."""
    rest = int.from_bytes(sha256(data).digest()[:8], "big")
    digits = ""
    for _ in range(5):
        rest, digit = divmod(rest, 36)
        digits += _DIGITS[digit]
    return digits


def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


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
    for start, end in _cut(named, SHARD_BYTES, sum(sizes), len(sizes)):
        yield [term for group in groups[start:end] for term in group]


def _head(term: str) -> str:
    """Return the word that a term begins with: what it is looked up near."""
    return term if term[0] == "#" else term.replace("\t", " ").partition(" ")[0]


def _encoded(index: MemoryIndex, terms: Sequence[str]) -> tuple[bytes, bytes]:
    """Return the bytes of a shard, and of its places.

    A shard is the length of its dictionary, the dictionary, then the postings of each term. An entry of the
    dictionary: what it shares with the entry before it, the rest of it, its count of documents, the length of its
    postings and of its places, and the other words of its family.
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
        is_word = "\t" not in term and term[0] != "#"
        family = [other for other in index.family(term) if other != term] if is_word else []
        _number(dictionary, len(family))
        for other in family:
            _text(dictionary, other.encode(), encoded)
        bodies += body
        places += spots
        before = encoded
    data = bytearray()
    _number(data, len(dictionary))
    return bytes(data + dictionary + bodies), bytes(places)


def _postings(index: MemoryIndex, term: str) -> tuple[bytes, bytes]:
    """Return numbers, weights and fields of a term's postings, column by column; and its places."""
    found = index.postings(term)
    body = bytearray()
    places = bytearray()
    last = 0
    for number in found:
        _number(body, number - last)
        last = number
    values = found.values()
    if any(value[0] for value in values):
        body += bytes(value[0] for value in values)
        body += bytes(value[1] for value in values)
        for value in values:
            _number(places, len(value) - 2)
            places += value[2:]
    return bytes(body), bytes(places)


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
    for start, end in _cut(named, ROWS_BYTES, sum(sizes), len(sizes)):
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
