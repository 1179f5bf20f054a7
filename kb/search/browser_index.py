"""The index of the published site: files for any static host, of which a browser reads few.

    index.bin            what there is: where each shard of terms starts, names of other files
    terms-S-HASH.bin     a stretch of the sorted terms, with postings but for places
    places-S-HASH.bin    the places of the same terms: read for phrases only
    words-L-HASH.bin     the words of one first letter (a to z, or any other) and length, with
                         counts: read where a word is misspelt
    rows-B-HASH.bin      the documents of one bucket: what a result shows
    names-KN-HASH.bin    names of some files of terms (K is t), of places (p), or of rows (r)

All are compressed here, since not every host compresses, and read by `search-engine.js`. Names of
all but the first carry a digest of the content, so they can be cached for ever. S comes from where
the shard starts, and shards are cut where the words themselves say so; documents are numbered by
what they are (`numbering`): so one edit changes only the files that hold what it changes.
Nothing here depends on time, chance or the order of input.

What was exported can be remembered, in entries by name of which `revise` reads few and replaces
few; what it exports has the bytes of an export anew (`browser_change`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence

from kb.model.output import Output
from kb.model.value import Value, decode, encode, to_json
from kb.search.documents import Document, Key, key_of
from kb.search.excerpts import READ_LIMIT
from kb.search.memory_index import MemoryIndex
from kb.search.numbering import (
    GROUPS_OF_MONTH,
    SLOT_BITS,
    bucket_of,
    buckets,
    has_text,
    numbers_of,
    spot_of,
)
from kb.search.postings import Measure
from kb.search.shards import (
    LISTS,
    Numbers,
    Part,
    between,
    cut_terms,
    dictionary,
    digest_of,
    groups,
    list_of,
    name_of,
    packed,
    written,
)

FORMAT = 4

MANY = 8192
"""From so many documents on files are larger, since naming many small ones costs more."""
SHARD_BYTES = (2_600, 3_600)
"""Usual size of a shard of terms before compression, of few and of many documents."""
ROWS_BYTES = (1_800, 3_600)
"""Size of a file of rows before compression; the usual one is smaller, down to half of it."""
NAMES = 64
"""How many files are named together."""

TOPS = 32
"""Speakers and topics that are remembered as the ones with most talks."""
NO_FILE = "----"

HEAD = "head"
ENTRY = "search/index.bin"
"""The file that names all others; its own name is always the same."""


class Shard(Value, frozen=True, array_like=True):
    """A shard of terms."""

    first: str
    last: str
    start: str
    """What is from here on, and before the next shard's start, is in this one."""
    name: str
    terms: str
    """Digest of its file of terms; `places` of the other one."""
    places: str


class Held(Value, frozen=True, array_like=True):
    """What is remembered of a shard."""

    terms: tuple[str, ...]
    parts: tuple[Part, ...]


class Top(Value, frozen=True, array_like=True, order=True):
    """A document with many talks."""

    count: int
    number: int
    title: str


class Tops(Value, frozen=True, array_like=True):
    """The documents of a kind that have most talks."""

    best: tuple[Top, ...] = ()
    """Descending."""
    others: Top | None = None
    """None of the others is above this one; None where there are no others."""


class Head(Value, frozen=True):
    """What `index.bin` and a change need to know of everything."""

    format: int
    language: str
    size: int
    measure: Measure
    row_bytes: int
    bits: int
    """How many buckets of rows there are, those of documents with texts: a power of two."""
    groups: int
    """How many groups of terms there are, and their bytes: where shards are cut depends on it."""
    group_bytes: int
    shards: tuple[Shard, ...]
    rows: tuple[str, ...]
    """Digest of each bucket's file."""
    words: Mapping[str, str]
    """Digest of each list's file."""
    tops: Mapping[str, Tops]
    years: Mapping[str, int]
    """How many talks each year has."""


