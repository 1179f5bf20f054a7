"""The index on this machine: what is the same whichever library keeps it.

A library (`Library`: Whoosh, tantivy) stores and finds: documents by place, and rows of postings by
term. What a word weighs and what ranks first is decided in `ranking`, by the postings' own bytes,
as in the browser.

A document gets a *place* when it is indexed, and no other document gets the same one later. A
term's row holds the postings of one *wave* of documents; a change adds a wave, and what is gone is
left out when rows are read. Beside the library's files there are three:

    base    every document and term as of one moment: what asking needs
    keys    the places of these documents by key: what a change needs of them
    since   what changed since that moment, so that a change writes little; folded into the other
            two when it has grown

The folder is a cache: it is never published, and losing it costs one rebuild.
"""

import bisect
import hashlib
import shutil
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from kb.model.value import Value, ValueFault, decode, encode
from kb.search.documents import Document, Key, key_of
from kb.search.engine import Change, IndexUnusable, Results, results
from kb.search.memory_index import MemoryIndex, Postings, Vocabulary
from kb.search.numbering import in_order, numbered
from kb.search.postings import Collection, Measure, Posting, postings
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.seal import STAMP, Seal

T = TypeVar("T")

FORMAT = 6
"""Raised whenever what stands in the folder changes its meaning."""

ANEW_SHARE = 3
"""Where more than one in so many documents changed, or left its postings, all is made anew."""
FOLD_SHARE = 16
"""Where more than one in so many documents changed since the base, another base is written."""
FOLD_LEAST = 256
WAVE_POSTINGS = 2_000_000
"""Postings that are gathered before they are written; some 300 MB."""
POSTINGS_HELD = 500_000
"""Postings kept in memory for the next query; some 50 MB."""

_BASE, _KEYS, _SINCE = "base", "keys", "since"
_Rows: TypeAlias = dict[str, tuple[list[int], list[Posting]]]
_MARK = 16
"""Bytes of a document's digest."""
_HASH = 8
"""Bytes of a key's digest."""


@dataclass(frozen=True)
class Wave:
    """Documents that are indexed together."""

    documents: list[tuple[int, bytes]] = field(default_factory=list)
    """Places, ascending, and what is stored there."""
    rows: Mapping[str, tuple[list[int], list[Posting]]] = field(default_factory=dict)
    """For each term the places that have it, ascending, and their postings."""


class Store(Protocol):
    """An open index of a library."""

    def rows(self, term: str, most: int) -> Iterable[bytes]:
        """Return the rows of `term`, of which there are `most` at most."""
        ...

    def document(self, place: int) -> bytes:
        """Return what is stored at a place that is taken.

        Raises:
            LookupError: nothing is.
        """
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


class Library(Protocol):
    """What keeps an index in a folder."""

    @property
    def mark(self) -> str:
        """What tells its files from those of other libraries and versions."""
        ...

    @property
    def most_waves(self) -> int:
        """How many waves an index may have before it is better made anew."""
        ...

    def create(self, folder: Path) -> None:
        """Make an empty index in an empty folder."""
        ...

    def write(self, folder: Path, waves: Iterable[Wave], gone: Sequence[int]) -> int:
        """Take out the documents at the places `gone`, add `waves`; return how many these are."""
        ...

    def open(self, folder: Path) -> Store:
        """Open the index for reading.

        Raises:
            Exception: whatever a damaged file leads the library to.
        """
        ...


def row_of(places: Sequence[int], found: Sequence[Posting]) -> bytes:
    """Return the row of a term that has these postings at these places."""
    return encode((places, found))


def read_row(data: bytes) -> tuple[list[int], list[Posting]]:
    """Return what `row_of` was given."""
    return decode(data, tuple[list[int], list[Posting]])


class _Entry(Value, frozen=True, array_like=True):
    """One document of the index."""

    place: int
    mark: bytes
    date: str


class _Base(Value, frozen=True):
    names: tuple[Key, ...]
    """Of all documents, in the order of their numbers; so are `dates` and `places`."""
    dates: tuple[str, ...]
    places: bytes
    terms: tuple[str, ...]
    """All terms, sorted."""
    counts: bytes
    """How many documents have each of them."""


