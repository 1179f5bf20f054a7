"""The thread that rebuilds: waits for hints, builds, and tells what was built."""

import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import Protocol

from kb.building.options import Cancelled
from kb.model.value import replace
from kb.serving.builder import Asks, Builder, Built, NotBuilt, Wanted
from kb.serving.gather import Gatherer

RESCAN = 30.0
"""Seconds after which all files are looked at though nothing was heard."""
REST = 250
"""How many times as long as such a look took the next one is waited for, at least."""
CONFIRM = 0.7
"""Seconds after a storm was built until all files are looked at again: events may have been lost
where there were many."""
FEW = 8
"""Changed files up to which a build is a writer's save, and no storm."""
GIVE_UP = 2
"""How often in a row a build may be given up for a newer change."""
WHOLE = 60.0
"""Seconds without a whole build after which one is not given up any more, though the writer, whose
own page is shown ahead, goes on saving."""


class Hears(Protocol):
    """Who is told what becomes of builds."""

    def heard(self, path: Path | None) -> None:
        """Take note that `path` may have changed (None: anything may); from any thread."""

    def at_rest(self) -> None:
        """Take note that everything heard of was looked at."""

    def switching(self, broken: Collection[str]) -> AbstractContextManager[object]:
        """Hold readers back while files move."""

    def ahead(self, pages: Mapping[str, bytes]) -> None:
        """Show pages that the build under way will publish."""

    def done(self, built: Built) -> None:
        """Take note of a build."""

    def failed(self, fault: NotBuilt) -> None:
        """Take note that nothing could be built."""

    def warmed(self, shown_notes: Mapping[str, tuple[str, ...]]) -> None:
        """Take note of which page shows which notes."""

    def open_pages(self) -> tuple[str, ...]:
        """Return the URL paths of the pages that are open."""


class Rebuilder:
    """Keeps the output up to date until told to stop."""

    def __init__(
        self,
        builder: Builder,
        hears: Hears,
    ) -> None:
        """`hears` is told of everything, in this thread."""
        self._builder = builder
        self._hears = hears
        self._gatherer = Gatherer()
        self._changed = threading.Condition()
        self._stopping = False
        self._full = False
        self._look_at_all = 0.0
        self._given_up = 0
        self._ahead = False
        self._last_built = monotonic()
        self._thread = threading.Thread(target=self._run, name="kb-rebuild", daemon=True)

    def start(self) -> None:
        """Build once, then whenever something changed."""
        self._thread.start()

    def stop(self) -> None:
        """Give up what is under way, and wait until the thread is done."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def pending(self) -> bool:
        """Whether a change was heard of that no build has looked at."""
        return self._gatherer.pending

    def hint(self, path: Path | None) -> None:
        """Note that `path` may have changed (None: anything may); from any thread."""
        with self._changed:
            self._gatherer.hint(path, monotonic())
            self._hears.heard(path)
            self._changed.notify_all()

    def rebuild(self) -> None:
        """Build everything anew, using nothing of earlier builds; from any thread."""
        with self._changed:
            self._full = True
        self.hint(None)

    def _cancelled(self) -> bool:
        if self._stopping or not self._gatherer.pending:
            return self._stopping
        late = monotonic() - self._last_built > WHOLE
        return self._given_up < GIVE_UP or (self._ahead and not late)

    def _show_ahead(self, pages: Mapping[str, bytes]) -> None:
        self._ahead = True
        self._hears.ahead(pages)

    def _run(self) -> None:
        wanted: Wanted | None = Wanted()
        while wanted is not None:
            if self._build(replace(wanted, pages=self._hears.open_pages())):
                self._rest()
            self._warm()
            wanted = self._wait()

    def _rest(self) -> None:
        with self._changed:  # so that nothing is heard between the look and the word
            if not self._gatherer.pending:
                self._hears.at_rest()

    def _warm(self) -> None:
        if self._stopping or self._gatherer.pending:
            return
        try:
            shown_notes = self._builder.warm(self._cancelled)
        except (Cancelled, NotBuilt):
            return
        if shown_notes is not None:
            self._hears.warmed(shown_notes)

    def _wait(self) -> Wanted | None:
        """Return what to build next, when it is time; None to stop."""
        with self._changed:
            while not self._stopping:
                now = monotonic()
                due = self._gatherer.due(now)
                pause = due if due is not None else self._look_at_all - now
                if pause <= 0:
                    hints = self._gatherer.take(now) if due is not None else None
                    full, self._full = self._full, False
                    return Wanted(hints, full)
                self._changed.wait(pause)
        return None

    def _build(self, wanted: Wanted) -> bool:
        """Build; return whether that is over, and was not given up for something newer."""
        try:
            self._ahead = False
            asks = Asks(self._hears.switching, self._cancelled, self._show_ahead)
            built = self._builder.build(wanted, asks)
        except Cancelled:
            self._given_up += 1
            self._full = self._full or wanted.full
            self._look_at_all = monotonic()  # what was given up is not lost
            return False
        except NotBuilt as fault:
            self._fail(fault)
            return True
        except Exception as fault:  # noqa: BLE001  (the preview outlives any one build)
            self._fail(NotBuilt(f"{type(fault).__name__}: {fault}"))
            return True
        self._given_up = 0
        self._last_built = monotonic()
        storm = wanted.hints is None or len(wanted.hints) > FEW
        changed = bool(built.sources or built.written or built.removed)
        pause = CONFIRM if storm and changed else max(RESCAN, built.seconds * REST)
        self._look_at_all = monotonic() + pause
        self._hears.done(built)
        return True

    def _fail(self, fault: NotBuilt) -> None:
        self._look_at_all = monotonic() + RESCAN
        self._hears.failed(fault)
