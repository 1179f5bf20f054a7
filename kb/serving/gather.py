"""When to rebuild: gathers bursts of hints so that a save is quick and a storm is few rebuilds.

Pure: times come from the caller, in seconds of any one clock.
"""

from collections import deque
from pathlib import Path

QUIET = 0.02
"""Seconds without a hint after which a single save is built."""
BUSY_QUIET = 0.05
"""The same once a burst is more than one save."""
STORM_QUIET = 0.3
"""The same in a storm: a pause between two of its saves is not its end."""
STORM = 40
"""Hints within `WINDOW` seconds that make a storm."""
WINDOW = 1.0
LONGEST = 0.5
"""Seconds after which a burst is built though it goes on."""
PATIENCE = 8.0
"""How much longer each further build of one and the same storm waits."""
MOST_PATHS = 2_000
"""Paths remembered; above this the whole site is looked at."""


class Gatherer:
    """Collects hints until it is time to build."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()
        self._everything = False
        self._first: float | None = None
        self._last = 0.0
        self._recent: deque[float] = deque(maxlen=STORM)
        self._longest = LONGEST

    def hint(self, path: Path | None, now: float) -> None:
        """Note that `path` may have changed; None: anything may have."""
        if self._first is None:
            self._first = now
            if now - self._last > WINDOW:
                self._longest = LONGEST
        self._last = now
        self._recent.append(now)
        if path is None or len(self._paths) >= MOST_PATHS:
            self._everything = True
        else:
            self._paths.add(path)

    @property
    def pending(self) -> bool:
        """Whether something waits to be built."""
        return self._first is not None

    def due(self, now: float) -> float | None:
        """Return how many seconds to wait before building; 0 is now, None is nothing to build."""
        if self._first is None:
            return None
        quiet_at = self._last + self._quiet(now)
        return max(0.0, min(quiet_at, self._first + self._longest) - now)

    def _quiet(self, now: float) -> float:
        recent = sum(1 for time in self._recent if now - time <= WINDOW)
        if recent >= STORM:
            return STORM_QUIET
        return QUIET if self._first is not None and self._last - self._first < QUIET else BUSY_QUIET

    def take(self, now: float) -> tuple[str, ...] | None:
        """Return what was hinted, sorted (None: look at everything), and start anew."""
        if self._first is not None and self._last + self._quiet(now) > now:
            self._longest *= PATIENCE  # it is built while it goes on
        paths = None if self._everything else tuple(sorted(map(str, self._paths)))
        self._paths.clear()
        self._everything = False
        self._first = None
        return paths
