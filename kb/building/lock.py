"""One build at a time: a lock that the system itself gives back when its holder dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from kb.building.files import FileFault, make_own_folder, reason_of, without_links

_PAUSE = 0.05
"""Seconds between two tries."""


class Held(Exception):
    """Another process holds the lock; `pid` is its number, 0 where it is not told."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"another kb is building this site (process {pid or 'unknown'})")
        self.pid = pid


@contextlib.contextmanager
def hold(path: Path, patience: float) -> Iterator[int]:
    """Hold the lock file `path` for the time of the block; yield its mtime in nanoseconds.

    What links there are in its folder, which is kb's own, are taken out of it.

    The file is touched when the lock is taken, so what it yields is "now" by the clock of the file
    system that the notes lie on: only files older than that can be trusted not to change unseen.

    Args:
        path: the lock file; made where it is missing, never removed.
        patience: seconds to wait for another holder.

    Raises:
        Held: somebody else still has it after `patience`.
        FileFault: the file cannot be made, or its folder is a link.
    """
    make_own_folder(path.parent)
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o666)
    except OSError as fault:
        raise FileFault(str(path), f"cannot be written: {reason_of(fault)}") from fault
    try:
        _take(descriptor, patience)
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as fault:
            raise FileFault(str(path), f"cannot be written: {reason_of(fault)}") from fault
        without_links(path.parent)
        yield os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Return whether somebody holds the lock file `path` now. Waits for nobody, writes nothing."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(path, flags)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, patience: float) -> None:
    waited = 0.0
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waited >= patience:
                text = os.pread(descriptor, 32, 0).strip()
                raise Held(int(text) if text.isdigit() else 0) from None
            time.sleep(_PAUSE)
            waited += _PAUSE
        else:
            return
