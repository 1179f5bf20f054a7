"""One build at a time, and a dead holder holds nothing."""

import os
from pathlib import Path

import pytest

from kb.building.lock import Held, hold, is_held
from tests.building.sample import held_elsewhere


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path, 0):
        assert path.read_text() == f"{os.getpid()}\n"
    os.utime(path, (1, 1))
    with hold(path, 0) as now:
        assert now == path.stat().st_mtime_ns > 1_000_000_000


def test_a_second_holder_is_told_the_first_ones_pid_and_a_dead_one_is_no_obstacle(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    with held_elsewhere(path) as holder:
        assert is_held(path)
        with pytest.raises(Held) as caught, hold(path, 0.1):
            pass
    assert caught.value.pid == holder
    assert str(holder) in str(caught.value)
    assert not is_held(path)
    with hold(path, 0):
        assert path.exists()
