"""Many records kept between builds, of which a build reads a few and replaces a few.

A folder of the memo holds one file of records, one behind the other, and an index that says
where each lies and what its digest is. The index is sealed by the memo, so a record that fits it
is what this person's kb put there. Records are only ever appended, and the index is replaced in
one step: whoever has opened a shelf goes on reading what it opened, and a crash leaves the shelf
as it was. Once more than half of the records' file is dead, it is written anew under another name.
"""

import hashlib
import os
import struct
import weakref
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import count
from pathlib import Path

from kb.building.files import FileFault, append, open_file, write_new
from kb.building.memo import Memo
from kb.model.value import Value, encode

_VERSION = 1
_INDEX = "index"
_CHUNK = 1 << 20
"""Bytes written at a time."""
_ROW = struct.Struct(">QI16s")
"""Where a record lies: its start, its length, its digest. Packed, for an index is read often, and
most of its rows are never looked at."""


class _Index(Value, frozen=True):
    version: int
    stamp: str
    records: str
    """Name of the file that holds the records."""
    end: int
    """Where the next record goes; what lies behind is left of an interrupted build."""
    keys: list[str]
    rows: bytes
    """Of each key a `_ROW`, one behind the other."""


class Spoiled(KeyError):
    """A record that is no longer what was put there; it counts as missing."""


class Shelf(Mapping[str, bytes]):
    """The records of one build by key, in the order in which they were put there.

    A shelf is what was there when it was opened: `revise` does not change it.
    """

    def __init__(self, memo: Memo, name: str, index: _Index, descriptor: int) -> None:
        """`descriptor` is that of the records' file, which the shelf closes."""
        self._memo = memo
        self._name = name
        self._index = index
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Key → number of its row."""
        return dict(zip(self._index.keys, count(), strict=False))

    @classmethod
    def open(cls, memo: Memo, name: str, stamp: str) -> "Shelf | None":
        """Return the shelf `name`; None where it is of another build than `stamp`, or not whole.

        Single records are looked at when they are read.
        """
        index = memo.value(f"{name}/{_INDEX}", _Index)
        if index is None or index.version != _VERSION or index.stamp != stamp:
            return None
        try:
            descriptor = open_file(memo.folder / name, index.records)
        except FileFault:
            memo.damaged = True
            return None
        shelf = cls(memo, name, index, descriptor)
        if os.fstat(descriptor).st_size < index.end:
            memo.damaged = True
            return None
        return shelf

    def __getitem__(self, key: str) -> bytes:
        """Return the record `key`.

        Raises:
            KeyError: there is none.
            Spoiled: it is damaged (so `get` returns None); the memo is marked as damaged.
        """
        start, length, digest = _ROW.unpack_from(self._index.rows, self._numbers[key] * _ROW.size)
        try:
            record = os.pread(self._descriptor, length, start)
        except OSError:  # a bad place of the disk
            record = None
        if record is None or _digest(record) != digest:
            self._memo.damaged = True
            raise Spoiled(key)
        return record

    def __iter__(self) -> Iterator[str]:
        return iter(self._index.keys)

    def __len__(self) -> int:
        return len(self._index.keys)

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    def revise(self, changes: Mapping[str, bytes | None], stamp: str) -> None:
        """Keep the shelf with `changes` (None: no longer there), as that of the build `stamp`.

        A record that is replaced keeps its place in the order; a new one comes last.

        Raises:
            FileFault: the disk does not take it.
        """
        if self._memo.read_only:
            return
        keys, rows = [*self._index.keys], bytearray(self._index.rows)
        added: list[bytes] = []
        gone: list[int] = []
        end = self._index.end
        for key, record in changes.items():
            number = self._numbers.get(key)
            if record is None:
                gone += [] if number is None else [number]
                continue
            row = _ROW.pack(end, len(record), _digest(record))
            added.append(record)
            end += len(record)
            if number is None:
                keys.append(key)
                rows += row
            else:
                rows[number * _ROW.size : (number + 1) * _ROW.size] = row
        for number in sorted(gone, reverse=True):
            del keys[number]
            del rows[number * _ROW.size : (number + 1) * _ROW.size]
        if 2 * _size(rows) < end:
            write_all(self._memo, self._name, stamp, self._revised(keys, changes))
            return
        records = self._index.records
        append(self._memo.folder / self._name / records, self._index.end, b"".join(added))
        _put(self._memo, self._name, _Index(_VERSION, stamp, records, end, keys, bytes(rows)))

    def _revised(
        self, keys: Iterable[str], changes: Mapping[str, bytes | None]
    ) -> Iterator[tuple[str, bytes]]:
        for key in keys:
            record = changes[key] if key in changes else self.get(key)
            if record is not None:  # a damaged one is missed no more than it was
                yield key, record


def write_all(memo: Memo, name: str, stamp: str, items: Iterable[tuple[str, bytes]]) -> None:
    """Keep `items` (each key once) as the shelf `name` of the build `stamp`, over what was there.

    Raises:
        FileFault: the disk does not take it.
    """
    if memo.read_only:
        return
    folder = memo.folder_for(f"{name}/{_INDEX}")
    records = _free_name(folder)
    rows: dict[str, bytes] = {}
    write_new(folder / records, _laid_out(items, rows))
    together = b"".join(rows.values())
    _put(memo, name, _Index(_VERSION, stamp, records, _size(together), [*rows], together))
    memo.keep_only(name, frozenset({_INDEX, records}))


def _laid_out(items: Iterable[tuple[str, bytes]], rows: dict[str, bytes]) -> Iterator[memoryview]:
    """Yield the records in large pieces, and fill `rows`."""
    waiting: list[bytes] = []
    start = end = 0
    for key, record in items:
        assert key not in rows
        rows[key] = _ROW.pack(end, len(record), _digest(record))
        waiting.append(record)
        end += len(record)
        if end - start >= _CHUNK:
            yield memoryview(b"".join(waiting))
            waiting.clear()
            start = end
    yield memoryview(b"".join(waiting))


def _put(memo: Memo, name: str, index: _Index) -> None:
    memo.put(f"{name}/{_INDEX}", encode(index))


def _free_name(folder: Path) -> str:
    """Return a name for a file of records that none in `folder` has, left ones included."""
    number = 1
    while os.path.lexists(folder / f"records-{number}"):
        number += 1
    return f"records-{number}"


def _size(rows: bytes | bytearray) -> int:
    """Return how many bytes all records have together."""
    return sum(length for _, length, _ in _ROW.iter_unpack(rows))


def _digest(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=16).digest()
