"""Regular expressions that are compiled when they are used first.

kb knows hundreds of them, and most runs use a few. To compile them all takes longer than many a
build, so no module compiles one while it is imported. (The few of bytes are none of these.)
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Protocol


class Finds(Protocol):
    """A method that looks for one place."""

    def __call__(self, string: str, pos: int = ..., endpos: int = ...) -> re.Match[str] | None:
        """Return what was found in `string` from `pos` up to (not with) `endpos`."""


class FindsAll(Protocol):
    """A method that looks for all places."""

    def __call__(self, string: str, pos: int = ..., endpos: int = ...) -> Iterator[re.Match[str]]:
        """Yield what is found in `string` from `pos` up to (not with) `endpos`."""


class Lists(Protocol):
    """A method that lists what stands in all places."""

    def __call__(self, string: str, pos: int = ..., endpos: int = ...) -> list[Any]:
        """Return strings; where there are groups, theirs."""


class Splits(Protocol):
    """A method that lists what stands between the places."""

    def __call__(self, string: str, maxsplit: int = ...) -> list[str | Any]:
        """Return the strings between, and those of groups."""


class Replaces(Protocol):
    """A method that puts something else in the places."""

    def __call__(
        self, repl: str | Callable[[re.Match[str]], str], string: str, count: int = ...
    ) -> str:
        """Return `string` with `repl` in at most `count` places; 0 for all."""


class Pattern:
    """A regular expression, to be used as one of `re.compile`.

    Each method is that of the compiled expression itself from its first use on, so a use costs
    what it cost before. Of threads that use one at the same time, one compiles it in
    Python 3.11, where `cached_property` holds a lock; from 3.12 on each may, to no harm.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """`pattern` and `flags` are as `re.compile` takes them; a fault shows at first use."""
        self.pattern = pattern
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression, for those who want nothing else (`re.Match.re` tells it)."""
        return re.compile(self.pattern, self.flags)

    @cached_property
    def match(self) -> Finds:
        """Finds it where the search begins."""
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> Finds:
        """Finds it if it is all there is."""
        return self.compiled.fullmatch

    @cached_property
    def search(self) -> Finds:
        """Finds the first place."""
        return self.compiled.search

    @cached_property
    def finditer(self) -> FindsAll:
        """Finds all places."""
        return self.compiled.finditer

    @cached_property
    def findall(self) -> Lists:
        """Lists what stands in all places."""
        return self.compiled.findall

    @cached_property
    def split(self) -> Splits:
        """Lists what stands between the places."""
        return self.compiled.split

    @cached_property
    def sub(self) -> Replaces:
        """Puts something else in the places."""
        return self.compiled.sub

    @cached_property
    def subn(self) -> Callable[..., tuple[str, int]]:
        """Does as `sub`, and tells in how many places."""
        return self.compiled.subn
