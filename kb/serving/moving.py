"""Pages while changes are heard of that no build has shown yet.

A whole build of many changed notes takes longer than a reader waits. So a page of a changed note is
asked for at the builder's, who reads that note alone; every other page is the last whole build's.
"""

import asyncio
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from kb.serving.builder import Builder, Fresh

MANY = 8
"""Changed files up to which they are a writer's saves, and no storm (a checkout, a sync)."""
MOST_NAMES = 50_000
"""Changed files that are remembered; above this any may have changed."""
HOLD = 8.0
"""Seconds that a request for a page which only the build can tell waits for it."""
_LOOK = 0.05


class Moving:
    """What has changed since the last whole build, and what pages are meanwhile.

    Told by any thread, asked by one event loop.
    """

    def __init__(self, builder: Builder) -> None:
        self.number = 0
        """Counts what was heard: an answer is as good as new while it stands still."""
        self._builder = builder
        self._names: set[str] = set()
        self._any = False
        self._asked: dict[tuple[str, bool, int], asyncio.Task[Fresh]] = {}

    @property
    def is_moving(self) -> bool:
        """Whether a change was heard of that is not shown yet."""
        return self._any or bool(self._names)

    @property
    def is_storm(self) -> bool:
        """Whether there are more changes than a writer makes by hand."""
        return self._any or len(self._names) > MANY

    def heard(self, path: Path | None) -> None:
        """Note that `path` may have changed (None: any file)."""
        self.number += 1
        folder = str(self._builder.folder)
        if path is None or not path.suffix or len(self._names) >= MOST_NAMES:
            self._any = True
            return
        name = str(path).removeprefix(folder).lstrip("/\\")
        self._names.add(unicodedata.normalize("NFC", name))

    def rest(self) -> None:
        """Note that everything heard of is shown."""
        self.number += 1
        self._names = set()
        self._any = False

    def concerns(self, notes: Iterable[str]) -> bool:
        """Return whether any of `notes` may have changed."""
        return self._any or not self._names.isdisjoint(notes)

    async def page(self, url: str) -> Fresh:
        """Return what the page at `url` is now; several who ask get one answer."""
        key = (url, self.is_storm, self.number)
        task = self._asked.get(key)
        if task is None:
            self._asked = {
                known: one for known, one in self._asked.items() if known[2] == self.number
            }
            task = asyncio.ensure_future(
                asyncio.to_thread(self._builder.fresh, url, thorough=self.is_storm)
            )
            self._asked[key] = task
        return await asyncio.shield(task)

    async def come_to_rest(self) -> None:
        """Wait until everything is shown, but not for ever."""
        for _ in range(int(HOLD / _LOOK)):
            if not self.is_moving:
                return
            await asyncio.sleep(_LOOK)