class _Keys(Value, frozen=True):
    """All parts in the order of `hashes`."""

    hashes: bytes
    places: bytes
    marks: bytes


class _Since(Value, frozen=True):
    size: int
    """How many documents there are."""
    measure: Measure
    places: int
    """The first place that no document has had yet."""
    waves: int
    """The most rows that a term can have."""
    fresh: Mapping[Key, _Entry] = {}
    """Documents that the base does not hold, or not as they are now."""
    gone: frozenset[int] = frozenset()
    """Places of the base that are left."""
    counts: Mapping[str, int] = {}
    """How many documents more, or fewer, have a term."""


class LocalEngine:
    """An index in a folder. See `kb.search.engine.Engine` for what its methods promise."""

    def __init__(self, folder: Path, library: Library, secret: Path | None = None) -> None:
        """Use `folder`, kept by `library`.

        Another library's index may stand in the same folder: its seal is another.

        Args:
            folder: where the index is, or will be.
            library: what keeps it.
            secret: the file of the user's key, by default in their state folder.
        """
        self._folder = folder
        self._library = library
        self._seal = Seal(f"kb {FORMAT} {library.mark}", secret)
        self._open: _Open | None = None
        self._lexicon: _Lexicon | None = None

    def build(self, documents: Sequence[Document], known: Postings | None = None) -> Change:
        """Make the index anew, beside the old one, and put it in its place."""
        self.close()
        index = known() if known is not None else None
        ordered = index.documents if index is not None else numbered(documents)
        measure = Measure.of(ordered)
        fresh = self._folder.with_name(self._folder.name + ".new")
        _clear(fresh)
        fresh.mkdir(parents=True, mode=0o700)
        counts: dict[str, int] = {}
        marks: list[bytes] = []
        if index is not None:
            waves = iter((_whole(index, marks),))
            counts.update(index.vocabulary.counts)
        else:
            waves = _waves(ordered, measure.collection, counts, marks)
        self._library.create(fresh)
        count = self._library.write(fresh, waves, ())
        entries = {
            key_of(one): _Entry(place, marks[place], one.date) for place, one in enumerate(ordered)
        }
        _write_base(fresh, entries, counts)
        since = _Since(len(entries), measure, len(entries), count)
        (fresh / _SINCE).write_bytes(encode(since))
        self._seal.put(fresh)
        old = self._folder.with_name(self._folder.name + ".old")
        _clear(old)
        if self._folder.exists():
            self._folder.rename(old)
        fresh.rename(self._folder)
        _clear(old)
        return Change(added=len(entries))

    def update(self, documents: Sequence[Document], known: Postings | None = None) -> Change:
        """Index what is new, take out what is gone; all anew where the index is not ours."""
        try:
            here = self._opened()
            base = _read(self._folder / _BASE, _Base)
        except IndexUnusable as fault:
            first = not self._folder.exists()
            change = self.build(documents, known)
            return Change(change.added, 0, "" if first else str(fault))
        wanted = {key_of(document): document for document in documents}
        gone = [name for name in chain(base.names, here.since.fresh) if name not in wanted]
        return self._revised(here, wanted, gone, lambda: documents)

    def revise(self, changed: Sequence[Document], gone: Sequence[Key]) -> Change:
        """Index `changed`, take out `gone`, leave the rest as it is."""
        here = self._opened()
        wanted = {key_of(document): document for document in changed}
        away = [name for name in gone if name not in wanted]
        return self._revised(here, wanted, away, lambda: self._all_with(wanted, {*away}))

    def _revised(
        self,
        here: "_Open",
        wanted: Mapping[Key, Document],
        away: Iterable[Key],
        everything: Callable[[], Sequence[Document]],
    ) -> Change:
        """Bring in `wanted`, as far as it is not there, and take out `away`."""
        leaving = {name: entry for name in away if (entry := here.find(name)) is not None}
        coming: list[tuple[Key, Document, bytes, bytes]] = []
        for name, document in wanted.items():
            data = encode(document)
            mark = _mark(data)
            there = here.find(name)
            if there is not None and there.mark == mark:
                continue
            if there is not None:
                leaving[name] = there
            coming.append((name, document, data, mark))
        if not leaving and not coming:
            return Change()
        change = Change(len(coming), len(leaving))
        since = here.since
        before = {name: here.document(name, entry.place) for name, entry in leaving.items()}
        measure = since.measure.with_changes((one for _, one, _, _ in coming), before.values())
        size = since.size + len(coming) - len(leaving)
        left = since.places + len(coming) - size
        if (
            measure.collection != since.measure.collection
            or max(left, len(coming) + len(leaving)) * ANEW_SHARE > size + ANEW_SHARE
            or since.waves >= self._library.most_waves
        ):
            self.build(everything())
            return change
        known = measure.collection
        counts = dict(since.counts)
        for document in before.values():
            for term in postings(document, known):
                counts[term] = counts.get(term, 0) - 1
        fresh = {name: entry for name, entry in since.fresh.items() if name not in leaving}
        rows: _Rows = {}
        for place, (name, document, _, mark) in enumerate(coming, since.places):
            for term in _add(rows, place, document, known):
                counts[term] = counts.get(term, 0) + 1
            fresh[name] = _Entry(place, mark, document.date)
        places = sorted(entry.place for entry in leaving.values())
        of_base = {entry.place for name, entry in leaving.items() if name not in since.fresh}
        self.close()
        (self._folder / STAMP).unlink()
        stored = [(place, one[2]) for place, one in enumerate(coming, since.places)]
        waves = self._library.write(self._folder, [Wave(stored, rows)], places)
        self._save(
            _Since(
                size=size,
                measure=measure,
                places=since.places + len(coming),
                waves=since.waves + waves,
                fresh=fresh,
                gone=since.gone | of_base,
                counts={term: count for term, count in counts.items() if count},
            )
        )
        return change

    def _save(self, since: _Since) -> None:
        """Write what kb keeps beside the library's files, and at last the stamp."""
        if len(since.fresh) + len(since.gone) > max(FOLD_LEAST, since.size // FOLD_SHARE):
            base, keys = _read(self._folder / _BASE, _Base), _read(self._folder / _KEYS, _Keys)
            entries, counts = _together(base, keys, since)
            ordered = {name: entries[name] for name in _ordered(entries)}
            _write_base(self._folder, ordered, counts)
            since = _Since(since.size, since.measure, since.places, since.waves)
        (self._folder / _SINCE).write_bytes(encode(since))
        self._seal.put(self._folder)

    def _all_with(self, wanted: Mapping[Key, Document], away: Container[Key]) -> list[Document]:
        """Return all documents of the index, `wanted` in place of what was and without `away`."""
        lexicon = self._asked()
        stored = (lexicon.document(number) for number in range(lexicon.size()))
        kept = [one for one in stored if (name := key_of(one)) not in wanted and name not in away]
        return [*kept, *wanted.values()]

    def search(self, text: str, *, limit: int = 20, kinds: Sequence[str] = ()) -> Results:
        """Answer a query."""
        lexicon = self._asked()
        ranked = rank(parse(text), lexicon, kinds)
        found = (lexicon.document(number) for number in ranked.documents[: max(0, limit)])
        return results(text, ranked, found, total=len(ranked.documents))

    def suggest(self, text: str, *, limit: int = 8) -> tuple[str, ...]:
        """Return words that the last word of `text` may become."""
        return self._asked().suggest(text, limit)

    def close(self) -> None:
        """Let go of the files."""
        self._lexicon = None
        if self._open is not None:
            self._open.store.close()
            self._open = None

    def _opened(self) -> "_Open":
        if self._open is None:
            reason = self._seal.refusal(self._folder)
            if reason:
                raise IndexUnusable(reason)
            keys, since = _read(self._folder / _KEYS, _Keys), _read(self._folder / _SINCE, _Since)
            try:
                self._open = _Open(keys, since, self._library.open(self._folder))
            except Exception as fault:  # a library raises whatever a damaged file leads it to
                raise IndexUnusable(f"the search index is damaged: {fault}") from fault
        return self._open

    def _asked(self) -> "_Lexicon":
        if self._lexicon is None:
            here = self._opened()
            self._lexicon = _Lexicon(_read(self._folder / _BASE, _Base), here)
        return self._lexicon


class _Open:
    """An open index, as a change needs it."""

    def __init__(self, keys: _Keys, since: _Since, store: Store) -> None:
        self.since = since
        self.store = store
        self._hashes = array("Q", keys.hashes)
        self._places = array("I", keys.places)
        self._marks = keys.marks

    def find(self, name: Key) -> _Entry | None:
        """Return what is known of a document, if it is there."""
        entry = self.since.fresh.get(name)
        if entry is not None:
            return entry
        wanted = _hash(name)
        at = bisect.bisect_left(self._hashes, wanted)
        if at == len(self._hashes) or self._hashes[at] != wanted:
            return None
        place = self._places[at]
        if place in self.since.gone:
            return None
        return _Entry(place, self._marks[at * _MARK : at * _MARK + _MARK], "")

    def document(self, name: Key, place: int) -> Document:
        """Return the document at `place`, which has to be the one of that name.

        Raises:
            IndexUnusable: it is another, or none.
        """
        found = _stored(self.store, place)
        if key_of(found) != name:
            raise IndexUnusable("the search index is damaged: a document is not in its place")
        return found


class _Lexicon(Vocabulary):
    """An open index, as ranking asks it."""

    def __init__(self, base: _Base, here: _Open) -> None:
        since = here.since
        counts = dict(zip(base.terms, array("I", base.counts), strict=True))
        moved = _count(counts, since.counts)
        super().__init__(counts, sorted(counts) if moved else base.terms)
        self._store = here.store
        self._waves = since.waves
        self._places = array("I", base.places)
        if since.fresh or since.gone:
            entries = _entries(base, since)
            self._places = array("I", [entries[name].place for name in _ordered(entries)])
        self._number = {place: number for number, place in enumerate(self._places)}
        self._known: dict[str, Mapping[int, Posting]] = {}
        self._held = 0

    def size(self) -> int:
        """Return how many documents there are."""
        return len(self._places)

    def count(self, term: str) -> int:
        """Return how many documents have `term`."""
        return self.counts.get(term, 0)

    def postings(self, term: str) -> Mapping[int, Posting]:
        """Return the postings of `term`."""
        if term in self._known:
            return self._known[term]
        if not self.count(term):
            return {}
        number = self._number
        found: dict[int, Posting] = {}
        for data in self._store.rows(term, max(1, self._waves)):
            for place, posting in zip(*read_row(data), strict=True):
                if place in number:
                    found[number[place]] = posting
        self._held += len(found)
        if self._held > POSTINGS_HELD:
            self._known.clear()
            self._held = len(found)
        self._known[term] = found
        return found

    def document(self, number: int) -> Document:
        """Return the document of this number."""
        return _stored(self._store, self._places[number])


def _stored(store: Store, place: int) -> Document:
    try:
        return decode(store.document(place), Document)
    except (LookupError, ValueFault) as fault:
        raise IndexUnusable(f"the search index is damaged: {fault}") from fault


class _Columns(Mapping[str, tuple[list[int], list[Posting]]]):
    """The columns of an index in memory as rows, in the order of the terms."""

    def __init__(self, index: MemoryIndex) -> None:
        self._columns: Mapping[str, list[Any]] = index.columns
        self._terms = index.vocabulary.terms

    def __getitem__(self, term: str) -> tuple[list[int], list[Posting]]:
        column = self._columns[term]
        return column[::2], column[1::2]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)


