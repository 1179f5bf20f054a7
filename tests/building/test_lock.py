"""One build at a time, and a dead holder holds nothing."""

import os
import signal
import time
from pathlib import Path

import pytest

from kb.building.lock import Held, hold


def holder(path: Path) -> int:
    """Fork a process that holds the lock until it is killed; return its pid."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with hold(path, 0):
            os.write(writer, b"x")
            time.sleep(60)
        os._exit(0)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    return child


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    with hold(tmp_path / "lock", 0) as now:
        assert abs(now - time.time_ns()) < 10_000_000_000
    with hold(tmp_path / "lock", 0):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_second_holder_is_told_the_first_ones_pid_and_a_dead_one_is_no_obstacle(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    child = holder(path)
    with pytest.raises(Held) as caught, hold(path, 0.1):
        pass
    assert caught.value.pid == child
    assert str(child) in str(caught.value)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with hold(path, 0):
        assert path.exists()
