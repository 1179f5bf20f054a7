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

What was exported can be remembered; then a small change costs only the files it touches, and gives
the same bytes.
"""

import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.model.output import Output
from kb.model.value import Value, ValueFault, decode, encode, to_json
from kb.search.documents import Document
from kb.search.excerpts import READ_LIMIT
from kb.search.memory_index import MemoryIndex, Vocabulary, is_word, numbered
from kb.search.postings import Collection, Posting, collection, postings
from kb.search.shards import (
    File,
    Part,
    between,
    content_of,
    cut,
    cut_terms,
    file_of,
    letter_of,
    part_of,
    postings_of,
    read,
    word_lists,
    written,
)
from kb.search.stemming import stem

FORMAT = 1

MANY = 8192
"""From so many documents on files are larger, since naming many small ones costs more."""
SHARD_BYTES = (2_600, 4_500)
"""Usual size of a shard of terms before compression, of few and of many documents."""
ROWS_BYTES = (2_000, 3_600)
"""Usual size of a file of rows before compression."""
ANEW_SHARE = 12
"""Where more than one in so many documents changed, all is exported anew: that is faster."""


class Memory(Value, frozen=True):
    """What was exported, and all that a small change of it needs."""

    format: int
    language: str
    collection: Collection
    documents: tuple[bytes, ...]
    """Encoded, in the order of their numbers."""
    terms: tuple[str, ...]
    counts: tuple[int, ...]
    """How many documents have each term."""
    shards: tuple[int, ...]
    """How many terms each shard has."""
    sizes: tuple[int, ...]
    """Size of each document's row."""
    rows: tuple[int, ...]
    """How many documents each file of rows has."""
    letters: tuple[str, ...]
    term_files: tuple[File, ...]
    place_files: tuple[File, ...]
    word_files: tuple[File, ...]
    row_files: tuple[File, ...]
    examples: tuple[str, ...]


def export(documents: Sequence[Document], site_language: str) -> Iterator[Output]:
    """Yield the files of the browser's index, all below `search/`."""
    yield from _outputs(_anew(documents, site_language))


def export_again(
    documents: Sequence[Document], site_language: str, before: bytes = b""
) -> tuple[Iterator[Output], bytes]:
    """Return what `export` returns, and what to remember.

    Args:
        documents: all of them.
        site_language: as for `export`.
        before: what the last export said to remember; anything else is as good as nothing.
    """
    memory = None
    try:
        remembered = decode(before, Memory)
        if (remembered.format, remembered.language) == (FORMAT, site_language):
            memory = _changed(remembered, documents)
    except ValueFault:
        pass
    if memory is None:
        memory = _anew(documents, site_language)
    return _outputs(memory), encode(memory)


def _outputs(memory: Memory) -> Iterator[Output]:
    """Yield the files of what is remembered."""
    kinds = {
        "terms": memory.term_files,
        "places": memory.place_files,
        "words": memory.word_files,
        "rows": memory.row_files,
    }
    for kind, files in kinds.items():
        for number, file in enumerate(files):
            yield Output(f"search/{kind}-{number}-{file.digest}.bin", file.data)
    rows = file_of(to_json({"counts": memory.rows, "files": _names(memory.row_files)}))
    places = file_of(to_json(_names(memory.place_files)))
    yield Output(f"search/rows-{rows.digest}.bin", rows.data)
    yield Output(f"search/places-{places.digest}.bin", places.data)
    starts = []
    first, last = 0, ""
    for count in memory.shards:
        starts.append(between(last, memory.terms[first]))
        first += count
        last = memory.terms[first - 1]
    entry = {
        "format": FORMAT,
        "language": memory.language,
        "size": len(memory.documents),
        "terms": starts,
        "files": _names(memory.term_files),
        "letters": "".join(memory.letters),
        "words": _names(memory.word_files),
        "rows": rows.digest,
        "places": places.digest,
        "examples": memory.examples,
    }
    yield Output("search/index.bin", file_of(to_json(entry)).data)


def _names(files: Sequence[File]) -> str:
    return "".join(file.digest for file in files)