def _whole(index: MemoryIndex, marks: list[bytes]) -> Wave:
    """Return all documents of an index in memory as one wave; note the mark of each."""
    stored = [(place, encode(document)) for place, document in enumerate(index.documents)]
    marks += (_mark(data) for _, data in stored)
    return Wave(stored, _Columns(index))


def _waves(
    ordered: Iterable[Document], known: Collection, counts: dict[str, int], marks: list[bytes]
) -> Iterator[Wave]:
    """Yield `ordered` documents in waves; count their terms, and note the mark of each."""
    stored: list[tuple[int, bytes]] = []
    rows: _Rows = {}
    held = 0
    for place, document in enumerate(ordered):
        data = encode(document)
        marks.append(_mark(data))
        stored.append((place, data))
        held += len(_add(rows, place, document, known))
        if held > WAVE_POSTINGS:
            _count(counts, {term: len(places) for term, (places, _) in rows.items()})
            yield Wave(stored, rows)
            stored, rows, held = [], {}, 0
    _count(counts, {term: len(places) for term, (places, _) in rows.items()})
    yield Wave(stored, rows)


def _add(rows: "_Rows", place: int, document: Document, known: Collection) -> Mapping[str, Posting]:
    """Add the postings of a document to `rows`; return them."""
    found = postings(document, known)
    for term, posting in found.items():
        row = rows.get(term)
        if row is None:
            rows[term] = ([place], [posting])
        else:
            row[0].append(place)
            row[1].append(posting)
    return found


