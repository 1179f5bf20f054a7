"""Single keys in the terminal that the preview was started from."""

import contextlib
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Mapping
from typing import Any

HELP = "o opens it, r rebuilds all, c clears, q quits"
CLEAR = b"\x1b[2J\x1b[3J\x1b[H"
"""What makes a terminal forget what it shows (ECMA-48: ED and CUP)."""
_LOOK = 0.2


class Keys:
    """Listens for keys while the preview runs; does nothing where there is no terminal."""

    def __init__(self, actions: Mapping[str, Callable[[], None]]) -> None:
        """`actions` is what each key does, called in a thread of this object's own.

        `c` clears the terminal, whatever `actions` says of it.
        """
        self._actions = actions
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._before: Any = None

    def start(self) -> bool:
        """Listen, where there is a terminal in the foreground; return whether there is."""
        try:
            descriptor = sys.stdin.fileno()
            if not os.isatty(descriptor) or os.tcgetpgrp(descriptor) != os.getpgrp():
                return False
            self._before = termios.tcgetattr(descriptor)
            tty.setcbreak(descriptor)
        except (OSError, ValueError, termios.error):
            return False
        self._thread = threading.Thread(target=self._listen, args=(descriptor,), daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Give the terminal back as it was."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(2 * _LOOK)
        if self._before is not None:
            with contextlib.suppress(OSError, ValueError, termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    def _listen(self, descriptor: int) -> None:
        while not self._ended.is_set():
            ready, _, _ = select.select([descriptor], [], [], _LOOK)
            if not ready:
                continue
            key = os.read(descriptor, 1).decode("ascii", "replace").lower()
            if not key:
                return
            if key == "c":
                os.write(descriptor, CLEAR)
            action = self._actions.get(key)
            if action is not None:
                action()
