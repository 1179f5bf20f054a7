"""The index on this machine: postings and documents kept by Whoosh. The only file that imports it.

Whoosh stores and finds; what a word weighs and what ranks first is decided in `ranking`, by the
postings' own bytes, as in the browser. So nothing depends on Whoosh's scoring or parsing.

Whoosh writes pickles, and opening a pickle of somebody else's runs their code. Two walls stand
before that:

- kb opens only what it wrote itself: what carries its seal (`seal`). Anything else is made anew.
- Whoosh's own way to pickles goes through `_Unpickler`, which knows Whoosh's few classes and no
  other name.

The folder is a cache: it is never published, and losing it costs one rebuild.
"""

import importlib.metadata
import io
import pickle
import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from kb.model.value import Value, ValueFault, decode, digest, encode
from kb.search.documents import Document
from kb.search.engine import Change, IndexUnusable, Results, results
from kb.search.memory_index import Vocabulary, numbered
from kb.search.postings import Collection, Posting, collection, postings
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.seal import STAMP, Seal

with warnings.catch_warnings():
    # Its sources hold escapes that newer Pythons warn of when they are first compiled.
    warnings.simplefilter("ignore")
    import whoosh
    import whoosh.codec.whoosh3
    import whoosh.columns
    import whoosh.fields
    import whoosh.filedb.filestore
    import whoosh.filedb.structfile
    import whoosh.formats
    import whoosh.index
    import whoosh.reading

FORMAT = 2
"""Raised whenever what stands in the folder changes its meaning."""

SEGMENTS_LIMIT = 8
"""Small changes each add a segment; more of them than this are made one."""
ANEW_SHARE = 3
"""Where more than one in so many documents changed, all are indexed anew: that is faster."""

POSTINGS_HELD = 500_000
"""Postings kept in memory for the next query; some 50 MB."""

_STATE = "state"
_KNOWN_DISTRIBUTIONS = frozenset({"Whoosh-Reloaded", "whoosh3"})