def _count(counts: dict[str, int], more: Mapping[str, int]) -> bool:
    """Add `more` to `counts`; return whether a term came or went."""
    before = len(counts)
    went = False
    for term, number in more.items():
        now = counts.get(term, 0) + number
        if now:
            counts[term] = now
        else:
            went = counts.pop(term, None) is not None or went
    return went or len(counts) != before


def _entries(base: _Base, since: _Since) -> dict[Key, _Entry]:
    """Return all documents; those of the base without their marks."""
    entries = {
        name: _Entry(place, b"", date)
        for name, date, place in zip(base.names, base.dates, array("I", base.places), strict=True)
        if place not in since.gone
    }
    entries.update(since.fresh)
    return entries


def _together(base: _Base, keys: _Keys, since: _Since) -> tuple[dict[Key, _Entry], dict[str, int]]:
    """Return all documents, and the counts of all terms."""
    marks = {
        place: keys.marks[at * _MARK : at * _MARK + _MARK]
        for at, place in enumerate(array("I", keys.places))
    }
    entries = {
        name: entry if entry.mark else _Entry(entry.place, marks[entry.place], entry.date)
        for name, entry in _entries(base, since).items()
    }
    counts = dict(zip(base.terms, array("I", base.counts), strict=True))
    _count(counts, since.counts)
    return entries, counts


