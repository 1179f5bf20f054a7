"""The one door to the disk: opens, lists and writes files, and cannot leave its folder.

Reading follows a symbolic link only where it stays inside the folder; each part of a path is then
opened without following links, so that a link planted between check and use leads nowhere.
"""

# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH112, PTH116, PTH118
# (flags, descriptors and speed need the system's own calls here)

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.value import Value

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
DEEPEST = 200
"""Folders within folders that are looked into."""
_STEP = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_PASSING = "a file for passing use"
"""What to call a file without a name."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_LONG = struct.calcsize("l")
_GET_FLAGS = 2 << 30 | _LONG << 16 | ord("f") << 8 | 1
_SET_FLAGS = 1 << 30 | _LONG << 16 | ord("f") << 8 | 2
"""`FS_IOC_GETFLAGS` and `FS_IOC_SETFLAGS` of linux/fs.h, in the form of asm-generic/ioctl.h.

They are said to take a long; what the system reads and writes is an int (ioctl_iflags(2)).
"""
_TOP = 0x00020000


class FileFault(Exception):
    """A file that cannot be read or written; `str()` is one line for a person."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Unreadable(FileFault):
    """A file that cannot be read: an input, so the rest goes on without it."""


class TooLarge(Unreadable):
    """A file above the limit; nothing of it was kept."""

    def __init__(self, path: str, size: int) -> None:
        super().__init__(path, f"the file has {size} bytes")
        self.size = size


class Taken(FileFault):
    """A file that is to be new, and is there."""


class Stamp(Value, frozen=True, array_like=True):
    """What the file system tells of a file without opening it.

    The time of the last change of the inode (`ctime`) cannot be set by a program: it tells of an
    edit that puts size and modification time back.
    """

    size: int
    mtime: int
    """Nanoseconds."""
    ctime: int
    inode: int


class Found(Value, frozen=True):
    """A regular file below a folder."""

    path: str
    """Relative to the folder, NFC, `/` between parts: the name that kb uses."""
    name: str
    """The same as the disk spells it, links resolved: what is opened."""
    stamp: Stamp


def reason_of(fault: OSError) -> str:
    """Return what the system says, in words and without the path; of a full disk, what to do."""
    said = fault.strerror.lower() if fault.strerror else type(fault).__name__
    return f"{said}; free some space and try again" if fault.errno in _FULL else said


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a `stat` answer."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def read_file(folder: Path, name: str, limit: int | None = None) -> bytes:
    """Return the bytes of the regular file `name` (relative, links resolved) below `folder`.

    Raises:
        TooLarge: it has more than `limit` bytes.
        Unreadable: it is missing, no regular file, not readable, or reached through a link.
    """
    with _opened(folder, name) as descriptor:
        size = os.fstat(descriptor).st_size
        if limit is not None and size > limit:
            raise TooLarge(name, size)
        try:
            return _read_all(descriptor, name, size, limit)
        except OSError as fault:
            raise Unreadable(name, reason_of(fault)) from fault


def read_source(folder: Path, name: str, limit: int, path: str = "") -> Source:
    """Return the file `name` below `folder` as `read_file` reads it, called `path` if that is told.

    Raises:
        TooLarge, Unreadable: as `read_file` does.
    """
    data = read_file(folder, name, limit)
    return Source(path or name, hashlib.sha256(data).hexdigest(), data)


def read_beginning(folder: Path, name: str, most: int) -> tuple[bytes, int]:
    """Return at most `most` bytes of the file `name` below `folder`, and how many it has.

    Raises:
        Unreadable: it cannot be read.
    """
    kept: list[bytes] = []
    got = 0
    with _opened(folder, name) as descriptor:
        size = os.fstat(descriptor).st_size
        try:
            while got < most and (chunk := os.read(descriptor, min(most - got, 1 << 20))):
                kept.append(chunk)
                got += len(chunk)
        except OSError as fault:
            raise Unreadable(name, reason_of(fault)) from fault
    return b"".join(kept), max(size, got)


