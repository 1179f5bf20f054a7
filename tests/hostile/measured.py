"""`kb` run as a process of its own, and what it took."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.model.value import Value


class Run(Value, frozen=True):
    """One run of the command."""

    code: int
    """Exit code; negative for a signal."""
    stdout: str
    stderr: str
    seconds: float
    """Of the processor, children included."""
    megabytes: int
    """At the most, in one process."""


def run(
    folder: Path,
    *arguments: str,
    before: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run `kb` with `arguments` in `folder`; `before` is a command to run it with, as strace."""
    command = [*before, sys.executable, "-m", "kb", *arguments]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as data:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=data,
            stderr=told,
            env={**os.environ, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        data.seek(0)
        stdout, stderr = (one.read().decode("utf-8", "replace") for one in (data, told))
    seconds = usage.ru_utime + usage.ru_stime
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Run(process.returncode, stdout, stderr, seconds, usage.ru_maxrss // unit)


def new_site(folder: Path, notes: Mapping[str, bytes | str]) -> Path:
    """Write a site with `notes` (by their path below content/) into `folder`; return it."""
    (folder / "content").mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Hostile"\n')
    for name, text in notes.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
