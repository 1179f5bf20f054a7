"""The index on this machine, kept by tantivy, for collections that are large for Whoosh.

The only file that imports tantivy, which is optional: `pip install summit-kb[fast]`.

tantivy keeps no bytes of ours at a posting, so an index holds rows: a key, and stored data. The
key of a document is its place; that of a term is the term, its data the postings by place. A term
may have several rows, each of other documents: a small change adds rows, and rewrites none. What
ranks first is decided in `ranking`, as for every index.

Nothing in it is code, but a damaged file may lead the library astray: only a sealed folder is
opened.
"""

import importlib.metadata
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tantivy

from kb.model.value import Value, ValueFault, decode, digest, encode
from kb.search.documents import Document
from kb.search.engine import Change, IndexUnusable, Results, results
from kb.search.memory_index import Vocabulary, numbered
from kb.search.postings import Collection, Posting, collection, postings
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.seal import STAMP, Seal

FORMAT = 1
"""Raised whenever what stands in the folder changes its meaning."""

ANEW_SHARE = 3
"""Where more than one in so many documents changed, or left its postings, all is made anew."""
WAVES_LIMIT = 500
"""How often rows may be added to an index; each time a term can get one row more."""
WAVE_POSTINGS = 2_000_000
"""Postings that are gathered before they are written; some 300 MB."""

POSTINGS_HELD = 500_000
"""Postings kept in memory for the next query; some 50 MB."""

_HEAP = 64_000_000
_STATE = "state"
_LONGEST_KEY = 1000
"""Characters of a key; longer ones are kept by their digest, as tantivy drops what is too long."""


class _Entry(Value, frozen=True):
    """One document of the index, in the order of numbers."""

    name: str
    digest: str
    place: int
    """Its key among the rows; never used again."""


class _State(Value, frozen=True):
    """What kb keeps beside tantivy's files."""

    collection: Collection
    entries: tuple[_Entry, ...]
    terms: tuple[str, ...]
    """All terms, sorted."""
    counts: tuple[int, ...]
    """How many documents have each of them."""
    places: int
    """The first place that no document has had yet."""
    waves: int
    """The most rows that a term can have."""


def _state(
    known: Collection, entries: Sequence[_Entry], counts: Mapping[str, int], places: int, waves: int
) -> _State:
    terms = tuple(sorted(counts))
    numbers = tuple(counts[term] for term in terms)
    return _State(known, tuple(entries), terms, numbers, places, waves)


