"""The published files as kb last left them: path, digest and stamp of each, in packed columns.

A site has tens of thousands of files, and each must be looked at before a build may say that
nothing changed. So no value is made of a file that lies as it was left: stamps are packed as the
system tells them, and compared by the thousand.
"""

import hashlib
import os
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import chain, repeat
from pathlib import Path
from typing import Self

from kb.building.files import Stamp, stamp_of
from kb.building.workers import WorkerFault, begun, cores
from kb.model.splice import Edit, spliced
from kb.model.value import Value, ValueFault, decode, encode

_DIGEST = 16
"""Bytes that are kept of a SHA-256."""
_STAMP = struct.Struct("=QQqQqQ")
"""Inode, size, and seconds and nanoseconds of both times: as the system tells them."""
_SECOND = 1_000_000_000
_UNKNOWN = bytes(_STAMP.size)
"""In place of a stamp in a table; no file has it."""
_MISSING = b"\xff" * _STAMP.size
"""In place of the stamp of a file that is not there; no table holds it."""
_PIECE = 1024
"""Files compared at a time."""
_PAYS = 10_000
"""Files from which on other processes look at some of them."""
_FEW = 256
"""Stamps up to which it takes longer to get ready for asking for many at once."""


class Made(Value, frozen=True, array_like=True):
    """A published file as kb last left it."""

    digest: str
    stamp: Stamp | None = None
    """None where only the manifest tells of it."""


class _Packed(Value, frozen=True, array_like=True):
    """A table as it is kept."""

    name: str
    """`Table.name`, as `manifest` is `Table.manifest`."""
    manifest: str
    pieces: tuple[memoryview, ...]
    digests: memoryview
    stamps: memoryview


