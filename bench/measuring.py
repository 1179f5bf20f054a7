"""What a command costs: processor seconds, wall seconds, and the memory of all its processes."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

EVERY = 0.1
"""Seconds between two looks at the memory."""


class Run(NamedTuple):
    """What one run of a command cost."""

    cpu: float
    """Seconds, of the command and all processes that it waited for."""
    wall: float
    memory: float
    """MiB: the largest sum, over all its processes at one moment, of what each holds, with what
    several share divided among them (PSS); 0 where the system does not tell."""


def run(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None
) -> Run:
    """Run `command` in `folder`; return what it cost.

    Raises:
        SystemExit: the command failed.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        most = [0]
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(process.pid, most, ended))
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watch.join()
    # 1 tells of faults in the notes, which made-up notes have on purpose.
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Run(used.ru_utime + used.ru_stime, wall, most[0] / 1024)


def _watch(pid: int, most: list[int], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        most[0] = max(most[0], sum(map(_held, [pid, *_below(pid)])))


def _below(pid: int) -> list[int]:
    """Return all processes that `pid` started, and those that these did."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += [int(child), *_below(int(child))]
    return found


def _held(pid: int) -> int:
    """Return the kB that `pid` holds, what it shares divided among those who share it."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
