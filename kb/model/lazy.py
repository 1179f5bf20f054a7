"""Sequences whose items are made when they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

S = TypeVar("S")
T = TypeVar("T")


class Lazy(Sequence[T], Generic[S, T]):
    """What is made of each item of a sequence, made whenever it is asked for."""

    def __init__(self, make: Callable[[S], T], items: Sequence[S]) -> None:
        self._make = make
        self._items = items

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[T]: ...
    def __getitem__(self, number: int | slice) -> T | Sequence[T]:
        """Return what is made of an item, or of some."""
        if isinstance(number, slice):
            return Lazy(self._make, self._items[number])
        return self._make(self._items[number])

    def __iter__(self) -> Iterator[T]:
        return map(self._make, self._items)

    def __len__(self) -> int:
        return len(self._items)
