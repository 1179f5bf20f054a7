"""A progress bar for work that takes longer than a second, on a terminal only."""

import importlib
import sys
import time
from types import TracebackType
from typing import Any, Self

_AFTER = 1.0
"""Seconds of work before a bar is worth looking at."""
_BETWEEN = 0.1
"""Seconds between two drawings."""
_WORDS = {
    "read": "Reading notes",
    "render": "Writing pages",
    "pictures": "Sizing pictures",
    "index": "Indexing",
    "links": "Asking for links",
}


class Bar:
    """Shows how far a build is; shows nothing for quick work, or where nobody looks."""

    def __init__(self, *, hidden: bool = False) -> None:
        self._hidden = hidden or not sys.stderr.isatty()
        self._start = time.monotonic()
        self._drawn = 0.0
        self._shown: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown is not None:
            self._shown.stop()

    def advance(self, stage: str, done: int, total: int) -> None:
        """Tell that `done` of `total` steps of `stage` are done; `total` 0 is not known."""
        if self._hidden or time.monotonic() - self._start < _AFTER:
            return
        if self._shown is None:
            # rich takes 50 ms to import: only where a bar is shown at all
            progress: Any = importlib.import_module("rich.progress")
            console: Any = importlib.import_module("rich.console")
            self._shown = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                console=console.Console(stderr=True),
                transient=True,
                auto_refresh=False,  # by a thread, and a process with threads cannot be copied
            )
            self._shown.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._shown.add_task(_WORDS.get(stage, stage), total=total or None)
        self._shown.update(self._tasks[stage], completed=done, total=total or None)
        if time.monotonic() - self._drawn > _BETWEEN:
            self._shown.refresh()
            self._drawn = time.monotonic()
