"""`kb serve` as a person runs it: a process with a terminal, ended by a key or by Ctrl-C."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.site import eventually

NOTE = """+++
title = "Example Days"
date = 2020-05-04
[event]
name = "Example Days"
place = "Exeter"
year = 2020
+++

## Shade for everyone, by Ada Byron

Words about shade.
"""

TAKE = """import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the terminal on standard input the one that Ctrl-C comes from, then becomes the command."""


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self, folder: Path) -> None:
        main, side = pty.openpty()
        self._main = main
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE, "-m", "kb", "serve", "-s", str(folder), "--port", "0"],
            stdin=side,
            stdout=side,
            stderr=side,
            start_new_session=True,
        )
        os.close(side)

    def read(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ready, _, _ = select.select([self._main], [], [], 0.05)
            if ready:
                with contextlib.suppress(OSError):
                    self.shown += os.read(self._main, 65536).decode("utf-8", "replace")
        return self.shown

    def until(self, pattern: str, seconds: float = 60) -> "re.Match[str]":
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            match = re.search(pattern, self.read(0.1))
            if match:
                return match
        raise AssertionError(f"{pattern!r} is not in {self.shown!r}")

    def press(self, key: str) -> None:
        os.write(self._main, key.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._main)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "content").mkdir()
    (tmp_path / "site.toml").write_text('title = "Trial"\n')
    (tmp_path / "content/one.md").write_text(NOTE)
    started = Terminal(tmp_path)
    yield started
    started.close()


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(entry.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")
@pytest.mark.parametrize("ending", ["q", "\x03", "SIGTERM"])
def test_it_serves_rebuilds_and_leaves_nothing_behind(
    terminal: Terminal, tmp_path: Path, ending: str
) -> None:
    url = terminal.until(r"http://localhost:\d+/")[0]
    terminal.until(r"Built: \d+ page")
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert b"/__kb/live.js" in answer.read()
    (tmp_path / "content/one.md").write_text(NOTE.replace("Words", "Many words"))
    terminal.until(r"content/one\.md: \d+ page")
    children = children_of(terminal.process.pid)
    assert children
    if ending == "SIGTERM":
        terminal.process.send_signal(signal.SIGTERM)
    else:
        terminal.press(ending)
    assert eventually(lambda: terminal.process.poll() is not None), terminal.read(0.1)
    assert eventually(lambda: not [one for one in children if Path(f"/proc/{one}").exists()])
    assert "Traceback" not in terminal.read(0.1)
    assert not list((tmp_path / ".kb").glob("journal*"))