def _anew(documents: Sequence[Document], language: str) -> Memory:
    """Return everything of `documents`."""
    index = MemoryIndex(documents)
    vocabulary = index.vocabulary
    terms = vocabulary.terms
    counts = [vocabulary.counts[term] for term in terms]
    families: dict[str, list[str]] = defaultdict(list)
    for word in vocabulary.words():
        families[stem(word)].append(word)

    def part(term: str) -> Part:
        column: list[Any] = index.columns[term]
        family = families[stem(term)] if is_word(term) else ()
        return part_of(term, column[::2], column[1::2], family)

    shards = list(cut_terms(terms, counts, SHARD_BYTES[index.size() >= MANY]))
    made = [written(terms[start:end], part) for start, end in shards]
    rows = [_row(document) for document in index.documents]
    sizes = [sum(map(_length, row)) for row in rows]
    chunks = list(_chunks(index.documents, sizes))
    lists = list(word_lists(vocabulary.words(), vocabulary.counts))
    return Memory(
        format=FORMAT,
        language=language,
        collection=collection(index.documents),
        documents=tuple(map(encode, index.documents)),
        terms=tuple(terms),
        counts=tuple(counts),
        shards=tuple(end - start for start, end in shards),
        sizes=tuple(sizes),
        rows=tuple(end - start for start, end in chunks),
        letters=tuple(letter for letter, _ in lists),
        term_files=tuple(file_of(data) for data, _ in made),
        place_files=tuple(file_of(places) for _, places in made),
        word_files=tuple(file_of(data) for _, data in lists),
        row_files=tuple(file_of(to_json(rows[start:end])) for start, end in chunks),
        examples=_examples(index.documents),
    )