@contextlib.contextmanager
def _opened(folder: Path, name: str) -> Iterator[int]:
    held: list[int] = []
    parts = name.split("/")
    try:
        held.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in parts[:-1]:
            held.append(os.open(_plain(part, name), _STEP, dir_fd=held[-1]))
        held.append(os.open(_plain(parts[-1], name), _READ, dir_fd=held[-1]))
        if not stat.S_ISREG(os.fstat(held[-1]).st_mode):
            raise Unreadable(name, "it is no regular file")
        yield held[-1]
    except OSError as fault:
        if fault.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Unreadable(name, "it is reached through a symbolic link") from fault
        raise Unreadable(name, reason_of(fault)) from fault
    finally:
        for descriptor in reversed(held):
            os.close(descriptor)


def read_pieces(folder: Path, name: str) -> Iterator[memoryview]:
    """Yield the bytes of `name` below `folder`, a piece at a time; each is valid until the next.

    Raises:
        Unreadable: it cannot be read.
    """
    buffer = bytearray(1 << 18)
    with (
        _opened(folder, name) as descriptor,
        open(descriptor, "rb", buffering=0, closefd=False) as stream,
    ):
        while size := stream.readinto(buffer):
            yield memoryview(buffer)[:size]


def open_file(folder: Path, name: str) -> int:
    """Return a descriptor of the regular file `name` below `folder`, for the caller to close.

    Raises:
        Unreadable: it cannot be read.
    """
    with _opened(folder, name) as descriptor:
        return os.dup(descriptor)


def _plain(part: str, name: str) -> str:
    if part in {"", ".", ".."}:
        raise Unreadable(name, "the path leaves its folder")
    return part


def _read_all(descriptor: int, name: str, size: int, limit: int | None) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while chunk := os.read(descriptor, max(size - total, 0) + 4096):
        chunks.append(chunk)
        total += len(chunk)
        if limit is not None and total > limit:  # it grew while it was read
            raise TooLarge(name, total)
    return b"".join(chunks)


class Listing:
    """A walk below one folder, in sorted order: the files found, and what could not be listed."""

    def __init__(
        self,
        folder: Path,
        skip: Callable[[str], bool],
        wanted: Callable[[str], bool],
        closed: str = "",
    ):
        """`skip` says which relative paths (files and folders) to pass by in silence; `wanted`
        which of the remaining files matter enough to complain about when they are odd;
        `closed` names a file that keeps the walk out of the folders below that hold it."""
        self.folder = folder
        self.real = os.path.realpath(folder)
        self.findings: list[Finding] = []
        self._skip = skip
        self._wanted = wanted
        self._closed = closed
        self._seen: set[tuple[int, int]] = set()
        self._names: dict[str, str] = {}

    def files(self, start: str = "") -> Iterator[Found]:
        """Yield the regular files below `start` (relative; `""` for the folder itself)."""
        top = os.path.realpath(os.path.join(self.real, start)) if start else self.real
        if not inside(top, self.real):
            self._complain(start, "the folder is a link that leads out of the site")
        elif os.path.isdir(top):
            yield from self._below(
                start, "" if top == self.real else os.path.relpath(top, self.real)
            )

    def _below(self, path: str, name: str) -> Iterator[Found]:
        try:
            with os.scandir(f"{self.real}/{name}") as entries:
                status = os.stat(f"{self.real}/{name}")
                if (status.st_dev, status.st_ino) in self._seen:
                    return  # a loop of links, or a second way to the same folder
                self._seen.add((status.st_dev, status.st_ino))
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as fault:
            self._complain(path, f"the folder cannot be read: {reason_of(fault)}")
            return
        for entry in found:
            yield from self._entry(path, name, entry)

    def _entry(self, parent: str, folder: str, entry: "os.DirEntry[str]") -> Iterator[Found]:
        spelled = unicodedata.normalize("NFC", entry.name)
        path = f"{parent}/{spelled}" if parent else spelled
        name = f"{folder}/{entry.name}" if folder else entry.name
        if self._skip(path):
            return
        try:
            path.encode("utf-8")
        except UnicodeEncodeError:
            shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
            self._complain(shown, "the file's name is not UTF-8", "Rename the file.")
            return
        try:
            if entry.is_symlink():
                real = os.path.realpath(entry.path)
                if not inside(real, self.real):
                    self._odd(path, "it is a link that leads out of the site")
                    return
                name = os.path.relpath(real, self.real)
                status = os.lstat(real)
            else:
                status = entry.stat(follow_symlinks=False)
        except OSError as fault:
            self._odd(path, reason_of(fault))
            return
        if stat.S_ISDIR(status.st_mode):
            if path.count("/") >= DEEPEST:
                self._complain(path, f"folders are nested more than {DEEPEST} deep")
            elif not self._closed or not os.path.lexists(f"{self.real}/{name}/{self._closed}"):
                yield from self._below(path, name)
        elif not stat.S_ISREG(status.st_mode):
            self._odd(path, "it is no regular file")
        elif (other := self._names.setdefault(path, entry.name)) != entry.name:
            self._complain(path, f"two files have this name, spelled in two ways: {other!r}")
        else:
            yield Found(path, name, stamp_of(status))

    def _odd(self, path: str, reason: str) -> None:
        if self._wanted(path):
            self._complain(path, reason)

    def _complain(self, path: str, reason: str, hint: str = "") -> None:
        self.findings.append(Finding("KB109", path, f"cannot be read: {reason}", hint=hint))


