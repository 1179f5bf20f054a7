"""Results kept under `.kb/` by digest, so that what did not change is not done again.

Each file is sealed with a keyed hash: a damaged file, one that another person's kb wrote, or one
that came with a cloned repository does not open, and counts as missing. (Cached prose goes to
pages as it is; a planted cache must not become a way around the cleaning of notes.) Contents of
`.kb/` are MessagePack, which no decoder can be made to run code with.
"""

import contextlib
import hmac
import os
import sys
from functools import cache
from pathlib import Path
from typing import TypeVar

import kb
from kb.building.files import (
    FileFault,
    make_folder,
    make_own_folder,
    read_file,
    remove,
    remove_tree,
    write_new,
    write_whole,
)
from kb.model.value import ValueFault, decode, digest

T = TypeVar("T")

_SEAL = 16
"""Bytes of the keyed hash before the data."""
_KEY = 32


def own_folder() -> Path:
    """Return the folder of what kb keeps for this person, outside of every site."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "kb"


def secret_key() -> bytes:
    """Return this person's key, made on first use outside of every site.

    It is not part of anything published. Where it cannot be kept, each process has another one,
    and caches are of use to the process that wrote them alone.
    """
    path = own_folder() / "key"
    with contextlib.suppress(FileFault, OSError):
        kept = read_file(path.parent, path.name, _KEY)
        if len(kept) == _KEY:
            return kept
        path.unlink()  # something has cut it: everybody knows an empty one
    fresh = os.urandom(_KEY)
    with contextlib.suppress(FileFault, OSError):
        make_folder(path.parent)
        write_new(path, fresh, rights=0o600)
    return fresh


@cache
def code_stamp(plugins: str) -> str:
    """Return what tells this kb from any other: version, Python, its files and its libraries.

    `plugins` is the stamp of the site's plugins. A process looks once: what it runs stays the same
    whatever becomes of the files.
    """
    package = Path(kb.__file__).parent
    seen: list[tuple[str, int, int]] = []
    for folder in (package, *sorted(path for path in package.iterdir() if path.is_dir())):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                seen.append((f"{folder.name}/{entry.name}", status.st_size, status.st_mtime_ns))
    libraries = sorted(
        name
        for folder in sys.path
        if folder.endswith("-packages") and Path(folder).is_dir()
        for name in os.listdir(folder)
        if name.endswith(".dist-info")
    )
    return digest(kb.__version__, sys.version, seen, libraries, plugins)


class Memo:
    """A folder of sealed results; a missing, damaged or foreign one is simply not there."""

    def __init__(self, folder: Path, key: bytes, *, read_only: bool = False) -> None:
        self.folder = folder
        self.read_only = read_only
        self.damaged = False
        """Whether something was found that did not open."""
        self._key = key

    def get(self, name: str) -> bytes | None:
        """Return what was put under `name` (relative, `/` between parts), or None."""
        kept = self.view(name)
        return bytes(kept) if kept is not None else None

    def view(self, name: str) -> memoryview | None:
        """Return what `get` returns without copying it: some of it has megabytes."""
        try:
            data = memoryview(read_file(self.folder, name))
        except FileFault:
            return None
        kept = data[_SEAL:]
        if data[:_SEAL] != self._seal(name, kept):
            self.damaged = True
            return None
        return kept

    def value(self, name: str, kind: type[T]) -> T | None:
        """Return the `kind` that was put, encoded, under `name`; None where that is not there."""
        data = self.view(name)
        try:
            return decode(data, kind) if data is not None else None
        except ValueFault:  # another kb has put it there
            return None

    def put(self, name: str, *data: bytes, sync: bool = False) -> None:
        """Keep `data`, one piece behind the other, under `name`, over what was there.

        Raises:
            FileFault: the disk does not take it.
        """
        if self.read_only:
            return
        path = self.folder_for(name) / Path(name).name
        sealed = [memoryview(piece) for piece in (self._seal(name, *data), *data)]
        try:
            write_whole(path, sealed, sync=sync)
        except FileFault:
            if path.is_symlink() or not path.is_dir():
                raise
            remove_tree(path)  # no folder there is kb's
            write_whole(path, sealed, sync=sync)

    def folder_for(self, name: str) -> Path:
        """Return the folder that what is kept under `name` lies in, made where it is missing.

        Raises:
            FileFault: it cannot be made, or is a link.
        """
        make_own_folder(self.folder)
        folder = (self.folder / name).parent
        if folder.is_file() and not folder.is_symlink():
            remove(folder)  # another kb kept a file where this one has a folder
        make_own_folder(folder)
        return folder

    def forget(self, name: str) -> None:
        """Keep nothing under `name` any more.

        Raises:
            FileFault: it cannot be removed.
        """
        if not self.read_only:
            remove(self.folder / name)

    def keep_only(self, folder: str, names: frozenset[str], besides: int = 0) -> None:
        """Forget everything in `folder` but `names` (file names); what resists stays.

        `besides` others may stay, too, in case they are wanted again: those last written.
        """
        if self.read_only:
            return
        try:
            entries = [
                entry
                for entry in os.scandir(self.folder / folder)
                if entry.name not in names and not entry.is_dir(follow_symlinks=False)
            ]
            if besides and len(entries) > besides:
                entries.sort(key=lambda entry: (-entry.stat().st_mtime_ns, entry.name))
        except OSError:
            return
        for entry in entries[besides:]:
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()

    def _seal(self, name: str, *data: bytes | memoryview) -> bytes:
        # Most processors compute SHA-256 themselves: twice as fast as anything else.
        state = hmac.new(hmac.digest(self._key, name.encode(), "sha256"), digestmod="sha256")
        for piece in data:
            state.update(piece)
        return state.digest()[:_SEAL]
