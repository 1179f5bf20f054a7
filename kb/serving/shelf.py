"""The way to the published files, closed for the moment in which building moves them.

So an answer is read whole from before the switch or whole from after it.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kb.building.files import FileFault, read_file
from kb.serving.given import Given
from kb.serving.headers import Rule, read_rules

T = TypeVar("T")
HEADERS = "_headers"
RETRY = 0.002
"""Seconds until a reader looks again whether the switch is over."""


class Shelf:
    """The output folder; read by one event loop, switched by one thread."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the output folder, which need not exist yet."""
        self.folder = folder
        self.kept: Mapping[str, bytes] = {}
        """Pages of an earlier build that are shown in place of what lies in the folder."""
        self.ahead: Mapping[str, bytes] = {}
        """Pages of the build under way, for those alone who have them open."""
        self.given = Given()
        """Answers from what is shown now; while files move they still tell of the site before."""
        self.rules: tuple[Rule, ...] = self._read_rules()
        self._reading = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: asyncio.Event | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the event loop that reads; called once, in it."""
        self._loop, self._open = loop, asyncio.Event()
        self._open.set()

    @contextmanager
    def switching(self) -> Iterator[None]:
        """Hold all readers back while files are moved."""
        self._tell(is_open=False)
        try:
            with self._reading:
                yield
                self.rules = self._read_rules()
                self.given.forget()
        finally:
            self._tell(is_open=True)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold all readers back while what is shown besides the files changes."""
        with self._reading:
            yield
            self.given.forget()

    def _tell(self, *, is_open: bool) -> None:
        loop, gate = self._loop, self._open
        if loop is not None and gate is not None and not loop.is_closed():
            loop.call_soon_threadsafe(gate.set if is_open else gate.clear)

    async def use(self, work: Callable[[], T]) -> T:
        """Return `work()`, done while no switch is under way: it sees one whole build.

        `work` must be short and must not wait: it runs in the event loop.
        """
        while True:
            if self._open is not None:
                await self._open.wait()
            if self._reading.acquire(blocking=False):
                try:
                    return work()
                finally:
                    self._reading.release()
            await asyncio.sleep(RETRY)

    def use_now(self, work: Callable[[], object]) -> None:
        """Do `work()` like `use`, unless a switch is under way."""
        if self._reading.acquire(blocking=False):
            try:
                work()
            finally:
                self._reading.release()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of the published file `path`, or None; call it inside `use`."""
        if path in self.kept:
            return self.kept[path]
        try:
            return read_file(self.folder, path)
        except (FileFault, ValueError):
            return None

    def has(self, path: str) -> bool:
        """Return whether a file `path` is published, as far as can be told while files move."""
        return path in self.kept or (self.folder / path).is_file()

    def newest(self, path: str) -> bytes | None:
        """Return the same as `read`, or what the build under way will make of it."""
        return self.ahead[path] if path in self.ahead else self.read(path)

    def _read_rules(self) -> tuple[Rule, ...]:
        data = self.read(HEADERS)
        return read_rules(data.decode("utf-8", "replace")) if data else ()