class TantivyEngine:
    """An index in a folder. See `kb.search.engine.Engine` for what its methods promise."""

    def __init__(self, folder: Path, *, secret: Path | None = None) -> None:
        """Use `folder`; `secret` is the file of the user's key, by default in their state folder.

        Whoosh's index may have stood in the same folder: its seal is another.
        """
        self._folder = folder
        self._seal = Seal(f"kb tantivy {FORMAT} {importlib.metadata.version('tantivy')}", secret)
        self._reader: _Lexicon | None = None

    def build(self, documents: Sequence[Document]) -> Change:
        """Make the index anew, beside the old one, and put it in its place."""
        self.close()
        known = collection(documents)
        fresh = self._folder.with_name(self._folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        counts: dict[str, int] = {}
        ordered = numbered(documents)
        index = tantivy.Index(_schema(), path=str(fresh), reuse=False)
        waves = _write(index, (), enumerate(ordered), known, counts)
        del index
        entries = [_Entry(_name(one), digest(one), place) for place, one in enumerate(ordered)]
        self._save(fresh, _state(known, entries, counts, len(entries), waves))
        old = self._folder.with_name(self._folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            self._folder.rename(old)
        fresh.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)
        return Change(added=len(entries))

    def update(self, documents: Sequence[Document]) -> Change:
        """Index what is new, take out what is gone; all anew where the index is not ours."""
        try:
            lexicon = self._lexicon()
        except IndexUnusable as fault:
            first = not self._folder.exists()
            change = self.build(documents)
            return Change(change.added, 0, "" if first else str(fault))
        state = lexicon.state
        wanted = {_name(document): digest(document) for document in numbered(documents)}
        there = {entry.name: entry for entry in state.entries}
        gone = [entry for entry in state.entries if wanted.get(entry.name) != entry.digest]
        fresh = [
            document
            for document in numbered(documents)
            if (name := _name(document)) not in there or there[name].digest != wanted[name]
        ]
        if not gone and not fresh:
            return Change()
        known = collection(documents)
        left = state.places + len(fresh) - len(wanted)
        moved = max(left, len(gone) + len(fresh))
        if (
            known != state.collection
            or moved * ANEW_SHARE > len(documents) + ANEW_SHARE
            or state.waves >= WAVES_LIMIT
        ):
            self.build(documents)
        else:
            self._change(lexicon, documents, gone, fresh)
        return Change(len(fresh), len(gone))

    def _change(
        self,
        lexicon: "_Lexicon",
        documents: Sequence[Document],
        gone: Sequence[_Entry],
        fresh: Sequence[Document],
    ) -> None:
        """Write a small change into the index as it stands."""
        state = lexicon.state
        counts = dict(lexicon.counts)
        there = {entry.name: entry for entry in state.entries}
        for entry in gone:
            for term in postings(lexicon.stored(entry.place), state.collection):
                counts[term] -= 1
                if not counts[term]:
                    del counts[term]
        for place, document in enumerate(fresh, state.places):
            there[_name(document)] = _Entry(_name(document), digest(document), place)
        del lexicon
        self.close()
        (self._folder / STAMP).unlink()
        index = tantivy.Index.open(str(self._folder))
        waves = _write(
            index,
            [entry.place for entry in gone],
            enumerate(fresh, state.places),
            state.collection,
            counts,
        )
        del index
        entries = [there[_name(document)] for document in numbered(documents)]
        places = state.places + len(fresh)
        waves += state.waves
        self._save(self._folder, _state(state.collection, entries, counts, places, waves))

    def search(self, text: str, *, limit: int = 20, kinds: Sequence[str] = ()) -> Results:
        """Answer a query."""
        lexicon = self._lexicon()
        ranked = rank(parse(text), lexicon, kinds)
        found = (lexicon.document(number) for number in ranked.documents[: max(0, limit)])
        return results(text, ranked, found, total=len(ranked.documents))

    def suggest(self, text: str, *, limit: int = 8) -> tuple[str, ...]:
        """Return words that the last word of `text` may become."""
        return self._lexicon().suggest(text, limit)

    def close(self) -> None:
        """Let go of the files."""
        self._reader = None

    def _lexicon(self) -> "_Lexicon":
        if self._reader is None:
            reason = self._seal.refusal(self._folder)
            if reason:
                raise IndexUnusable(reason)
            try:
                state = decode((self._folder / _STATE).read_bytes(), _State)
                self._reader = _Lexicon(self._folder, state)
            except (ValueFault, OSError, ValueError) as fault:
                raise IndexUnusable(f"the search index cannot be read: {fault}") from fault
        return self._reader

    def _save(self, folder: Path, state: _State) -> None:
        """Write what kb keeps beside tantivy's files, and at last the stamp."""
        (folder / _STATE).write_bytes(encode(state))
        self._seal.put(folder)


class _Lexicon(Vocabulary):
    """An open index, as ranking asks it."""

    def __init__(self, folder: Path, state: _State) -> None:
        super().__init__(dict(zip(state.terms, state.counts, strict=True)), state.terms)
        self.state = state
        index = tantivy.Index.open(str(folder))
        # Its own way to see changes is a thread that looks at the disk; nobody else writes here.
        index.config_reader("manual")
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._number = {entry.place: number for number, entry in enumerate(state.entries)}
        self._in_place = len(self._number) == state.places and all(
            place == number for place, number in self._number.items()
        )
        """Places are numbers still, and none is left by a document that is gone."""
        self._known: dict[str, Mapping[int, Posting]] = {}
        self._held = 0

    def size(self) -> int:
        """Return how many documents there are."""
        return len(self.state.entries)

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
        for data in self._rows(_term_key(term)):
            places, here = decode(data, tuple[list[int], list[bytes]])
            if self._in_place:
                found.update(zip(places, here, strict=True))
                continue
            for place, posting in zip(places, here, strict=True):
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
        return self.stored(self.state.entries[number].place)

    def stored(self, place: int) -> Document:
        """Return the document at `place`."""
        (data,) = self._rows(_place_key(place))
        return decode(data, Document)

    def _rows(self, key: str) -> Iterable[bytes]:
        query = tantivy.Query.term_query(self._schema, "key", key, "basic")
        found = self._searcher.search(query, limit=max(1, self.state.waves), count=False)
        for _, address in found.hits:
            data = self._searcher.doc(address).get_first("data")
            yield data if isinstance(data, bytes) else b""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("data", stored=True)
    return builder.build()


def _write(
    index: tantivy.Index,
    gone: Iterable[int],
    fresh: Iterable[tuple[int, Document]],
    known: Collection,
    counts: dict[str, int],
) -> int:
    """Take out the documents at the places `gone`, add `fresh` ones, and count their terms.

    Returns how many rows a term can have got by it.
    """
    writer = index.writer(_HEAP, 1)
    for place in gone:
        writer.delete_documents_by_term("key", _place_key(place))
    waves = 0
    wave: dict[str, dict[int, Posting]] = {}
    held = 0
    for place, document in fresh:
        found = postings(document, known)
        writer.add_document(_row(_place_key(place), encode(document)))
        for term, posting in found.items():
            counts[term] = counts.get(term, 0) + 1
            row = wave.get(term)
            if row is None:
                wave[term] = {place: posting}
            else:
                row[place] = posting
        held += len(found)
        if held > WAVE_POSTINGS:
            _flush(writer, wave)
            waves += 1
            held = 0
    if wave:
        _flush(writer, wave)
        waves += 1
    writer.commit()
    writer.garbage_collect_files()
    writer.wait_merging_threads()
    return waves


def _flush(writer: tantivy.IndexWriter, wave: dict[str, dict[int, Posting]]) -> None:
    for term, row in wave.items():
        writer.add_document(_row(_term_key(term), encode((list(row), list(row.values())))))
    wave.clear()


def _row(key: str, data: bytes) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("key", key)
    row.add_bytes("data", data)
    return row


def _term_key(term: str) -> str:
    return f"t{term}" if len(term) < _LONGEST_KEY else f"l{digest(term)}"


def _place_key(place: int) -> str:
    return f"d{place}"


def _name(document: Document) -> str:
    return f"{document.kind} {document.url}"