def inside(path: str, folder: str) -> bool:
    """Return whether the real path `path` is `folder` or below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def write_new(
    path: Path | str,
    data: bytes | Iterable[memoryview],
    *,
    sync: bool = False,
    rights: int = 0o666,
) -> None:
    """Write `data` (or its pieces, one after the other) to `path`, which must not exist.

    Raises:
        Taken: it exists.
        FileFault: it cannot be written (full disk, no permission); nothing is left of it.
    """
    try:
        descriptor = os.open(path, _CREATE, rights)
        try:
            end = 0
            for piece in (data,) if isinstance(data, bytes) else data:
                end = _put(descriptor, end, piece)
            if sync:
                os.fsync(descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        finally:
            os.close(descriptor)
    except FileExistsError as fault:
        raise Taken(str(path), f"cannot be written: {reason_of(fault)}") from fault
    except OSError as fault:
        raise FileFault(str(path), f"cannot be written: {reason_of(fault)}") from fault


def append(path: Path, start: int, data: bytes) -> None:
    """Make `data` the end of the file `path`, from its byte `start` on.

    Raises:
        FileFault: it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, start)
            _put(descriptor, start, data)
        finally:
            os.close(descriptor)
    except OSError as fault:
        raise FileFault(str(path), f"cannot be written: {reason_of(fault)}") from fault


def nameless(folder: Path) -> int:
    """Return a descriptor of a new file in `folder`, for the caller to close; then it is gone.

    It has a name only where the system knows no files without one, and only for a moment.

    Raises:
        FileFault: it cannot be made.
    """
    path = folder / f"scratch-{os.urandom(8).hex()}"
    try:
        with contextlib.suppress(AttributeError, OSError):
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        descriptor = os.open(path, _CREATE & ~os.O_WRONLY | os.O_RDWR, 0o600)
        try:
            path.unlink()
        except OSError:
            os.close(descriptor)
            raise
    except OSError as fault:
        raise FileFault(str(path), f"cannot be written: {reason_of(fault)}") from fault
    return descriptor


def write_at(descriptor: int, start: int, data: bytes) -> int:
    """Write `data` to an open file from its byte `start` on; return where it ends.

    Raises:
        FileFault: the disk does not take it.
    """
    try:
        return _put(descriptor, start, data)
    except OSError as fault:
        raise FileFault(_PASSING, f"cannot be written: {reason_of(fault)}") from fault


def _put(descriptor: int, start: int, data: bytes | memoryview) -> int:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, start)
        view, start = view[written:], start + written
    return start


def read_at(descriptor: int, start: int, size: int) -> bytes:
    """Return `size` bytes of an open file from its byte `start` on.

    Raises:
        FileFault: they cannot be read.
    """
    try:
        data = os.pread(descriptor, size, start)
    except OSError as fault:
        raise FileFault(_PASSING, f"cannot be read: {reason_of(fault)}") from fault
    if len(data) != size:
        raise FileFault(_PASSING, "cannot be read: it was cut")
    return data


