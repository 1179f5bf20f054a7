"""The thread that rebuilds: waits for hints, builds, and tells what was built."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from kb.serving.builder import Builder, Built, Cancelled, NotBuilt, Switch, Wanted
from kb.serving.gather import Gatherer

RESCAN = 30.0
"""Seconds after which all files are looked at though nothing was heard."""
CONFIRM = 0.7
"""Seconds after a build that came from hints, until all files are looked at once."""
GIVE_UP = 2
"""How often in a row a build may be given up for a newer change."""


class Rebuilder:
    """Keeps the output up to date until told to stop."""

    def __init__(
        self,
        builder: Builder,
        switch: Switch,
        done: Callable[[Built], None],
        failed: Callable[[NotBuilt], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`done` and `failed` are called in this thread, after each build.

        `switch` is held by building while files move.
        """
        self._builder = builder
        self._switch = switch
        self._done = done
        self._failed = failed
        self._clock = clock
        self._gatherer = Gatherer()
        self._changed = threading.Condition()
        self._stopping = False
        self._full = False
        self._look_at_all = 0.0
        self._given_up = 0
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

    def hint(self, path: Path | None) -> None:
        """Note that `path` may have changed (None: anything may); from any thread."""
        with self._changed:
            self._gatherer.hint(path, self._clock())
            self._changed.notify_all()

    def rebuild(self) -> None:
        """Build everything anew, using nothing of earlier builds; from any thread."""
        with self._changed:
            self._full = True
        self.hint(None)

    def _cancelled(self) -> bool:
        return self._stopping or (self._gatherer.pending and self._given_up < GIVE_UP)

    def _run(self) -> None:
        wanted: Wanted | None = Wanted()
        while wanted is not None:
            self._build(wanted)
            wanted = self._wait()

    def _wait(self) -> Wanted | None:
        """Return what to build next, when it is time; None to stop."""
        with self._changed:
            while not self._stopping:
                now = self._clock()
                due = self._gatherer.due(now)
                pause = due if due is not None else self._look_at_all - now
                if pause <= 0:
                    hints = self._gatherer.take(now) if due is not None else None
                    full, self._full = self._full, False
                    return Wanted(hints, full)
                self._changed.wait(pause)
        return None

    def _build(self, wanted: Wanted) -> None:
        try:
            built = self._builder.build(wanted, self._switch, self._cancelled)
        except Cancelled:
            self._given_up += 1
            self._full = self._full or wanted.full
            self._look_at_all = self._clock()  # what was given up is not lost
            return
        except NotBuilt as fault:
            self._look_at_all = self._clock() + RESCAN
            self._failed(fault)
            return
        self._given_up = 0
        self._look_at_all = self._clock() + (RESCAN if wanted.hints is None else CONFIRM)
        self._done(built)
