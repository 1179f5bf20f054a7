"""`kb` run as a process of its own, and what it took."""

import os
import re
import subprocess
import sys
import tempfile
import time
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
    """At the most, in the first process; 0 where no /proc tells."""


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
        peak = 0
        while True:
            peak = max(peak, _peak(process.pid))
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        data.seek(0)
        stdout, stderr = (one.read().decode("utf-8", "replace") for one in (data, told))
    seconds = usage.ru_utime + usage.ru_stime
    return Run(process.returncode, stdout, stderr, seconds, peak >> 10)


def _peak(pid: int) -> int:
    """Return the kilobytes that process `pid` had at the most; 0 where no /proc tells.

    What `wait4` tells counts the process that forked it, too.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0


def new_site(folder: Path, notes: Mapping[str, bytes | str]) -> Path:
    """Write a site with `notes` (by their path below content/) into `folder`; return it."""
    (folder / "content").mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Hostile"\n')
    for name, text in notes.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
