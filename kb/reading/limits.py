"""Limits: on the time that a foreign piece of code may take, where the system can enforce one.

And what is raised where something is too much for the memory.
"""

import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.2
"""Seconds after which the end is signalled again: Python drops what is raised in a finaliser."""


class OutOfTime(BaseException):
    """The limit was reached. Not an `Exception`: a library's own `except` must not swallow it."""


class TooMuch(Exception):
    """A note has more of something than one may; `str()` says of what, and how much is allowed."""


def can_limit() -> bool:
    """Return whether a limit can be enforced here: POSIX, and the main thread."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the body once it has used `seconds` of processor time.

    Processor time rather than the clock: a busy machine must not change what comes out. Limits
    nest; where none can be enforced (`can_limit`), the body runs without.
    """
    if not can_limit():
        yield
        return

    collecting = gc.isenabled()
    gc.disable()  # what is raised while garbage is collected is lost, and shown as a traceback
    before = signal.signal(signal.SIGPROF, _stop)
    outer, _ = signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    if outer and outer < seconds:
        signal.setitimer(signal.ITIMER_PROF, outer, _AGAIN)
    try:
        yield
    finally:
        left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if collecting:
            gc.enable()
        if outer:
            used = min(outer, seconds) - left
            signal.setitimer(signal.ITIMER_PROF, max(outer - used, 0.001), _AGAIN)


def _stop(_number: int, frame: FrameType | None) -> None:
    """End what runs in `frame`, unless that is on its way into or out of a limit.

    Where a machine is busy, one signal may follow the other within a millisecond. What is raised
    on the way out would leave the timer running, to end whatever the process does next; the timer
    signals again if it was in the body after all.
    """
    if frame is not None and frame.f_code.co_filename == _CONTEXTS:
        return
    while frame is not None:
        if frame.f_code.co_filename == _HERE:
            return
        frame = frame.f_back
    raise OutOfTime


_HERE = can_limit.__code__.co_filename
_CONTEXTS = contextmanager.__code__.co_filename