class Exported(Value, frozen=True):
    """What came of an export."""

    outputs: tuple[Output, ...]
    """New and changed files."""
    removed: tuple[str, ...] = ()
    """Paths of files that are no more."""
    memory: Mapping[str, bytes | None] = {}
    """What is to be remembered from now on, by name; None for what is to be forgotten."""


def export_anew(documents: Iterable[Document], site_language: str) -> Exported:
    """Return all files of the browser's index, below `search/`, and all to be remembered of it."""
    return export_of(MemoryIndex(documents), site_language)


def export_of(
    index: MemoryIndex, site_language: str, memory: MutableMapping[str, bytes] | None = None
) -> Exported:
    """Do as `export_anew`, of documents whose postings are made already.

    What is to be remembered is put into `memory`: it is five times as large as what is published.
    """
    memory = {} if memory is None else memory
    documents, many = index.documents, index.size() >= MANY
    numbers = numbers_of(documents)
    terms, counts = index.vocabulary.terms, index.vocabulary.counts
    starts, sizes = groups(terms, [counts[term] for term in terms])
    cuts = cut_terms(terms, starts, sizes, SHARD_BYTES[many])
    shards, outputs = _shards(index, numbers, cuts, memory)
    words, lists = _words(index, memory)
    row_bytes = sum(map(row_size, documents))
    bits = row_bits(row_bytes, many=many)
    rows, files = _rows(documents, numbers, bits, memory)
    head = Head(
        format=FORMAT,
        language=site_language,
        size=index.size(),
        measure=Measure.of(documents),
        row_bytes=row_bytes,
        bits=bits,
        groups=len(sizes),
        group_bytes=sum(sizes),
        shards=shards,
        rows=rows,
        words=words,
        tops=_tops(zip(numbers, documents, strict=True)),
        years=_years(documents),
    )
    memory[HEAD] = encode(head)
    return Exported((*outputs, *lists, *files, *entry_files(head)), (), memory)


def _shards(
    index: MemoryIndex,
    numbers: Sequence[int],
    cuts: Iterable[tuple[int, int]],
    memory: MutableMapping[str, bytes],
) -> tuple[tuple[Shard, ...], list[Output]]:
    """Return the shards of all terms, of each of the ranges `cuts`, and their files."""
    terms, forms = index.vocabulary.terms, Numbers(numbers)
    shards: list[Shard] = []
    outputs: list[Output] = []
    for begin, end in cuts:
        some = tuple(terms[begin:end])
        held = Held(some, forms.parts(some, index.columns))
        shard, contents = shard_of(held, shards[-1].last if shards else "")
        outputs += shard_files(shard, contents)
        shards.append(shard)
        memory[shard_name(shard.first)] = encode(held)
    return tuple(shards), outputs


def _words(
    index: MemoryIndex, memory: MutableMapping[str, bytes]
) -> tuple[dict[str, str], list[Output]]:
    """Return the digests of the lists of words, and their files."""
    lists: dict[str, dict[str, int]] = defaultdict(dict)
    for word in index.vocabulary.words():
        lists[list_of(word)][word] = index.vocabulary.counts[word]
    digests: dict[str, str] = {}
    outputs: list[Output] = []
    for name, found in sorted(lists.items()):
        digests[name], output = word_file(name, found)
        outputs.append(output)
        memory[list_name(name)] = encode(found)
    return digests, outputs