_ALLOWED = {
    "builtins": {"bytearray", "frozenset", "int", "object", "set"},
    "array": {"array", "_array_reconstructor"},
    "collections": {"defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "kb.search.whoosh_index": {"PostingsCodec", "PostingsField", "PostingsFormat"},
    "whoosh.analysis.tokenizers": {"IDTokenizer"},
    "whoosh.analysis.analyzers": {"IDAnalyzer"},
    "whoosh.codec.whoosh3": {"W3Segment", "W3Codec"},
    "whoosh.fields": {"Schema", "ID", "STORED", "FieldType"},
    "whoosh.formats": {"Existence", "Format"},
}


class _Unpickler(pickle.Unpickler):
    """Reads Whoosh's pickles and refuses every name that is not Whoosh's own."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "__builtin__":
            module = "builtins"
        if name in _ALLOWED.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")


def _loads(data: bytes) -> Any:
    return _Unpickler(io.BytesIO(data)).load()


def _dumps(value: object, _: int = 0) -> bytes:
    """Pickle `value` by a protocol that knows bytes; Whoosh's own choice takes a call for each."""
    return pickle.dumps(value, 4)


def _read(self: Any) -> Any:
    """Stand for `StructFile.read_pickle`."""
    return _Unpickler(self.file).load()


class _Pickle:
    """What whoosh.index sees as the pickle module."""

    PicklingError = pickle.PicklingError
    dumps = staticmethod(pickle.dumps)
    loads = staticmethod(_loads)


def _wall_off(owner: Any, **names: object) -> None:
    """Replace the ways to pickle that a module or class of Whoosh has by ours."""
    for name, value in names.items():
        if not hasattr(owner, name):
            raise ImportError(f"{owner.__name__} has no {name}: this Whoosh is not known to kb")
        setattr(owner, name, value)


_wall_off(whoosh.codec.whoosh3, loads=_loads, dumps=_dumps)
_wall_off(whoosh.columns, loads=_loads, dumps=_dumps)
_wall_off(whoosh.formats, loads=_loads)
_wall_off(whoosh.filedb.structfile.StructFile, read_pickle=_read)
_wall_off(whoosh.index, pickle=_Pickle)


class PostingsFormat(whoosh.formats.Format):  # type: ignore[misc]
    """Postings of a few bytes of our own, of no fixed length."""

    posting_size = -1


class DocumentsReader(whoosh.codec.whoosh3.W3PerDocReader):  # type: ignore[misc]
    """Whoosh's own reader asks the disk for a field's lengths at every posting; there are none."""

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return `default`: how long a field is has gone into its postings."""
        return default


class PostingsCodec(whoosh.codec.whoosh3.W3Codec):  # type: ignore[misc]
    """Whoosh's own files, postings not compressed: most are a few bytes."""

    def __init__(self) -> None:
        super().__init__(compression=0)

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        """Return the reader of what is kept for each document."""
        return DocumentsReader(storage, segment)


class PostingsField(whoosh.fields.FieldType):  # type: ignore[misc]
    """A field whose value is its postings, as `kb.search.postings` makes them."""

    def __init__(self) -> None:
        self.format = PostingsFormat()
        self.analyzer = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.vector = None
        self.spelling = False
        self.column_type = None

    def index(
        self, value: Mapping[str, Posting], **_: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield term, frequency, weight and posting, as Whoosh takes them."""
        for term, posting in value.items():
            yield term.encode("utf-8", "replace"), 1, 1.0, posting


class _Entry(Value, frozen=True):
    """One document of the index, in the order of numbers."""

    name: str
    digest: str
    place: int
    """Whoosh's number of it."""


class _State(Value, frozen=True):
    """What kb keeps beside Whoosh's files."""

    collection: Collection
    entries: tuple[_Entry, ...]
    terms: tuple[str, ...]
    """All terms, sorted."""
    counts: tuple[int, ...]
    """How many documents have each of them."""


def _state(known: Collection, entries: Sequence[_Entry], counts: Mapping[str, int]) -> _State:
    terms = tuple(sorted(counts))
    return _State(known, tuple(entries), terms, tuple(counts[term] for term in terms))


class WhooshEngine:
    """An index in a folder. See `kb.search.engine.Engine` for what its methods promise."""

    def __init__(self, folder: Path, *, secret: Path | None = None) -> None:
        """Use `folder`; `secret` is the file of the user's key, by default in their state folder.

        Raises:
            IndexUnusable: two distributions of Whoosh are installed over each other.
        """
        _one_whoosh()
        self._folder = folder
        self._seal = Seal(f"kb {FORMAT} {whoosh.__version__}", secret)
        self._reader: _Lexicon | None = None

    def build(self, documents: Sequence[Document]) -> Change:
        """Make the index anew, beside the old one, and put it in its place."""
        self.close()
        known = collection(documents)
        fresh = self._folder.with_name(self._folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        counts: dict[str, int] = {}
        entries = []
        with _Files(fresh) as files:
            index = files.create_index(_schema())
            writer = index.writer(limitmb=256, codec=PostingsCodec())
            for place, document in enumerate(numbered(documents)):
                _add(writer, document, known, counts)
                entries.append(_Entry(_name(document), digest(document), place))
            writer.commit()
        self._save(fresh, _state(known, entries, counts))
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
        wanted = {_name(document): (document, digest(document)) for document in documents}
        there = {entry.name: entry for entry in state.entries}
        gone = [
            entry
            for entry in state.entries
            if entry.name not in wanted or wanted[entry.name][1] != entry.digest
        ]
        fresh = [
            document
            for name, (document, mark) in wanted.items()
            if name not in there or there[name].digest != mark
        ]
        if not gone and not fresh:
            return Change()
        known = collection(documents)
        moved = len(gone) + len(fresh)
        if known != state.collection or moved * ANEW_SHARE > len(documents) + ANEW_SHARE:
            self.build(documents)
            return Change(len(fresh), len(gone))
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
        counts = dict(lexicon.vocabulary.counts)
        places = {entry.name: entry.place for entry in state.entries}
        digests = {entry.name: entry.digest for entry in state.entries}
        for entry in gone:
            document = lexicon.stored(entry.place)
            for term in postings(document, state.collection):
                counts[term] -= 1
                if not counts[term]:
                    del counts[term]
            del places[entry.name]
        segments = lexicon.segments()
        start = lexicon.places()
        self.close()
        (self._folder / STAMP).unlink()
        with _Files(self._folder) as files:
            index = files.open_index(schema=_schema())
            writer = index.writer(timeout=10.0, codec=PostingsCodec())
            for entry in gone:
                writer.delete_document(entry.place)
            for place, document in enumerate(fresh, start):
                _add(writer, document, state.collection, counts)
                places[_name(document)] = place
                digests[_name(document)] = digest(document)
            if segments < SEGMENTS_LIMIT:
                writer.commit(merge=False)
            else:
                writer.commit(mergetype=_merge_small)
                places.update(_moved(index))
        entries = [
            _Entry(name, digests[name], places[name]) for name in map(_name, numbered(documents))
        ]
        self._save(self._folder, _state(state.collection, entries, counts))

    def search(self, text: str, *, limit: int = 20, kinds: Sequence[str] = ()) -> Results:
        """Answer a query."""
        lexicon = self._lexicon()
        ranked = rank(parse(text), lexicon, kinds)
        found = (lexicon.document(number) for number in ranked.documents[: max(0, limit)])
        return results(text, ranked, found, total=len(ranked.documents))

    def suggest(self, text: str, *, limit: int = 8) -> tuple[str, ...]:
        """Return words that the last word of `text` may become."""
        return self._lexicon().vocabulary.suggest(text, limit)

    def close(self) -> None:
        """Let go of the files."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _lexicon(self) -> "_Lexicon":
        if self._reader is None:
            self._reader = self._open()
        return self._reader

    def _open(self) -> "_Lexicon":
        reason = self._seal.refusal(self._folder)
        if reason:
            raise IndexUnusable(reason)
        try:
            state = decode((self._folder / _STATE).read_bytes(), _State)
            return _Lexicon(self._folder, state)
        except (ValueFault, OSError) as fault:
            raise IndexUnusable(f"the search index cannot be read: {fault}") from fault
        except Exception as fault:  # Whoosh raises whatever a damaged file leads it to
            raise IndexUnusable(f"the search index is damaged: {fault}") from fault

    def _save(self, folder: Path, state: _State) -> None:
        """Write what kb keeps beside Whoosh's files, and at last the stamp."""
        (folder / _STATE).write_bytes(encode(state))
        self._seal.put(folder)


class _Lexicon:
    """An open index, as ranking asks it."""

    def __init__(self, folder: Path, state: _State) -> None:
        self.state = state
        self.vocabulary = Vocabulary(dict(zip(state.terms, state.counts, strict=True)))
        self._files = _Files(folder)
        try:
            self._index = self._files.open_index(schema=_schema())
            self._reader = self._index.reader()
        except BaseException:
            self._files.let_go()
            raise
        self._number = {entry.place: number for number, entry in enumerate(state.entries)}
        if self._reader.doc_count() != len(state.entries):
            self.close()
            raise IndexUnusable("the search index is damaged: documents are missing")
        self._known: dict[str, dict[int, Posting]] = {}
        self._held = 0

    def size(self) -> int:
        """Return how many documents there are."""
        return len(self.state.entries)

    def count(self, term: str) -> int:
        """Return how many documents have `term`."""
        return self.vocabulary.counts.get(term, 0)

    def postings(self, term: str) -> Mapping[int, Posting]:
        """Return the postings of `term`."""
        if term in self._known:
            return self._known[term]
        if not self.count(term):
            return {}
        matcher = self._reader.postings("terms", term.encode("utf-8", "replace"))
        found: dict[int, Posting] = {}
        number = self._number
        while matcher.is_active():
            found[number[matcher.id()]] = matcher.value()
            matcher.next()
        self._held += len(found)
        if self._held > POSTINGS_HELD:
            self._known.clear()
            self._held = len(found)
        self._known[term] = found
        return found

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the terms that start with `prefix`, sorted."""
        return self.vocabulary.starting(prefix)

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted."""
        return self.vocabulary.family(word)

    def near(self, word: str, *, anywhere: bool) -> Sequence[str]:
        """Return the nearest words."""
        return self.vocabulary.near(word, anywhere=anywhere)

    def document(self, number: int) -> Document:
        """Return the document of this number."""
        return self.stored(self.state.entries[number].place)

    def stored(self, place: int) -> Document:
        """Return the document that Whoosh keeps at `place`."""
        return decode(self._reader.stored_fields(place)["document"], Document)

    def segments(self) -> int:
        """Return how many segments the index has."""
        return len(self._reader.leaf_readers())

    def places(self) -> int:
        """Return the first place that no document has had yet."""
        return int(self._reader.doc_count_all())

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()
        self._index.close()
        self._files.let_go()


def _schema() -> Any:
    return whoosh.fields.Schema(terms=PostingsField(), document=whoosh.fields.STORED())


class _Files(whoosh.filedb.filestore.FileStorage):  # type: ignore[misc]
    """Whoosh's files in a folder. It leaves some open where a file is not as it should be."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._opened: list[Any] = []

    def open_file(self, name: str, **more: Any) -> Any:
        """Open a file and remember it."""
        found = super().open_file(name, **more)
        self._opened.append(found)
        return found

    def let_go(self) -> None:
        """Close what is still open."""
        for file in self._opened:
            if not file.is_closed:
                file.close()
        self._opened.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()


def _add(writer: Any, document: Document, known: Collection, counts: dict[str, int]) -> None:
    found = postings(document, known)
    writer.add_document(terms=found, document=encode(document))
    for term in found:
        counts[term] = counts.get(term, 0) + 1


def _merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge all segments but the largest into the one being written: the largest is most of all."""
    largest = max(segments, key=lambda segment: int(segment.doc_count_all()))
    for segment in segments:
        if segment is not largest:
            reader = whoosh.reading.SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return [largest]


def _moved(index: Any) -> dict[str, int]:
    """Return where a merge has put the documents that are not in the first segment."""
    with closing(index.reader()) as reader:
        leaves = reader.leaf_readers()
        first = leaves[0][0].doc_count_all() if leaves else 0
        return {
            _name(decode(reader.stored_fields(place)["document"], Document)): place
            for place in reader.all_doc_ids()
            if place >= first
        }


def _name(document: Document) -> str:
    return f"{document.kind} {document.url}"


def _one_whoosh(found: Iterable[str] | None = None) -> None:
    """Make sure that the name `whoosh` belongs to one distribution.

    Raises:
        IndexUnusable: several are installed over each other, so nobody knows whose code runs.
    """
    if found is None:
        found = importlib.metadata.packages_distributions().get("whoosh", [])
    names = sorted(set(found))
    if len(names) > 1:
        raise IndexUnusable(
            f"{' and '.join(names)} are both installed under the name whoosh: "
            f"pip uninstall {' '.join(names)}, then pip install Whoosh-Reloaded"
        )