def _ordered(entries: Mapping[Key, _Entry]) -> list[Key]:
    return in_order((name, entry.date) for name, entry in entries.items())


def _write_base(folder: Path, entries: Mapping[Key, _Entry], counts: Mapping[str, int]) -> None:
    """Write all documents, given in the order of their numbers, and the counts of all terms."""
    names = list(entries)
    terms = sorted(counts)
    base = _Base(
        names=tuple(names),
        dates=tuple(entries[name].date for name in names),
        places=array("I", [entries[name].place for name in names]).tobytes(),
        terms=tuple(terms),
        counts=array("I", [counts[term] for term in terms]).tobytes(),
    )
    by_hash = sorted((_hash(name), name) for name in names)
    keys = _Keys(
        hashes=array("Q", [one for one, _ in by_hash]).tobytes(),
        places=array("I", [entries[name].place for _, name in by_hash]).tobytes(),
        marks=b"".join(entries[name].mark for _, name in by_hash),
    )
    (folder / _BASE).write_bytes(encode(base))
    (folder / _KEYS).write_bytes(encode(keys))


def _read(path: Path, kind: type[T]) -> T:
    """Return what stands in a file of a sealed folder.

    Raises:
        IndexUnusable: it is not there, or holds something else.
    """
    try:
        return decode(path.read_bytes(), kind)
    except (ValueFault, OSError) as fault:
        raise IndexUnusable(f"the search index cannot be read: {fault}") from fault


def _clear(path: Path) -> None:
    """Delete what is in the way of an index, be it a folder, a file or a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _hash(name: Key) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=_HASH).digest(), "big")


def _mark(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_MARK]