def _rows(
    documents: Sequence[Document],
    numbers: Sequence[int],
    bits: int,
    memory: MutableMapping[str, bytes],
) -> tuple[tuple[str, ...], list[Output]]:
    """Return the digests of all buckets of rows, and their files."""
    filled: list[dict[str, Document]] = [{} for _ in range(buckets(bits))]
    keys: list[dict[Key, int]] = [{} for _ in range(key_stores(bits))]
    months: dict[int, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for number, document in zip(numbers, documents, strict=True):
        key, group = key_of(document), number >> SLOT_BITS
        filled[bucket_of(number, bits)][str(number)] = document
        keys[key_bucket(key, len(keys))][key] = number
        months[group // GROUPS_OF_MONTH][str(group)].append(key)
    digests: list[str] = []
    outputs: list[Output] = []
    for bucket, held in enumerate(filled):
        digest, made = row_file(bucket, held)
        digests.append(digest)
        outputs += made
        memory[bucket_name(bucket)] = encode(held)
    for at, these in enumerate(keys):
        memory[keys_name(at)] = encode(these)
    for month, some_groups in months.items():
        memory[month_name(month)] = encode(some_groups)
    return tuple(digests), outputs


# What the files are called, and what is remembered


def shard_name(first: str) -> str:
    """Return under which name the shard that begins with the term `first` is remembered."""
    return f"shard/{first}"


def list_name(name: str) -> str:
    """Return under which name a list of words is remembered: word → count."""
    return f"words/{name}"


def bucket_name(bucket: int) -> str:
    """Return under which name the documents of a bucket are remembered: number → document."""
    return f"documents/{bucket}"


def keys_name(place: int) -> str:
    """Return under which name some keys' numbers are remembered: key → number."""
    return f"keys/{place}"


def month_name(month: int) -> str:
    """Return under which name the groups of a month are remembered: group → keys in order."""
    return f"month/{month}"


def key_stores(bits: int) -> int:
    """Return how many stores there are that hold keys' numbers."""
    return 1 << max(0, bits - 2)


def key_bucket(key: Key, count: int) -> int:
    """Return which of `count` stores has the number of a document with this key."""
    return spot_of(key) & count - 1


def row_bits(row_bytes: int, *, many: bool) -> int:
    """Return of how many bits the number of a bucket of rows is."""
    return (row_bytes // ROWS_BYTES[many]).bit_length()


def shard_of(held: Held, before: str) -> tuple[Shard, tuple[bytes, bytes]]:
    """Return a shard and what its two files hold, given the last term of the shard before it."""
    terms, places = written(held.terms, held.parts)
    start = between(before, held.terms[0])
    shard = Shard(
        first=held.terms[0],
        last=held.terms[-1],
        start=start,
        name=name_of(start),
        terms=digest_of(terms),
        places=digest_of(places),
    )
    return shard, (terms, places)


def shard_files(shard: Shard, contents: tuple[bytes, bytes]) -> Iterator[Output]:
    """Yield the files of a shard."""
    for path, data in zip(shard_paths(shard), contents, strict=True):
        yield Output(path, packed(data))


def shard_paths(shard: Shard) -> tuple[str, str]:
    """Return the paths of a shard's files."""
    return (
        f"search/terms-{shard.name}-{shard.terms}.bin",
        f"search/places-{shard.name}-{shard.places}.bin",
    )


def word_path(name: str, digest: str) -> str:
    """Return the path of a list of words."""
    return f"search/words-{name}-{digest}.bin"


def word_file(name: str, found: Mapping[str, int]) -> tuple[str, Output]:
    """Return the digest and the file of a list of words with their counts."""
    words = sorted(found)
    data = dictionary(words, [found[word] for word in words])
    digest = digest_of(data)
    return digest, Output(word_path(name, digest), packed(data))


def row_path(bucket: int, digest: str) -> str:
    """Return the path of a file of rows."""
    return f"search/rows-{bucket}-{digest}.bin"


def row_file(bucket: int, documents: Mapping[str, Document]) -> tuple[str, tuple[Output, ...]]:
    """Return the digest and the file of the rows of a bucket; none where it is empty."""
    if not documents:
        return NO_FILE, ()
    data = to_json([[int(number), *row_of(one)] for number, one in sorted(documents.items())])
    digest = digest_of(data)
    return digest, (Output(row_path(bucket, digest), packed(data, text=True)),)


def paths_of(head: Head) -> Iterator[str]:
    """Yield the paths of all files but those of `entry_files`."""
    for shard in head.shards:
        yield from shard_paths(shard)
    yield from (word_path(name, digest) for name, digest in head.words.items())
    for bucket, digest in enumerate(head.rows):
        if digest != NO_FILE:
            yield row_path(bucket, digest)


def entry_files(head: Head) -> Iterator[Output]:
    """Yield the files that name all others."""
    named: dict[str, str] = {}
    for kind, digests in (
        ("t", [shard.terms for shard in head.shards]),
        ("p", [shard.places for shard in head.shards]),
        ("r", head.rows),
    ):
        named[kind] = ""
        for place, begin in enumerate(range(0, len(digests), NAMES)):
            data = "".join(digests[begin : begin + NAMES]).encode()
            named[kind] += digest_of(data)
            yield Output(f"search/names-{kind}{place}-{digest_of(data)}.bin", packed(data))
    entry = {
        "format": FORMAT,
        "language": head.language,
        "size": head.size,
        "starts": "\n".join(shard.start for shard in head.shards),
        "terms": named["t"],
        "words": "".join(head.words.get(name, NO_FILE) for name in LISTS),
        "bits": head.bits,
        "rows": named["r"],
        "places": named["p"],
        "examples": _examples(head),
    }
    yield Output(ENTRY, packed(to_json(entry)))


# Rows and examples


def row_of(document: Document) -> list[object]:
    """Return what a result shows of a document."""
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
        document.shown_date,
        document.count,
        document.page,
        document.session_kind,
        document.topics,
        tuple(body),
    ]


def row_size(document: Document) -> int:
    """Return about how many bytes the row of a document with texts takes; 0 of others."""
    if not has_text(document.kind):
        return 0
    named = (document.kind, document.url, document.title, document.event, document.page)
    size = sum(map(len, named)) + sum(map(len, document.speakers))
    return size + sum(map(len, document.topics)) + min(READ_LIMIT, sum(map(len, document.body)))


def top_of(number: int, document: Document) -> tuple[str, Top] | None:
    """Return the kind of a document that may be an example, and its place among others."""
    if document.kind not in {"topic", "speaker"}:
        return None
    return document.kind, Top(document.count, number, document.title)


def tops_of(found: Iterable[Top], others: Top | None = None) -> Tops:
    """Return the best of `found`, where none of the rest is above `others`."""
    best = sorted(found, reverse=True)
    if others is not None:
        best = [one for one in best if one > others]
    if len(best) > TOPS:
        others = best[TOPS]
    return Tops(tuple(best[:TOPS]), others)


def _tops(documents: Iterable[tuple[int, Document]]) -> dict[str, Tops]:
    found: dict[str, list[Top]] = defaultdict(list)
    for number, document in documents:
        if (top := top_of(number, document)) is not None:
            found[top[0]].append(top[1])
    return {kind: tops_of(some) for kind, some in found.items()}


def _years(documents: Iterable[Document]) -> dict[str, int]:
    years: dict[str, int] = {}
    for document in documents:
        if document.kind == "talk" and document.year:
            year = str(document.year)
            years[year] = years.get(year, 0) + 1
    return years


def _examples(head: Head) -> tuple[str, ...]:
    """Return queries that this very site answers, to teach the language with."""
    found = []
    for kind, form in (("topic", "{}"), ("speaker", 'speaker:"{}"')):
        if kind in head.tops and head.tops[kind].best:
            found.append(form.format(head.tops[kind].best[0].title))
    if head.years:
        found.append(f"year:{max(map(int, head.years))} has:recording")
    return tuple(found)


def read_head(memory: Mapping[str, bytes]) -> Head:
    """Return the head of what is remembered.

    Raises:
        KeyError: nothing is.
        ValueFault: it is of another version, or damaged.
    """
    return decode(memory[HEAD], Head)
