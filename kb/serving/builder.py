"""What the preview asks of building, and what it gets: a seam that tests can stand in."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from kb.model.finding import Finding
from kb.model.value import Value

Switch = Callable[[], AbstractContextManager[object]]
"""Held by building for the moment in which it moves files into the output folder."""


class Cancelled(Exception):
    """A build was given up before it published anything, because something newer changed."""


class NotBuilt(Exception):
    """A build could not be done at all; `str()` is one line for a person. The old site stays."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class Fault(Value, frozen=True):
    """Why nothing could be rendered: a template that cannot be used."""

    path: str
    """The template's file, relative to the site's folder where it is below it."""
    line: int
    message: str
    source: str = ""
    """The template's text."""
    names: tuple[str, ...] = ()
    """What the template may speak of."""


class Built(Value, frozen=True):
    """What one build did."""

    sources: tuple[str, ...] = ()
    """Files that were found changed, relative to the site's folder; empty for a first build."""
    written: frozenset[str] = frozenset()
    """Paths below the output folder that have new bytes."""
    removed: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    """Of the whole site, in order."""
    seconds: float = 0.0
    fault: Fault | None = None
    shown_notes: Mapping[str, tuple[str, ...]] = {}
    """URL path of a page → the notes that it shows, by path."""


class Builder(Protocol):
    """Builds one site again and again."""

    output: Path
    """The folder that is written and shown."""
    folder: Path
    """The site's folder."""

    def build(
        self, hints: frozenset[Path] | None, switch: Switch, cancelled: Callable[[], bool]
    ) -> Built:
        """Bring the output up to date.

        `hints` are files that may have changed; None: nothing is known, look at every file. Calls
        happen one after the other, in one thread.

        Raises:
            Cancelled: `cancelled()` said so, and nothing was published.
            NotBuilt: the site as a whole cannot be built.
        """
        ...

    def ignored(self) -> tuple[Path, ...]:
        """Return folders below the site's whose changes are kb's own: output, cache, index."""
        ...
