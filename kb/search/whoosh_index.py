"""The index on this machine, kept by Whoosh. The only file that imports it.

Of Whoosh are the segments, their files and tables, what is deleted in them, and the table of
contents. A document's place and what is stored of it are columns; a term's postings are one row,
as `local_index` makes it, since Whoosh's own way takes several calls for each posting. Nothing
depends on Whoosh's scoring or parsing.

Whoosh writes pickles, and opening a pickle of somebody else's runs their code. Two walls stand
before that:

- kb opens only what it wrote itself: what carries its seal (`seal`). Anything else is made anew.
- Whoosh's own way to pickles goes through `_Unpickler`, which knows Whoosh's few classes and no
  other name.
"""

import bisect
import io
import os
import pickle
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from kb.model.pattern import Pattern
from kb.search.engine import IndexUnusable
from kb.search.local_index import LocalEngine, Store, Wave, read_row, row_of

with warnings.catch_warnings():
    # Its sources hold escapes that newer Pythons warn of when they are first compiled.
    warnings.simplefilter("ignore")
    import whoosh
    import whoosh.codec.whoosh3
    import whoosh.columns
    import whoosh.fields
    import whoosh.filedb.compound
    import whoosh.filedb.filestore
    import whoosh.filedb.filetables
    import whoosh.filedb.structfile
    import whoosh.formats
    import whoosh.index
    import whoosh.writing

SEGMENTS_LIMIT = 8
"""Small changes each add a segment; more of them than this are made one."""
SMALL = 16_384
"""Documents of a segment that is no more merged."""

_INSTALLED = Pattern(r"whoosh.*\.(?:dist|egg)-info$")
_NAME = "MAIN"
_TERMS = b"\0\0"
"""What Whoosh has before a term: the number of its field."""
_PLACE = whoosh.columns.NumericColumn("I")
_DOCUMENT = whoosh.columns.VarBytesColumn()