class Table(Mapping[str, Made]):
    """Path → `Made` of published files, by path."""

    def __init__(
        self,
        pieces: Sequence[bytes | memoryview],
        digests: bytes | memoryview,
        stamps: bytes | memoryview,
        manifest: str = "",
        name: str = "",
    ) -> None:
        """Take the columns: sorted paths as `_pieces_of` has them, digests, and stamps.

        `manifest` is the digest of the manifest that tells of these files, if one was written;
        `name` tells this table from any other, and is made of the columns where it is not given.
        """
        self.manifest = manifest
        self._pieces = pieces
        self._digests = memoryview(digests)
        self._stamps = memoryview(stamps)
        self.name = name or _name(manifest.encode(), *pieces, digests, stamps)
        self._piece = cache(lambda number: bytes(pieces[number]).split(b"\n"))
        self._places: dict[str, int] = {}

    @classmethod
    def lying(cls, output: Path, made: Mapping[str, Made], manifest: str = "") -> "Table":
        """Return `made`, each file that has no stamp with the one that it has now in `output`.

        `manifest` is as the table keeps it.

        Raises:
            ValueError: a digest is none.
        """
        paths = sorted(made)
        unknown = [path for path in paths if made[path].stamp is None]
        with _Looker(output) as looker:
            found = looker.stamps([*map(os.fsencode, unknown)])
        looked = dict(zip(unknown, _cut(found), strict=True))
        stamps = (
            _packed(made[path].stamp) if looked.get(path, _MISSING) == _MISSING else looked[path]
            for path in paths
        )
        digests = (bytes.fromhex(made[path].digest) for path in paths)
        pieces = _pieces_of([path.encode() for path in paths])
        return cls(pieces, b"".join(digests), b"".join(stamps), manifest)

    @classmethod
    def unpacked(cls, data: bytes | memoryview, name: str) -> "Table | None":
        """Return the table that `packed` made `data` of; None where it is not the one of `name`."""
        try:
            packed = decode(data, _Packed)
        except ValueFault:
            return None
        if packed.name != name:
            return None
        if len(packed.stamps) * _DIGEST != len(packed.digests) * _STAMP.size:
            return None  # another kb packed it otherwise
        return cls(packed.pieces, packed.digests, packed.stamps, packed.manifest, name)

    def packed(self) -> bytes:
        """Return the table as bytes, to be kept."""
        pieces = tuple(memoryview(piece) for piece in self._pieces)
        return encode(_Packed(self.name, self.manifest, pieces, self._digests, self._stamps))

    @cached_property
    def paths(self) -> Sequence[str]:
        """All paths, sorted."""
        return [path for piece in self._pieces for path in str(piece, "utf-8").split("\n")]

    def __getitem__(self, path: str) -> Made:
        """Return the file at `path` as it was left."""
        place = self._place(path)
        if place is None:
            raise KeyError(path)
        stamp = bytes(self._stamps[place * _STAMP.size : (place + 1) * _STAMP.size])
        return Made(
            self._digests[place * _DIGEST : (place + 1) * _DIGEST].hex(),
            None if stamp == _UNKNOWN else _unpacked(stamp),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self._digests) // _DIGEST

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._place(path) is not None

    def _place(self, path: str) -> int | None:
        if self._places:
            return self._places.get(path)
        encoded = path.encode("utf-8", "surrogatepass")
        place = self._next(encoded)
        return place if place < len(self) and self._path(place) == encoded else None

    def _next(self, path: bytes) -> int:
        """Return the place of the first path that is not before `path`; none is read but a few.

        The order of UTF-8 is that of what it encodes.
        """
        first = bisect_right(range(len(self._pieces)), path, key=lambda n: self._piece(n)[0]) - 1
        if first < 0:
            return 0
        return first * _PIECE + bisect_left(self._piece(first), path)

    def _path(self, place: int) -> bytes:
        number, place = divmod(place, _PIECE)
        return self._piece(number)[place]

    def _encoded(self) -> Iterator[bytes]:
        """Yield all paths in UTF-8."""
        return chain.from_iterable(bytes(piece).split(b"\n") for piece in self._pieces)

    def indexed(self) -> Self:
        """Make this table ready for being asked for most of its files, not for a few; return it."""
        self._places = {path: place for place, path in enumerate(self.paths)}
        return self

    def below(self, folder: str) -> Sequence[str]:
        """Return the paths of the files below `folder`."""
        start, end = (self._next(f"{folder}{sign}".encode()) for sign in "/0")  # 0 follows /
        return [self._path(place).decode() for place in range(start, end)]

    def revised(self, changes: Mapping[str, Made | None], manifest: str = "") -> "Table":
        """Return the table with `changes` (None takes a file out of it) and another `manifest`."""
        paths: list[bytes] | None = None
        digests: list[Edit] = []
        stamps: list[Edit] = []
        for path in sorted(changes):
            made, encoded = changes[path], path.encode()
            place, there = self._next(encoded), path in self
            digest, stamp = (
                (bytes.fromhex(made.digest), _packed(made.stamp)) if made else (b"", b"")
            )
            digests.append((place * _DIGEST, (place + there) * _DIGEST, digest))
            stamps.append((place * _STAMP.size, (place + there) * _STAMP.size, stamp))
            if there != (made is not None):
                paths = [*self._encoded()] if paths is None else paths
                at = bisect_left(paths, encoded)
                paths[at : at + there] = [encoded] if made else []
        name = _name(self.name.encode(), manifest.encode(), encode(changes))
        pieces = _pieces_of(paths) if paths is not None else self._pieces
        columns = spliced(self._digests, digests), spliced(self._stamps, stamps)
        all_digests, all_stamps = map(b"".join, columns)
        return Table(pieces, all_digests, all_stamps, manifest, name)

    @contextmanager
    def looked_at(self, output: Path, jobs: int) -> Iterator[Callable[[], list[str]]]:
        """Look beside what the block does for files in `output` that lie otherwise than they were.

        Yields what waits for the answer, and returns their paths; to be called once. `jobs` is how
        many processes may look; 0 for one per core.
        """
        numbers = range(len(self._pieces))

        def look(number: int) -> bytes:
            with _Looker(output) as looker:
                now = looker.stamps(_named(self._piece(number)))
            first = number * _PIECE
            start = first * _STAMP.size
            before = bytes(self._stamps[start : start + len(now)])
            if now == before:
                return b""
            rows = enumerate(zip(_cut(now), _cut(before), strict=True), start=first)
            return array("I", (place for place, (one, other) in rows if one != other)).tobytes()

        many = (jobs or cores()) if len(self) >= _PAYS else 1
        with begun(look, numbers, many) as answers:

            def differing() -> list[str]:
                found = array("I")
                try:
                    for _, places in answers():
                        found.frombytes(places)
                except WorkerFault:
                    found = array("I", b"".join(map(look, numbers)))
                return [self._path(place).decode() for place in sorted(found)]

            yield differing


