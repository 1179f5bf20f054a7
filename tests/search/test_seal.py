import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kb.search.seal import Seal, state_folder


def test_a_seal_holds_until_a_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    (folder / "data").write_bytes(b"some")
    seal = Seal("kb 1", tmp_path / "key")
    assert seal.refusal(folder) == "the search index was left half written"
    assert seal.refusal(tmp_path / "nowhere") == "there is no search index"
    seal.put(folder)
    assert seal.refusal(folder) == ""
    (folder / "writer.lock").write_bytes(b"")
    assert Seal("kb 1", tmp_path / "key").refusal(folder) == ""
    assert "not made here" in Seal("kb 2", tmp_path / "key").refusal(folder)
    assert "not made here" in Seal("kb 1", tmp_path / "another").refusal(folder)
    (folder / "data").write_bytes(b"same size"[:4])
    assert "damaged" in Seal("kb 1", tmp_path / "key").refusal(folder)


def test_the_key_stands_in_the_users_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert state_folder() == Path("/somewhere/state/kb")


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """Return a sealed folder with a file that is older than its seal."""
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    (folder / "data").write_bytes(b"some")
    time.sleep(0.1)
    Seal("kb 1", tmp_path / "key").put(folder)
    return folder


def refusal(folder: Path) -> str:
    return Seal("kb 1", folder.parent / "key").refusal(folder)


def test_what_lies_as_it_was_left_is_not_read(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("kb.search.seal.hashlib.file_digest", fail)
    assert refusal(sealed) == ""
    seal = Seal("kb 1", sealed.parent / "key")
    assert seal.refusal(sealed) == ""
    seal.put(sealed)  # a change seals what it did not touch without reading it, too
    assert refusal(sealed) == ""


def test_a_copy_is_read_and_holds(sealed: Path) -> None:
    data = sealed / "data"
    other = sealed.parent / "other"
    other.write_bytes(data.read_bytes())
    other.replace(data)
    assert refusal(sealed) == ""


def test_another_file_of_the_same_size_and_time_is_seen(sealed: Path) -> None:
    data = sealed / "data"
    before = data.stat()
    data.write_bytes(b"soma")
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "damaged" in refusal(sealed)


def test_a_file_as_young_as_its_seal_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    (folder / "data").write_bytes(b"some")
    read: list[str] = []
    Seal("kb 1", tmp_path / "key").put(folder)
    true = hashlib.file_digest

    def told(file: Any, name: str) -> Any:
        read.append(Path(file.name).name)
        return true(file, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.search.seal.hashlib.file_digest", told)
        assert refusal(folder) == ""
    assert read == ["data"]


@pytest.mark.parametrize("kind", ["one more", "one less", "a link"])
def test_other_files_are_seen(sealed: Path, kind: str) -> None:
    if kind == "one more":
        (sealed / "more").write_bytes(b"")
    elif kind == "one less":
        (sealed / "data").unlink()
    else:
        (sealed / "data").rename(sealed.parent / "data")
        (sealed / "data").symlink_to(sealed.parent / "data")
    assert "damaged" in refusal(sealed)


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_a_changed_list_is_seen(sealed: Path, at: int) -> None:
    data = bytearray((sealed / "stamp").read_bytes())
    data[at] ^= 1
    (sealed / "stamp").write_bytes(bytes(data))
    assert "damaged" in refusal(sealed)