def write_whole(path: Path, data: bytes | Iterable[memoryview], *, sync: bool = False) -> None:
    """Put `data` (or its pieces) at `path`, over what is there; no reader ever sees a part of it.

    Who may read and write a file that is there may do so afterwards, and nobody else.

    Raises:
        FileFault: it cannot be written.
    """
    beside = path.with_name(f".kb-{hashlib.blake2b(path.name.encode(), digest_size=8).hexdigest()}")
    with contextlib.suppress(OSError):
        beside.unlink()
    write_new(beside, data, sync=sync)
    with contextlib.suppress(OSError):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            beside.chmod(stat.S_IMODE(status.st_mode))
    move(beside, path)
    if sync:
        sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename `source` to `target`, over what is there; across file systems by a copy beside it.

    Raises:
        FileFault: it cannot be done.
    """
    try:
        try:
            os.replace(source, target)
        except OSError as fault:
            if fault.errno != errno.EXDEV:
                raise
            beside = target.with_name(f"{target.name}.kb-new")
            with contextlib.suppress(OSError):
                beside.unlink()
            write_new(beside, source.read_bytes())
            os.replace(beside, target)
            source.unlink()
    except OSError as fault:
        raise FileFault(str(target), f"cannot be written: {reason_of(fault)}") from fault


def scatter_below(folder: Path | str, *, far: bool = True) -> None:
    """Let the file system lay new folders of `folder` far apart, where it can; or no longer.

    ext4 puts what is made below a folder near to it, and looks at every inode there that was
    deleted within the last minutes before it takes one: to make a large tree where one was just
    deleted takes time that grows with its square. The flag is that of `chattr +T`
    (`FS_TOPDIR_FL` of linux/fs.h); another system or file system does without it. It stays with the
    folder, of a stage that becomes the output folder, too.

    To find a far place, ext4 looks at all groups of blocks that the disk has. A folder that is not
    to be far from all others is put near to the last one.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, _STEP)
        try:
            flags = bytearray(_LONG)
            fcntl.ioctl(descriptor, _GET_FLAGS, flags)
            (held,) = struct.unpack_from("i", flags)
            struct.pack_into("i", flags, 0, held | _TOP if far else held & ~_TOP)
            fcntl.ioctl(descriptor, _SET_FLAGS, bytes(flags))
        finally:
            os.close(descriptor)


def make_folder(path: Path | str) -> None:
    """Make the folder `path` and its parents, where they are missing.

    Raises:
        FileFault: it cannot be made, or is a file.
    """
    try:
        try:
            os.mkdir(path)
        except FileNotFoundError:
            Path(path).mkdir(parents=True, exist_ok=True)
    except FileExistsError as fault:
        if not os.path.isdir(path):
            raise FileFault(str(path), f"the folder cannot be made: {reason_of(fault)}") from fault
    except OSError as fault:
        raise FileFault(str(path), f"the folder cannot be made: {reason_of(fault)}") from fault


def make_own_folder(path: Path) -> None:
    """Make the folder `path` for kb's own files, where it is missing.

    Raises:
        FileFault: it cannot be made, is a file, or is a link: what kb writes and deletes there
            would be somewhere else.
    """
    with contextlib.suppress(OSError):
        kind = os.lstat(path).st_mode
        if stat.S_ISLNK(kind):
            raise FileFault(str(path), "is a symbolic link; kb keeps nothing behind one")
        if stat.S_ISDIR(kind):
            return
    make_folder(path)


def without_links(folder: Path) -> None:
    """Take every symbolic link out of `folder`, kb's own, and out of the folders below it.

    None is of kb's making. Whoever planted one had kb write and delete where it leads.

    Raises:
        FileFault: the folder cannot be listed, or a link not be removed.
    """
    waiting = [str(folder)]
    try:
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in list(entries):
                    if entry.is_symlink():
                        os.unlink(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    except OSError as fault:
        raise FileFault(str(folder), f"cannot be cleared: {reason_of(fault)}") from fault


def sync_folder(path: Path) -> None:
    """Make the names in the folder `path` survive a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Remove the file `path`, if it is there.

    Raises:
        FileFault: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as fault:
        raise FileFault(str(path), f"cannot be removed: {reason_of(fault)}") from fault


def remove_tree(path: Path) -> None:
    """Remove the folder `path` of kb's own and all below it, following no link.

    Raises:
        FileFault: something of it cannot be removed.
    """
    try:
        with os.scandir(path) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    remove_tree(Path(entry.path))
                else:
                    os.unlink(entry.path)
        os.rmdir(path)
    except FileNotFoundError:
        return
    except OSError as fault:
        raise FileFault(str(path), f"cannot be removed: {reason_of(fault)}") from fault