def _chunks(documents: Sequence[Document], sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of documents that share a file of rows."""
    usual = ROWS_BYTES[len(documents) >= MANY]
    return cut(sizes, lambda number: documents[number].url, usual)


# A small change


class _Difference:
    """Which postings changed: those of edited documents, and all from the first that moved on."""

    def __init__(self, before: Memory, documents: Sequence[Document]) -> None:
        self.before = before
        self.documents = documents
        self.encoded = [encode(document) for document in documents]
        self.edited: list[int] = []
        self.tail = min(len(documents), len(before.documents))
        for number in range(self.tail):
            if self.encoded[number] != before.documents[number]:
                old = decode(before.documents[number], Document)
                new = documents[number]
                if (old.url, old.kind) != (new.url, new.kind):
                    self.tail = number
                    break
                self.edited.append(number)

    def size(self) -> int:
        """Return how many documents have to be looked at."""
        return len(self.edited) + max(len(self.documents), len(self.before.documents)) - self.tail

    def postings(self) -> dict[str, dict[int, Posting | None]]:
        """Return the changed postings of each term; None where there is none any more."""
        known = self.before.collection
        changes: dict[str, dict[int, Posting | None]] = defaultdict(dict)
        last = max(len(self.documents), len(self.before.documents))
        for number in (*self.edited, *range(self.tail, last)):
            old: dict[str, Posting] = {}
            if number < len(self.before.documents):
                old = postings(decode(self.before.documents[number], Document), known)
            new: dict[str, Posting] = {}
            if number < len(self.documents):
                new = postings(self.documents[number], known)
            for term in old.keys() | new.keys():
                if old.get(term) != new.get(term):
                    changes[term][number] = new.get(term)
        return changes


class _Shelf:
    """The shards as they were, opened when they are needed."""

    def __init__(self, before: Memory) -> None:
        self.before = before
        self.ends: list[int] = []
        end = 0
        for count in before.shards:
            end += count
            self.ends.append(end)
        self.opened: dict[int, dict[str, Part]] = {}

    def part(self, term: str) -> Part | None:
        """Return what was held of `term`, if anything."""
        place = bisect.bisect_left(self.before.terms, term)
        if place == len(self.before.terms) or self.before.terms[place] != term:
            return None
        number = bisect.bisect_right(self.ends, place)
        if number not in self.opened:
            files = self.before.term_files[number], self.before.place_files[number]
            self.opened[number] = read(*map(content_of, files))
        return self.opened[number][term]


def _changed(before: Memory, documents: Sequence[Document]) -> Memory | None:
    """Return `before` with what changed, or None where all has to be exported anew."""
    ordered = numbered(documents)
    if collection(ordered) != before.collection or len(ordered) < len(before.documents) // 2:
        return None
    if (len(ordered) >= MANY) != (len(before.documents) >= MANY):
        return None
    difference = _Difference(before, ordered)
    if difference.size() * ANEW_SHARE > len(ordered):
        return None
    changes = difference.postings()
    counts = dict(zip(before.terms, before.counts, strict=True))
    shelf = _Shelf(before)
    changed: dict[str, dict[int, Posting]] = {}
    for term, found in changes.items():
        held = shelf.part(term)
        merged: dict[int, Posting] = postings_of(term, held) if held else {}
        for number, posting in found.items():
            if posting is None:
                merged.pop(number, None)
            else:
                merged[number] = posting
        changed[term] = merged
        counts[term] = len(merged)
        if not merged:
            del counts[term]
    memory = _with_terms(before, shelf, changed, counts, len(ordered))
    return _with_rows(memory, before, ordered, difference)


def _with_terms(
    before: Memory,
    shelf: _Shelf,
    changed: Mapping[str, Mapping[int, Posting]],
    counts: dict[str, int],
    size: int,
) -> Memory:
    """Return `before` with changed terms; its documents and rows are still the old ones."""
    old = set(before.terms)
    moved = [term for term in changed if (term in old) != (term in counts)]
    vocabulary = Vocabulary(counts) if moved else Vocabulary(counts, before.terms)
    terms = vocabulary.terms
    stems = {stem(term) for term in moved if is_word(term)}
    families = {root: _family(terms, root) for root in stems}
    touched = {*changed, *(word for family in families.values() for word in family)}
    for root in stems:
        touched.update(_family(before.terms, root))
    numbers = [counts[term] for term in terms]

    def part(term: str) -> Part:
        held = shelf.part(term)
        family: Sequence[str] = held.family if held else ()
        if is_word(term) and stem(term) in families:
            family = families[stem(term)]
        if term in changed:
            found = sorted(changed[term].items())
            return part_of(term, [n for n, _ in found], [p for _, p in found], family)
        if held is None:
            raise KeyError(term)
        if term not in touched:
            return held
        others = tuple(word for word in family if word != term)
        return Part(held.count, held.body, held.places, others)

    kept = {}
    first = 0
    for number, count in enumerate(before.shards):
        kept[before.terms[first : first + count]] = number
        first += count
    shards = list(cut_terms(terms, numbers, SHARD_BYTES[size >= MANY]))
    term_files, place_files = [], []
    for start, end in shards:
        here = tuple(terms[start:end])
        number = kept.get(here, -1)
        if number >= 0 and touched.isdisjoint(here):
            term_files.append(before.term_files[number])
            place_files.append(before.place_files[number])
        else:
            data, places = written(here, part)
            term_files.append(file_of(data))
            place_files.append(file_of(places))
    letters, word_files = _with_words(before, changed, vocabulary, old)
    return Memory(
        format=before.format,
        language=before.language,
        collection=before.collection,
        documents=before.documents,
        terms=tuple(terms),
        counts=tuple(numbers),
        shards=tuple(end - start for start, end in shards),
        sizes=before.sizes,
        rows=before.rows,
        letters=letters,
        term_files=tuple(term_files),
        place_files=tuple(place_files),
        word_files=word_files,
        row_files=before.row_files,
        examples=before.examples,
    )


def _family(terms: Sequence[str], root: str) -> list[str]:
    """Return the words of sorted `terms` whose stem is `root`."""
    beginning = root[: max(1, len(root) - 1)]
    first = bisect.bisect_left(terms, beginning)
    last = bisect.bisect_left(terms, beginning + "\U0010ffff")
    return [term for term in terms[first:last] if is_word(term) and stem(term) == root]


def _with_words(
    before: Memory,
    changed: Mapping[str, object],
    vocabulary: Vocabulary,
    old: set[str],
) -> tuple[tuple[str, ...], tuple[File, ...]]:
    """Return letters and lists of words; only those are made that differ."""
    was = dict(zip(before.terms, before.counts, strict=True)) if changed else {}
    stale = {
        letter_of(term)
        for term in changed
        if is_word(term) and was.get(term, 0) != vocabulary.counts.get(term, 0)
    }
    files = dict(zip(before.letters, before.word_files, strict=True))
    if stale:
        words = (word for word in vocabulary.words() if letter_of(word) in stale)
        for letter in stale:
            files.pop(letter, None)
        for letter, data in word_lists(words, vocabulary.counts):
            if letter in stale:
                files[letter] = file_of(data)
    letters = tuple(sorted(files))
    return letters, tuple(files[letter] for letter in letters)


def _with_rows(
    memory: Memory, before: Memory, documents: Sequence[Document], difference: _Difference
) -> Memory:
    """Return `memory` with the rows of `documents`."""
    sizes = list(before.sizes[: difference.tail])
    for number in difference.edited:
        sizes[number] = sum(map(_length, _row(documents[number])))
    sizes += [sum(map(_length, _row(one))) for one in documents[difference.tail :]]
    edited = set(difference.edited)
    kept = {}
    first = 0
    for number, count in enumerate(before.rows):
        kept[first, first + count] = number
        first += count
    chunks = list(_chunks(documents, sizes))
    files = []
    for start, end in chunks:
        number = kept.get((start, end), -1)
        if number >= 0 and end <= difference.tail and edited.isdisjoint(range(start, end)):
            files.append(before.row_files[number])
        else:
            files.append(file_of(to_json([_row(one) for one in documents[start:end]])))
    return Memory(
        format=memory.format,
        language=memory.language,
        collection=memory.collection,
        documents=tuple(difference.encoded),
        terms=memory.terms,
        counts=memory.counts,
        shards=memory.shards,
        sizes=tuple(sizes),
        rows=tuple(end - start for start, end in chunks),
        letters=memory.letters,
        term_files=memory.term_files,
        place_files=memory.place_files,
        word_files=memory.word_files,
        row_files=tuple(files),
        examples=_examples(documents),
    )


def _examples(documents: Sequence[Document]) -> tuple[str, ...]:
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
    return tuple(found)


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