class _Looker:
    """Asks the system for the stamps of files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = -1

    def __enter__(self) -> Self:
        try:
            self._root = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._root = -1  # every look at a file below it fails, too
        return self

    def __exit__(self, *_: object) -> None:
        if self._root >= 0:
            os.close(self._root)

    def stamps(self, paths: Sequence[bytes]) -> bytes:
        """Return the stamps of the files `paths`, packed; `_MISSING` for one that is not there."""
        if self._root < 0:
            return _MISSING * len(paths)
        many, pieces = bulk() if len(paths) > _FEW else None, []
        for first in range(0, len(paths), _PIECE):
            piece = paths[first : first + _PIECE]
            found = many.stamps(self._root, piece) if many is not None else None
            pieces.append(b"".join(map(self._stamp, piece)) if found is None else found)
        return b"".join(pieces)

    def _stamp(self, path: bytes) -> bytes:
        try:
            return _packed(stamp_of(os.lstat(path, dir_fd=self._root)))
        except (OSError, ValueError):
            return _MISSING


class Bulk:
    """Asks Linux for many stamps by its own call (statx(2)), whose answers stay as they are.

    Python makes twenty values of each answer, which takes as long as the answer itself. One thread
    asks at a time: all answers come to one place.
    """

    _MASK, _NO_FOLLOW, _SIZE = 0x7FF, 0x100, 256
    _WORDS = (4, 5, 14, 15, 12, 13)
    """Where the parts of `_STAMP` lie in an answer, in words of eight bytes."""

    def __init__(self, most: int) -> None:
        """`most` is how many stamps can be asked for at a time.

        Raises:
            OSError, AttributeError, ImportError: the system has no such call.
        """
        import ctypes  # noqa: PLC0415

        self._call = ctypes.CDLL(None).statx
        self._answers = ctypes.create_string_buffer(self._SIZE * most)
        start = ctypes.addressof(self._answers)
        self._places = [ctypes.c_void_p(start + self._SIZE * number) for number in range(most)]

    def stamps(self, folder: int, paths: Sequence[bytes]) -> bytes | None:
        """Return the stamps of at most so many `paths` below an open folder, packed.

        Returns None where one of them cannot be told.
        """
        count = len(paths)
        flags, mask = repeat(self._NO_FOLLOW), repeat(self._MASK)
        if b"\0" in b"".join(paths):  # the call would take what comes before it for the name
            return None
        if any(map(self._call, repeat(folder), paths, flags, mask, self._places)):
            return None
        words = array("Q")
        words.frombytes(memoryview(self._answers)[: count * self._SIZE])
        step = self._SIZE // words.itemsize
        stamps = array("Q", bytes(count * _STAMP.size))
        for number, word in enumerate(self._WORDS):
            stamps[number :: len(self._WORDS)] = words[word::step]
        return stamps.tobytes()


@cache
def bulk() -> Bulk | None:
    """Return what asks for many stamps at once, None where this system has no such thing."""
    if sys.platform != "linux" or sys.byteorder != "little":
        return None
    try:
        return Bulk(_PIECE)
    except (OSError, AttributeError, ImportError):
        return None


def _pieces_of(paths: Sequence[bytes]) -> list[bytes]:
    """Return sorted `paths`, so many with line feeds between them in each piece as are compared."""
    return [b"\n".join(paths[at : at + _PIECE]) for at in range(0, len(paths), _PIECE)]


def _named(paths: Sequence[bytes]) -> Sequence[bytes]:
    """Return `paths` in UTF-8 as the system takes them."""
    if sys.getfilesystemencoding() == "utf-8":
        return paths
    return [os.fsencode(path.decode()) for path in paths]


def _name(*parts: bytes | memoryview) -> str:
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.hexdigest()


def _packed(stamp: Stamp | None) -> bytes:
    if stamp is None:
        return _UNKNOWN
    times = (*divmod(stamp.mtime, _SECOND), *divmod(stamp.ctime, _SECOND))
    return _STAMP.pack(stamp.inode, stamp.size, *times)


def _unpacked(data: bytes) -> Stamp:
    inode, size, seconds, rest, changed, changed_rest = _STAMP.unpack(data)
    return Stamp(size, seconds * _SECOND + rest, changed * _SECOND + changed_rest, inode)


def _cut(stamps: bytes) -> Iterator[bytes]:
    return (stamps[at : at + _STAMP.size] for at in range(0, len(stamps), _STAMP.size))
