"""What the preview asks of building, and what it gets: a seam that tests can stand in."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from kb.building.reasons import Explained
from kb.model.finding import Finding
from kb.model.value import Value

Switch = Callable[[Collection[str]], AbstractContextManager[object]]
"""Held by building for the moment in which it moves files into the output folder; told which notes
are broken, so that their last good pages stay."""


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
    broken: tuple[str, ...] = ()
    """Notes that could not be read as they are meant."""
    shown_notes: Mapping[str, tuple[str, ...]] | None = None
    """URL path of a note's or talk's page → the notes that it shows, by path; None: as before."""
    lines: Mapping[str, str] = {}
    """`path:line` of a finding → that line of the file."""


class Sight(Value, frozen=True):
    """What kb sees in the notes that one page shows."""

    page: str
    """URL path of the page."""
    notes: tuple[str, ...] = ()
    seen: tuple[Explained, ...] = ()
    marks: tuple[str, ...] = ()
    """Which of the notes are drafts, or dated in the future: a line each."""


class Fresh(Value, frozen=True):
    """What a page is while a build that may change it is not done yet."""

    kind: Literal["same", "page", "gone", "later"] = "same"
    """`same`: nothing newer than the last whole build is known; `page`: `data`; `gone`: its notes
    are not there any more; `later`: it is another, and only the build can tell which."""
    data: bytes = b""


Show = Callable[[Mapping[str, bytes]], None]
"""Told pages (path below the output → bytes) that a build will publish, before it is done."""


def _nothing_ahead(pages: Mapping[str, bytes]) -> None:
    """Show nothing ahead."""


@dataclass(frozen=True)
class Asks:
    """What a build asks of the preview while it works."""

    switch: Switch
    cancelled: Callable[[], bool]
    """True gives the build up."""
    ahead: Show = _nothing_ahead


class Wanted(Value, frozen=True):
    """What a build should look at."""

    hints: tuple[str, ...] | None = None
    """Files that may have changed, absolute, sorted; None: nothing is known, look at every file."""
    full: bool = False
    """Use nothing of earlier builds."""
    pages: tuple[str, ...] = ()
    """URL paths of the pages that are open, to be shown first."""


class Builder(Protocol):
    """Builds one site again and again."""

    output: Path
    """The folder that is written and shown."""
    folder: Path
    """The site's folder."""

    def build(self, wanted: Wanted, asks: Asks) -> Built:
        """Bring the output up to date; calls happen one after the other, in one thread.

        Raises:
            Cancelled: `asks.cancelled()` said so, and nothing was published.
            NotBuilt: the site as a whole cannot be built.
        """
        ...

    def ahead(self, wanted: Wanted) -> Mapping[str, bytes]:
        """Return pages (path below the output → bytes) that a build would change, at once.

        A build tells `Asks.ahead` of them by itself.
        """
        ...

    def warm(self, cancelled: Callable[[], bool]) -> Mapping[str, tuple[str, ...]] | None:
        """Get ready for quick builds while there is nothing else to do.

        Returns `Built.shown_notes`, or None where all was known.

        Raises:
            Cancelled: `cancelled()` said so.
            NotBuilt: the site cannot be read.
        """
        ...

    def took(self, built: Built) -> None:
        """Know what a copy of this builder, in another process, has built."""
        ...

    def look(self, page: str) -> Sight:
        """Return what kb sees in the notes that the page at the URL path `page` shows."""
        ...

    def fresh(self, page: str, *, thorough: bool) -> Fresh:
        """Return what the page at the URL path `page` is, from its notes as they are now.

        Any time, also while a build is under way. `thorough`: also where the rest of the site is
        then not in it, and where the page is new.
        """
        ...

    def close(self) -> None:
        """Give back whatever the builder holds."""
        ...

    def ignored(self) -> tuple[Path, ...]:
        """Return folders below the site's whose changes are kb's own: output, cache, index."""
        ...
