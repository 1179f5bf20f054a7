"""The index on this machine, kept by tantivy, for collections that are large for Whoosh.

The only file that imports tantivy, which is optional: `pip install summit-kb[fast]`.

tantivy keeps no bytes of ours at a posting, so an index holds rows: a key, and stored data. The
key of a document is its place; that of a term is the term. A term may have several rows, each of
other documents: a small change adds rows, and rewrites none.

Nothing in it is code, but a damaged file may lead the library astray: only a sealed folder is
opened.
"""

import importlib.metadata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import tantivy

from kb.model.value import digest
from kb.search.local_index import LocalEngine, Store, Wave, row_of

WAVES_LIMIT = 500
"""How often rows may be added to an index; each time a term can get one row more."""

_HEAP = 64_000_000
_LONGEST_KEY = 1000
"""Characters of a key; longer ones are kept by their digest, as tantivy drops what is too long."""


class TantivyEngine(LocalEngine):
    """An index in a folder, kept by tantivy."""

    def __init__(self, folder: Path, *, secret: Path | None = None) -> None:
        """Use `folder`; `secret` is the file of the user's key (default: in their state folder)."""
        super().__init__(folder, _Tantivy(), secret)


class _Tantivy:
    """tantivy, as `kb.search.local_index.Library`."""

    mark = f"tantivy {importlib.metadata.version('tantivy')}"
    most_waves = WAVES_LIMIT

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        tantivy.Index(_schema(), path=str(folder), reuse=False)

    def write(self, folder: Path, waves: Iterable[Wave], gone: Sequence[int]) -> int:
        """Take out what is `gone`, and add rows for every wave."""
        index = tantivy.Index.open(str(folder))
        writer = index.writer(_HEAP, 1)
        for place in gone:
            writer.delete_documents_by_term("key", _place_key(place))
        count = 0
        for wave in waves:
            count += 1
            for place, data in wave.documents:
                writer.add_document(_row(_place_key(place), data))
            for term, (places, found) in wave.rows.items():
                writer.add_document(_row(_term_key(term), row_of(places, found)))
        writer.commit()
        writer.garbage_collect_files()
        writer.wait_merging_threads()
        return count

    def open(self, folder: Path) -> Store:
        """Open the index for reading."""
        return _Open(folder)


class _Open:
    """An open index."""

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder))
        # Its own way to see changes is a thread that looks at the disk; nobody else writes here.
        index.config_reader("manual")
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def rows(self, term: str, most: int) -> Iterator[bytes]:
        """Yield the rows of `term`."""
        return self._stored(_term_key(term), most)

    def document(self, place: int) -> bytes:
        """Return what is stored at `place`."""
        for data in self._stored(_place_key(place), 1):
            return data
        raise LookupError(f"nothing is at place {place}")

    def close(self) -> None:
        """Nothing is held that has to be let go of."""

    def _stored(self, key: str, most: int) -> Iterator[bytes]:
        query = tantivy.Query.term_query(self._schema, "key", key, "basic")
        found = self._searcher.search(query, limit=most, count=False)
        for _, address in found.hits:
            data = self._searcher.doc(address).get_first("data")
            yield data if isinstance(data, bytes) else b""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("data", stored=True)
    return builder.build()


def _row(key: str, data: bytes) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("key", key)
    row.add_bytes("data", data)
    return row


def _term_key(term: str) -> str:
    return f"t{term}" if len(term) < _LONGEST_KEY else f"l{digest(term)}"


def _place_key(place: int) -> str:
    return f"d{place}"
