import sys
from pathlib import Path

import pytest

from kb.search.seal import Seal, state_folder


def test_a_seal_holds_until_a_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    (folder / "data").write_bytes(b"some")
    seal = Seal("kb 1", tmp_path / "key")
    assert seal.refusal(folder) == "there is no search index"
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