_ALLOWED = {
    "builtins": {"bytearray", "frozenset", "int", "object", "set"},
    "array": {"array", "_array_reconstructor"},
    "collections": {"defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "kb.search.whoosh_index": {"PostingsCodec"},
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


class PostingsCodec(whoosh.codec.whoosh3.W3Codec):  # type: ignore[misc]
    """Whoosh's own files; a term has its row in the table of terms itself."""

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Return what writes the table of terms."""
        return _TermsWriter(self, storage, segment)


class _Table(whoosh.filedb.filetables.OrderedHashWriter):  # type: ignore[misc]
    """Whoosh's ordered table, with the quickest of its hashes."""

    def __init__(self, file: Any) -> None:
        whoosh.filedb.filetables.HashWriter.__init__(self, file, hashtype=1)
        self.index = whoosh.filedb.filetables.GrowableArray("H")
        self.lastkey = b""

    def add_all(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Do as `add` with each pair; a place in the file is counted, rather than asked for."""
        write, place = self.dbfile.write, self.dbfile.tell()
        buckets, last, note = self.buckets, self.lastkey, self.index.append
        for key, value in items:
            if key <= last:
                raise ValueError(f"{key!r} comes after {last!r}")
            write(_LENGTHS.pack(len(key), len(value)) + key + value)
            number = zlib.crc32(key)
            buckets[number & 255].append((number, place))
            note(place)
            place += _LENGTHS.size + len(key) + len(value)
            last = key
        self.lastkey = last

    def _write_hashes(self) -> None:
        """Do as Whoosh, a table at a time."""
        for entries in self.buckets:
            self.directory.append((self.dbfile.tell(), 2 * len(entries)))
            table = [0] * (4 * len(entries))
            for number, place in entries:
                slot = 2 * (number >> 8) % len(table)
                while table[slot + 1]:
                    slot = (slot + 2) % len(table)
                table[slot : slot + 2] = number, place
            self.dbfile.write(struct.pack("!" + "Iq" * (2 * len(entries)), *table))


_LENGTHS = struct.Struct("!ii")


class _TermsWriter(whoosh.codec.whoosh3.W3FieldWriter):  # type: ignore[misc]
    """Writes rows as they are."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        self._postfile = segment.create_file(storage, codec.POSTS_EXT)
        self._tindex = _Table(segment.create_file(storage, codec.TERMS_EXT))
        self._tindex.extras["fieldmap"] = {"terms": 0}
        self.is_closed = False

    def add_rows(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Write the rows of sorted terms."""
        self._tindex.add_all((_key(term), row) for term, row in rows)


class _Writer(whoosh.writing.SegmentWriter):  # type: ignore[misc]
    """Writes a segment of whole rows."""

    def take(self, wave: Wave, merged: Sequence["_Part"]) -> None:
        """Write what `merged` segments hold, and `wave` after it."""
        for part in merged:
            for place, data in part.documents():
                self._put(place, data)
        for place, data in wave.documents:
            self._put(place, data)
        self._rows: Iterable[tuple[str, bytes]] = (
            (term, row_of(*wave.rows[term])) for term in sorted(wave.rows)
        )
        if merged:
            self._rows = _joined(merged, wave)

    def _put(self, place: int, data: bytes) -> None:
        writer = self.perdocwriter
        writer.start_doc(self.docnum)
        writer.add_column_value("place", _PLACE, place)
        writer.add_column_value("document", _DOCUMENT, data)
        writer.finish_doc()
        self.docnum += 1
        self._added = True

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self.fieldwriter.add_rows(self._rows)
        self.fieldwriter.close()


def _joined(merged: Sequence["_Part"], wave: Wave) -> Iterator[tuple[str, bytes]]:
    """Yield the rows of segments and of a wave as one, without postings of what is gone."""
    rows: dict[str, tuple[list[int], list[bytes]]] = {}
    for part in merged:
        alive = {place for place, _ in part.documents()}
        for term, data in part.terms():
            held = rows.setdefault(term, ([], []))
            for place, posting in zip(*read_row(data), strict=True):
                if place in alive:
                    held[0].append(place)
                    held[1].append(posting)
    for term, (places, found) in wave.rows.items():
        held = rows.setdefault(term, ([], []))
        held[0].extend(places)
        held[1].extend(found)
    for term, (places, found) in sorted(rows.items()):
        if places:
            yield term, row_of(places, found)


class _Slice(io.RawIOBase):
    """A stretch of memory as a file. (Whoosh's own way makes a copy of it.)"""

    def __init__(self, memory: memoryview) -> None:
        super().__init__()
        self._memory = memory
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted from the start, from here, or from the end."""
        self._at = offset + (0, self._at, len(self._memory))[whence]
        return self._at

    def tell(self) -> int:
        """Return where it stands."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        end = len(self._memory) if size < 0 else self._at + size
        data = bytes(self._memory[self._at : end])
        self._at += len(data)
        return data

    def readline(self, size: int | None = -1) -> bytes:
        """Return the bytes up to the end of the line, for the unpickler."""
        end = bytes(self._memory[self._at :]).find(b"\n")
        return self.read(end + 1 if end >= 0 else -1)


class _Memory(whoosh.filedb.structfile.BufferFile):  # type: ignore[misc]
    """A file of a segment."""

    def __init__(self, memory: memoryview, name: str) -> None:
        super().__init__(b"", name)
        self._buf = memory
        self.file = _Slice(memory)


class _Segment(whoosh.filedb.compound.CompoundStorage):  # type: ignore[misc]
    """The files of a segment, which lie in one."""

    def open_file(self, name: str, *_: Any, **__: Any) -> Any:
        """Open a file where it lies."""
        offset, length = self.range(name)
        return _Memory(memoryview(self._source)[offset : offset + length], name)


class _Part:
    """An open segment."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self.segment = segment
        self._files = _Segment(storage.open_file(segment.make_filename(segment.COMPOUND_EXT)))
        name = segment.make_filename(PostingsCodec.TERMS_EXT)
        self._table = whoosh.filedb.filetables.OrderedHashReader(
            self._files.open_file(name), self._files.file_length(name)
        )
        self._columns = segment.codec().per_document_reader(self._files, segment)
        self._places = self._columns.column_reader("place", _PLACE)
        self._documents: Any = None

    def row(self, key: bytes) -> bytes | None:
        """Return the row of a term, if it has one here."""
        found: bytes | None = self._table.get(key)
        return found

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms with their rows, sorted."""
        for key, row in self._table.items():
            yield bytes(key).removeprefix(_TERMS).decode(), bytes(row)

    def find(self, place: int) -> int:
        """Return Whoosh's number of the document at `place`; -1 where it is in another segment."""
        count = int(self.segment.doc_count_all())
        at = bisect.bisect_left(range(count), place, key=self._places.__getitem__)
        return at if at < count and self._places[at] == place else -1

    def document(self, number: int) -> bytes:
        """Return what is stored of the document with Whoosh's `number`."""
        if self._documents is None:
            self._documents = self._columns.column_reader("document", _DOCUMENT)
        return bytes(self._documents[number])

    def documents(self) -> Iterator[tuple[int, bytes]]:
        """Yield place and content of every document that is not gone."""
        for number in range(self.segment.doc_count_all()):
            if not self.segment.is_deleted(number):
                yield self._places[number], self.document(number)

    def close(self) -> None:
        """Let go of the file."""
        self._documents = self._places = None
        self._table.close()
        self._columns.close()
        self._files.close()


class _Open:
    """An open index."""

    def __init__(self, folder: Path) -> None:
        self._files = _Files(folder)
        self.parts: list[_Part] = []
        try:
            contents = whoosh.index.TOC.read(self._files, _NAME, schema=_schema())
            for segment in contents.segments:
                self.parts.append(_Part(self._files, segment))
        except BaseException:
            self.close()
            raise

    def rows(self, term: str, most: int) -> Iterator[bytes]:
        """Yield the rows of `term`; `most` is of no use here."""
        del most
        key = _key(term)
        for part in self.parts:
            row = part.row(key)
            if row is not None:
                yield row

    def document(self, place: int) -> bytes:
        """Return what is stored at `place`."""
        for part in self.parts:
            number = part.find(place)
            if number >= 0:
                return part.document(number)
        raise LookupError(f"nothing is at place {place}")

    def close(self) -> None:
        """Let go of the files."""
        for part in self.parts:
            part.close()
        self.parts.clear()
        self._files.let_go()


class _Whoosh:
    """Whoosh, as `kb.search.local_index.Library`."""

    mark = f"whoosh {whoosh.__version__}"
    most_waves = 1 << 30

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        with _Files(folder) as files:
            files.create_index(_schema(), indexname=_NAME)

    def write(self, folder: Path, waves: Iterable[Wave], gone: Sequence[int]) -> int:
        """Mark what is `gone`, and add a segment for every wave, merged with small ones."""
        count = 0
        for count, wave in enumerate(waves, 1):
            with _Files(folder) as files:
                index = files.open_index(indexname=_NAME, schema=_schema())
                writer = _Writer(index, timeout=10.0, codec=PostingsCodec())
                parts = [_Part(files, segment) for segment in writer.segments]
                for place in gone if count == 1 else ():
                    _delete(parts, place)
                merged = _to_merge(parts)
                writer.take(wave, merged)
                kept = [part.segment for part in parts if part not in merged]
                writer.commit(mergetype=lambda *_, kept=kept: kept)
                for part in parts:
                    part.close()
        return count

    def open(self, folder: Path) -> Store:
        """Open the index for reading."""
        return _Open(folder)


def _delete(parts: Iterable[_Part], place: int) -> None:
    for part in parts:
        number = part.find(place)
        if number >= 0:
            part.segment.delete_document(number)


def _to_merge(parts: Sequence[_Part]) -> list[_Part]:
    """Return the segments to make one: as many small ones of about one size as there are.

    So a document is written again only when the segment that it stands in has grown twice as large.
    """
    small = [part for part in parts if part.segment.doc_count_all() <= SMALL]
    if len(small) < SEGMENTS_LIMIT:
        return []
    small.sort(key=lambda part: int(part.segment.doc_count_all()))
    together = 0
    chosen: list[_Part] = []
    for part in small:
        size = int(part.segment.doc_count_all())
        if len(chosen) >= SEGMENTS_LIMIT // 2 and size > together:
            break
        chosen.append(part)
        together += size
    return sorted(chosen, key=parts.index)


class WhooshEngine(LocalEngine):
    """An index in a folder, kept by Whoosh."""

    def __init__(self, folder: Path, *, secret: Path | None = None) -> None:
        """Use `folder`; `secret` is the file of the user's key, by default in their state folder.

        Raises:
            IndexUnusable: two distributions of Whoosh are installed over each other.
        """
        _one_whoosh()
        super().__init__(folder, _Whoosh(), secret)


def _schema() -> Any:
    return whoosh.fields.Schema()


def _key(term: str) -> bytes:
    return _TERMS + term.encode("utf-8", "replace")


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


def _providers() -> Iterable[str]:
    """Return the distributions that may share the name `whoosh`; none where there is but one.

    Asking all installed ones what they hold takes longer than many a build: only where two are
    called much like it, lying beside it, are they asked.
    """
    beside = os.listdir(Path(whoosh.__file__).parent.parent)
    called = [name for name in beside if _INSTALLED.search(name.lower())]
    if len(called) < 2:
        return ()
    from importlib.metadata import packages_distributions  # noqa: PLC0415

    return packages_distributions().get("whoosh", ())


def _one_whoosh(found: Iterable[str] | None = None) -> None:
    """Make sure that the name `whoosh` belongs to one distribution.

    Raises:
        IndexUnusable: several are installed over each other, so nobody knows whose code runs.
    """
    names = sorted(set(_providers() if found is None else found))
    if len(names) > 1:
        raise IndexUnusable(
            f"{' and '.join(names)} are both installed under the name whoosh: "
            f"pip uninstall {' '.join(names)}, then pip install Whoosh-Reloaded"
        )
