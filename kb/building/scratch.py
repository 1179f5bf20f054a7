"""Values that a build needs again, laid in a file so that they need no memory until then.

The file has no name: nobody else comes upon it, and it is gone with the processes that use it.
Copies of a process share it.
"""

import os
import weakref
from array import array
from bisect import bisect_right
from collections.abc import (
    Callable,
    Collection,
    ItemsView,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    ValuesView,
)
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from kb.building.files import nameless, read_at, write_at
from kb.model.value import Value, decode, encode

T = TypeVar("T")

_CHUNK = 1 << 20
"""Bytes written, or read, at a time."""
_HEAP = 256
"""How many values there are in a heap, in which they are encoded together."""
_KEPT = 64
"""How many values `Filed` keeps, unless told otherwise."""


class Laid(Value, frozen=True, array_like=True):
    """What was laid down at a time: where to find it."""

    keys: tuple[str, ...]
    bounds: bytes
    """Where each begins, and at last where the last ends: an `array` of 64-bit numbers."""


class Scratch:
    """A file that bytes are laid in."""

    def __init__(self, folder: Path) -> None:
        """The file lies in `folder`.

        Raises:
            FileFault: the disk does not take it.
        """
        self._descriptor = nameless(folder)
        self._end = 0
        weakref.finalize(self, os.close, self._descriptor)

    def lay(self, items: Iterable[tuple[str, bytes]]) -> Laid:
        """Lay down `items` (each key once), and return where.

        Raises:
            FileFault: the disk does not take it.
        """
        keys: list[str] = []
        bounds = array("Q", [self._end])
        waiting: list[bytes] = []
        end = self._end
        for key, data in items:
            keys.append(key)
            waiting.append(data)
            end += len(data)
            bounds.append(end)
            if end - self._end >= _CHUNK:
                self._end = write_at(self._descriptor, self._end, b"".join(waiting))
                waiting.clear()
        self._end = write_at(self._descriptor, self._end, b"".join(waiting))
        return Laid(tuple(keys), bounds.tobytes())

    def append(self, data: bytes) -> tuple[int, int]:
        """Lay down `data`; return where it begins and ends.

        Raises:
            FileFault: the disk does not take it.
        """
        start = self._end
        self._end = write_at(self._descriptor, start, data)
        return start, self._end

    def drawer(self, laid: Laid) -> "Drawer":
        """Return what was laid down, by key."""
        return Drawer(self, laid)

    def all(self) -> bytes:
        """Return all that was laid down, here or in another process that uses the file.

        Raises:
            FileFault: it cannot be read.
        """
        return read_at(self._descriptor, 0, os.fstat(self._descriptor).st_size)

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`.

        Raises:
            FileFault: they cannot be read.
        """
        return read_at(self._descriptor, start, end - start)


class Pile(MutableMapping[str, bytes]):
    """Bytes by name, put one after the other in a file of their own."""

    def __init__(self, folder: Path) -> None:
        """The file lies in `folder`.

        Raises:
            FileFault: the disk does not take it.
        """
        self._scratch = Scratch(folder)
        self._places: dict[str, tuple[int, int]] = {}

    def __setitem__(self, name: str, data: bytes) -> None:
        self._places[name] = self._scratch.append(data)

    def __getitem__(self, name: str) -> bytes:
        return self._scratch.read(*self._places[name])

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Shed(MutableMapping[str, T]):
    """Values by key, each put in a file. A copy of the process begins with an empty one."""

    def __init__(self, folder: Path, kind: type[T]) -> None:
        """The file lies in `folder`; `kind` is the type `T`."""
        self._folder = folder
        self._kind = kind
        self._piles: dict[int, Pile] = {}

    @property
    def _pile(self) -> Pile:
        process = os.getpid()
        if process not in self._piles:
            self._piles = {process: Pile(self._folder)}
        return self._piles[process]

    def __setitem__(self, key: str, value: T) -> None:
        self._pile[key] = encode(value)

    def __getitem__(self, key: str) -> T:
        return decode(self._pile[key], self._kind)

    def __delitem__(self, key: str) -> None:
        del self._pile[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pile)

    def __len__(self) -> int:
        return len(self._pile)


class Drawer(Mapping[str, bytes]):
    """What was laid down at a time, by key and in its order."""

    def __init__(self, scratch: Scratch, laid: Laid) -> None:
        self._scratch = scratch
        self._bounds = array("Q")
        self._bounds.frombytes(laid.bounds)
        self._numbers = {key: number for number, key in enumerate(laid.keys)}

    def __getitem__(self, key: str) -> bytes:
        number = self._numbers[key]
        return self._scratch.read(self._bounds[number], self._bounds[number + 1])

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def values(self) -> ValuesView[bytes]:
        """Return what was laid down, of which many pieces are read at once."""
        return _Values(self, self._pieces)

    def items(self) -> ItemsView[str, bytes]:
        """Return the keys with what was laid down, of which many pieces are read at once."""
        return _Items(self)

    def _pieces(self) -> Iterator[bytes]:
        bounds = self._bounds
        first = 0
        while first < len(self._numbers):
            start = bounds[first]
            end = bisect_right(bounds, start + _CHUNK, first + 2) - 1
            data = self._scratch.read(start, bounds[end])
            for number in range(first, end):
                yield data[bounds[number] - start : bounds[number + 1] - start]
            first = end


class _Values(ValuesView[T]):
    """The values of a mapping, yielded in a way of its own."""

    def __init__(self, mapping: Mapping[Any, T], values: Callable[[], Iterator[T]]) -> None:
        super().__init__(mapping)
        self._values = values

    def __iter__(self) -> Iterator[T]:
        return self._values()


class _Items(ItemsView[str, T]):
    """The items of a mapping whose `values` are read in a way of their own."""

    def __init__(self, mapping: Mapping[str, T]) -> None:
        super().__init__(mapping)
        self._all = mapping

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return zip(self._all, self._all.values(), strict=True)


def in_heaps(values: Iterable[object]) -> Iterator[tuple[str, bytes]]:
    """Yield `values` as they are laid down a few hundred in one piece, to be read all at once."""
    rest = iter(values)
    for number in count():
        if not (heap := tuple(islice(rest, _HEAP))):
            return
        yield str(number), encode(heap)


def from_heaps(heaps: Mapping[str, bytes], kind: type[T]) -> Iterator[T]:
    """Yield the values of the type `kind` that were laid down `in_heaps`."""
    heap: Any = tuple[kind, ...]  # type: ignore[valid-type]
    return chain.from_iterable(decode(data, heap) for data in heaps.values())


class Filed(Mapping[str, T], Generic[T]):
    """Values by key, decoded when they are asked for; the last that were decoded are kept."""

    def __init__(
        self,
        drawer: Mapping[str, bytes],
        kind: Any,
        most: int = _KEPT,
        keys: Collection[str] | None = None,
    ) -> None:
        """`kind` is the type `T`; `most` is how many values are kept.

        `keys` are those of the `drawer` that count, in their order: all, unless they are told.
        """
        self._drawer = drawer
        self._keys = drawer if keys is None else keys
        self._kind = kind
        self._most = most
        self._kept: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        found = self._kept.get(key)
        if found is None:
            if key not in self._keys:
                raise KeyError(key)
            value: T = decode(self._drawer[key], self._kind)
            found = self._kept[key] = value
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return found

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, `default` where there is none."""
        found = self._kept.get(key)
        if found is not None:
            return found
        return self[key] if key in self._keys else default

    def __contains__(self, key: object) -> bool:
        return key in self._kept or key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def values(self) -> ValuesView[T]:
        """Return all values; those that are asked for so are not kept."""
        return _Values(self, self._all)

    def items(self) -> ItemsView[str, T]:
        """Return all keys and values; those that are asked for so are not kept."""
        return _Items(self)

    def _all(self) -> Iterator[T]:
        drawer, kind = self._drawer, self._kind
        found = drawer.values() if self._keys is drawer else map(drawer.__getitem__, self._keys)
        return (decode(data, kind) for data in found)
