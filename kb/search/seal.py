"""The seal of an index: kb opens only what it wrote itself, on this machine, for this user.

`stamp` is an HMAC over every file of the index under a key that lives outside the project, in the
user's own state folder.
"""

import hmac
import os
import secrets
import sys
from pathlib import Path

STAMP = "stamp"


class Seal:
    """Seals folders, and tells whether one carries its seal still."""

    def __init__(self, maker: str, secret: Path | None = None) -> None:
        """Seal what `maker` (program, format, version) made under the key in the file `secret`."""
        self._maker = maker.encode()
        self._secret = secret or state_folder() / "index-key"
        self._known: dict[tuple[str, int, int, int], bytes] = {}
        """HMACs of files read already: a segment is written once and never changed."""

    def refusal(self, folder: Path) -> str:
        """Return why `folder` is not to be opened, or `""`."""
        if not (folder / STAMP).is_file():
            return "there is no search index"
        if hasattr(os, "getuid"):
            found = folder.stat()
            if found.st_uid != os.getuid() or found.st_mode & 0o022:
                return "the search index can be written by others"
        try:
            stamp = (folder / STAMP).read_bytes()
            key = self._key(make=False)
            if not key or not hmac.compare_digest(stamp, self.of(folder, key)):
                return "the search index was not made here, or is damaged"
        except OSError as fault:
            return f"the search index cannot be read: {fault.strerror}"
        return ""

    def put(self, folder: Path) -> None:
        """Seal `folder` as it is now; without a key it stays unsealed, to be made anew."""
        key = self._key(make=True)
        if key:
            stamp = folder / (STAMP + ".new")
            stamp.write_bytes(self.of(folder, key))
            stamp.replace(folder / STAMP)

    def of(self, folder: Path, key: bytes) -> bytes:
        """Return the HMAC of every file of the index: of its name, its size and its bytes."""
        whole = hmac.new(key, self._maker, "sha256")
        for path in sorted(folder.iterdir()):
            if path.name.startswith(STAMP) or path.name.lower().endswith("lock"):
                continue
            found = path.stat()
            mark = path.name, found.st_size, found.st_mtime_ns, found.st_ino
            if mark not in self._known:
                with path.open("rb") as file:
                    state = hmac.new(key, path.name.encode() + b"\0", "sha256")
                    while chunk := file.read(1 << 20):
                        state.update(chunk)
                self._known[mark] = state.digest()
            whole.update(self._known[mark])
        return whole.hexdigest().encode()

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


def state_folder() -> Path:
    """Return the folder in which programs keep what is this user's own."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "kb"
