"""Digests spare reading only where a stamp can be trusted."""

import os
import time
from pathlib import Path

import pytest

from kb.building import inputs as building
from kb.building.files import Found, stamp_of
from kb.building.inputs import Inputs
from kb.building.memo import Memo

KEY = b"k" * 32
LATER = 10_000_000_000


def digest(folder: Path, memo: Memo, now: int) -> str:
    inputs = Inputs(memo)
    found = Found("a.md", "a.md", stamp_of((folder / "a.md").stat()))
    result = inputs.digest(folder, found, "a.md", now)
    inputs.keep()
    return result


def test_an_edit_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    path = tmp_path / "a.md"
    path.write_text("one")
    status = path.stat()
    now = time.time_ns() + LATER
    before = digest(tmp_path, memo, now)
    assert digest(tmp_path, memo, now) == before
    time.sleep(0.02)  # the kernel's clock of files ticks every few milliseconds
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert digest(tmp_path, memo, now) != before


def test_a_file_as_new_as_the_look_at_it_is_read_again(tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    path = tmp_path / "a.md"
    path.write_text("one")
    now = path.stat().st_mtime_ns
    digest(tmp_path, memo, now)
    inputs = Inputs(memo)
    found = Found("a.md", "gone.md", stamp_of(path.stat()))
    (tmp_path / "gone.md").write_text("two")  # what would be read, if it is read
    assert inputs.digest(tmp_path, found, "a.md", now) != digest(tmp_path, memo, now)


def test_a_trusted_stamp_spares_reading(tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    (tmp_path / "a.md").write_text("one")
    first = digest(tmp_path, memo, time.time_ns() + LATER)
    found = Found("a.md", "not-there.md", stamp_of((tmp_path / "a.md").stat()))
    assert Inputs(memo).digest(tmp_path, found, "a.md", 0) == first


def test_changes_are_named(tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    (tmp_path / "a.md").write_text("one")
    digest(tmp_path, memo, 0)
    (tmp_path / "b.md").write_text("b")
    inputs = Inputs(memo)
    found = Found("b.md", "b.md", stamp_of((tmp_path / "b.md").stat()))
    inputs.digest(tmp_path, found, "b.md", 0)
    assert inputs.changed() == ("a.md", "b.md")


def test_a_long_build_comes_to_trust_what_was_young_when_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    path = tmp_path / "a.md"
    path.write_text("one")
    found = Found("a.md", "a.md", stamp_of(path.stat()))
    inputs = Inputs(memo)
    first = inputs.digest(tmp_path, found, "a.md", 0)
    monkeypatch.setattr(building, "_SLACK", -LATER)  # as if the build had taken its time
    inputs.keep()
    unread = Found("a.md", "not-there.md", found.stamp)
    assert Inputs(memo).digest(tmp_path, unread, "a.md", 0) == first


@pytest.mark.parametrize("size", [3, 5])
def test_an_edit_during_a_long_build_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Whether the stamp tells of it or not."""
    memo = Memo(tmp_path / ".kb", KEY)
    path = tmp_path / "a.md"
    path.write_text("one")
    stamp = stamp_of(path.stat())
    inputs = Inputs(memo)
    first = inputs.digest(tmp_path, Found("a.md", "a.md", stamp), "a.md", 0)
    path.write_text("x" * size)
    if size == 3:
        monkeypatch.setattr(building, "stamp_of", lambda status: stamp)
    monkeypatch.setattr(building, "_SLACK", -LATER)
    inputs.keep()
    assert Inputs(memo).digest(tmp_path, Found("a.md", "a.md", stamp), "a.md", 0) != first


def test_a_young_file_that_vanished_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    path = tmp_path / "a.md"
    path.write_text("one")
    inputs = Inputs(memo)
    inputs.digest(tmp_path, Found("a.md", "a.md", stamp_of(path.stat())), "a.md", 0)
    path.unlink()
    monkeypatch.setattr(building, "_SLACK", -LATER)
    inputs.keep()
    assert Inputs(memo).changed() == ("a.md",)
