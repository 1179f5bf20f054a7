"""The seal of an index: kb opens only what it wrote itself, on this machine, for this user.

`stamp` lists the files of the index, each with its digest and with what the file system tells of
it, and seals the list with an HMAC under a key that lives outside the project, in the user's own
state folder. So a check reads no file that lies as it was left.

Who could be deceived? Whoever hands over a folder (a clone, an archive, a shared disk) has no key,
so can seal no list. Under a list of this user's own, a file put in place of another has another
inode or time of change, which no program can set, so it is read and has to have the digest. What
is as young as its seal is read, too: it may have changed again without another time. Whoever can
write here as this user has no need of an index to run code.
"""

import hashlib
import hmac
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kb.model.value import Value, ValueFault, decode, encode

STAMP = "stamp"

_MARK = 32
"""Bytes of the HMAC before the list."""
_SLACK = 2_000_000_000
_SLACK_FINE = 50_000_000
"""Nanoseconds after which a file that is written again has another time; the second of file systems
that count in less than milliseconds."""


class _Sealed(Value, frozen=True, array_like=True):
    """A file of the index as it was sealed."""

    name: str
    size: int
    mtime: int
    ctime: int
    inode: int
    digest: bytes
    sure: bool
    """Whether the same size, times and inode mean the same bytes."""

    def lies_as_left(self, status: os.stat_result) -> bool:
        """Return whether nothing tells the file from the one that was sealed."""
        return self.sure and _place(status) == (self.size, self.mtime, self.ctime, self.inode)


class _Read(Value, frozen=True):
    """A file that was read."""

    place: tuple[int, int, int, int]
    digest: bytes
    moment: int
    """When reading it began, by a clock that is never set."""


class Seal:
    """Seals folders, and tells whether one carries its seal still."""

    def __init__(self, maker: str, secret: Path | None = None) -> None:
        """Seal what `maker` (program, format, version) made under the key in the file `secret`."""
        self._maker = maker.encode()
        self._secret = secret or state_folder() / "index-key"
        self._read: dict[str, _Read] = {}
        self._sure: dict[str, _Sealed] = {}

    def refusal(self, folder: Path) -> str:
        """Return why `folder` is not to be opened, or `""`."""
        if not folder.exists():
            return "there is no search index"
        if not (folder / STAMP).is_file():
            return "the search index was left half written"
        if hasattr(os, "getuid"):
            found = folder.stat()
            if found.st_uid != os.getuid() or found.st_mode & 0o022:
                return "the search index can be written by others"
        try:
            stamp = (folder / STAMP).read_bytes()
            key = self._key(make=False)
            mark, data = stamp[:_MARK], stamp[_MARK:]
            if (
                key
                and hmac.compare_digest(mark, self._mark(data, key))
                and self._holds(data, folder)
            ):
                return ""
        except OSError as fault:
            return f"the search index cannot be read: {fault.strerror}"
        return "the search index was not made here, or is damaged"

    def put(self, folder: Path) -> None:
        """Seal `folder` as it is now; without a key it stays unsealed, to be made anew."""
        key = self._key(make=True)
        if not key:
            return
        stamp = folder / (STAMP + ".new")
        stamp.write_bytes(b"")
        # Both clocks now: the one that files are dated by, and the one of `_Read.moment`.
        ahead = stamp.stat().st_mtime_ns - time.monotonic_ns()
        files = [self._sealed(path, status, ahead) for path, status in _files(folder)]
        data = encode(files)
        stamp.write_bytes(self._mark(data, key) + data)
        stamp.replace(folder / STAMP)

    def _mark(self, data: bytes, key: bytes) -> bytes:
        return hmac.digest(key, self._maker + b"\0" + data, "sha256")

    def _holds(self, data: bytes, folder: Path) -> bool:
        """Return whether the files in `folder` are the listed ones."""
        try:
            listed = {one.name: one for one in decode(data, tuple[_Sealed, ...])}
        except ValueFault:
            return False
        for path, status in _files(folder):
            one = listed.pop(path.name, None)
            if one is None or not stat.S_ISREG(status.st_mode):
                return False
            if one.lies_as_left(status):
                self._sure[one.name] = one
            elif self._digest(path, status).digest != one.digest:
                return False
        return not listed

    def _sealed(self, path: Path, status: os.stat_result, ahead: int) -> _Sealed:
        known = self._sure.get(path.name)
        if known is not None and known.lies_as_left(status):
            return known
        read = self._digest(path, status)
        _, mtime, ctime, _ = read.place
        slack = _SLACK_FINE if mtime % 1_000_000 else _SLACK
        sure = max(mtime, ctime) + slack < read.moment + ahead
        return _Sealed(path.name, *read.place, read.digest, sure)

    def _digest(self, path: Path, status: os.stat_result) -> _Read:
        """Read `path`, unless this object has done so since it changed last."""
        known = self._read.get(path.name)
        if known is None or known.place != _place(status):
            moment = time.monotonic_ns()
            with path.open("rb") as file:
                known = _Read(_place(status), hashlib.file_digest(file, "sha256").digest(), moment)
            self._read[path.name] = known
        return known

    def _key(self, *, make: bool) -> bytes:
        """Return the user's key, made when it is first needed; empty where none can be kept."""
        path = self._secret
        try:
            if not path.exists() and make:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(secrets.token_bytes(32))
            return path.read_bytes()
        except OSError:
            return b""


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files that belong to the index."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(STAMP) and not path.name.lower().endswith("lock"):
            yield path, path.lstat()


def _place(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def state_folder() -> Path:
    """Return the folder in which programs keep what is this user's own."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "kb"
