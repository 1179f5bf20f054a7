"""Which plugins are installed, by the names of files."""

import sys
from pathlib import Path

import pytest

from kb.plugins.installed import Installed, installed


def install(folder: Path, name: str, text: str) -> None:
    info = folder / f"{name}.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text(text)


def test_entry_points_of_the_group_are_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[kb]\nbingo = kb_bingo\nsongs=kb_songs:plugin [extra]\n"
    text = f"[console_scripts]\nx = y:z\n\n# more\n{text}"
    install(tmp_path, "kb_plugin_bingo-1.2", text)
    install(tmp_path, "other-1.0", "[console_scripts]\nkb = y:z\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), "/nowhere", str(Path(__file__).parent)])
    assert installed() == (
        Installed("bingo", "kb_bingo", "kb-plugin-bingo", "1.2"),
        Installed("songs", "kb_songs:plugin", "kb-plugin-bingo", "1.2"),
    )


def test_of_two_the_first_on_the_path_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "a", "one-1.0", "[kb]\nbingo = first\n")
    install(tmp_path / "b", "two-1.0", "[kb]\nbingo = second\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b")])
    assert [one.target for one in installed()] == ["first"]


def test_notes_bring_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "evil-1.0", "[kb]\nevil = evil\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", ".", str(tmp_path)])
    assert installed() == ()


def test_a_file_that_is_no_text_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "bad-1.0", "")
    (tmp_path / "bad-1.0.dist-info" / "entry_points.txt").write_bytes(b"[kb]\n\xff = x\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert installed() == ()
