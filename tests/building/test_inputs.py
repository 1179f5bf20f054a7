"""Digests spare reading only where a stamp can be trusted."""

import os
import time
from pathlib import Path

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
