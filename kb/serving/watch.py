"""Tells that files may have changed. The only file that imports watchdog.

An event is a hint and no more: queues overflow and watch limits are reached without a word, so
whoever gets a hint looks at the files, and looks at all of them now and then without one.
"""

import logging
import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

Hint = Callable[[Path | None], None]
"""Called, in a thread of the watcher's own, with a path that may have changed; None: any may."""
Say = Callable[[str], None]

SEEN: list[type[FileSystemEvent]] = [
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
"""Reading a file (`opened`, `closed_no_write`) is not among them."""
POLL = 1.0
"""Seconds between two looks where the system cannot watch."""


class _Handler(FileSystemEventHandler):
    def __init__(self, hint: Callable[[str, bool], None]) -> None:
        self._hint = hint

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass on both ends of what happened."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._hint(os.fsdecode(path), event.is_directory)


class _Overflow(logging.Handler):
    """Hears what watchdog only logs: that events were lost."""

    def __init__(self, hint: Hint) -> None:
        super().__init__(logging.WARNING)
        self._hint = hint

    def emit(self, record: logging.LogRecord) -> None:
        """Take any complaint of the watcher for lost events."""
        self._hint(None)


class Watcher:
    """Watches the files and folders that a site is made from."""

    def __init__(
        self,
        folder: Path,
        ignored: Iterable[Path],
        hint: Hint,
        say: Say,
        *,
        poll: bool = False,
    ) -> None:
        """Watch everything in `folder` but what lies in the `ignored` folders or is hidden.

        `say` gets one line where the system cannot watch and files are polled instead; `poll`
        polls from the start.
        """
        self._folder = folder
        self._ignored = frozenset(ignored)
        self._hint = hint
        self._say = say
        self._poll = poll
        self._handler = _Handler(self._event)
        self._observer: BaseObserver = self._new(poll=poll)
        self._watches: dict[Path, ObservedWatch] = {}
        self._overflow = _Overflow(hint)
        self._stopped = False

    @staticmethod
    def _new(*, poll: bool) -> BaseObserver:
        observer: BaseObserver = PollingObserver(timeout=POLL) if poll else Observer()
        observer.daemon = True
        return observer

    def start(self) -> None:
        """Begin; hints come from now on."""
        logger = logging.getLogger("watchdog")
        logger.addHandler(self._overflow)
        logger.propagate = False
        # A folder that appears while its parent is being walked is added twice; that is harmless.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        try:
            self._observer.start()
            self._cover()
        except OSError as fault:
            self._fall_back(fault)

    def stop(self) -> None:
        """End all of it and wait for its threads."""
        self._stopped = True
        logging.getLogger("watchdog").removeHandler(self._overflow)
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(5)

    def refresh(self) -> None:
        """Cover folders that have come since."""
        if self._stopped:
            return
        try:
            self._cover()
        except OSError as fault:
            self._fall_back(fault)

    def _fall_back(self, fault: OSError) -> None:
        if self._poll:
            return
        self._poll = True
        old, self._observer = self._observer, self._new(poll=True)
        self._watches.clear()
        if old.is_alive():
            old.stop()
        self._say(
            f"The system cannot watch these files ({fault.strerror or fault}): "
            f"looking at them every {POLL:g} s instead."
        )
        self._observer.start()
        self._cover()

    def _cover(self) -> None:
        """Watch the folder itself, and each folder in it that is not ignored, with all below."""
        wanted = {self._folder: False}
        with os.scandir(self._folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if not self.is_ignored(path) and entry.is_dir(follow_symlinks=False):
                    wanted[path] = True
        for path in [path for path in self._watches if path not in wanted]:
            self._observer.unschedule(self._watches.pop(path))
        for path, recursive in sorted(wanted.items()):
            if path not in self._watches:
                self._watches[path] = self._observer.schedule(
                    self._handler, str(path), recursive=recursive, event_filter=SEEN
                )

    def is_ignored(self, path: Path) -> bool:
        """Return whether a change of `path` cannot change the site."""
        try:
            parts = path.relative_to(self._folder).parts
        except ValueError:
            return True
        if any(part.startswith(".") or part.endswith("~") for part in parts):
            return True
        return any(path == ignored or ignored in path.parents for ignored in self._ignored)

    def _event(self, name: str, is_folder: bool) -> None:
        path = Path(name)
        if self.is_ignored(path):
            return
        if is_folder and self._folder in {path.parent, path}:
            self.refresh()  # before files are looked at, so that none is missed
            self._hint(None)
        else:
            self._hint(path)
