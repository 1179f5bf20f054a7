"""What changed is staged, then switched; only what kb made is ever removed."""

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from kb.building import files
from kb.building import publish as publishing
from kb.building.files import FileFault
from kb.building.memo import Memo
from kb.building.project import MARKER
from kb.building.publish import Published, Stage, publish, read_manifest, recover
from kb.model.value import encode

KEY = b"k" * 32


class Bench:
    """An output folder and what is published into it."""

    def __init__(self, folder: Path) -> None:
        self.memo = Memo(folder / ".kb", KEY)
        self.output = folder / "public"

    def publish(self, pages: Mapping[str, str]) -> Published:
        stage = Stage(self.memo.folder / "stage", self.output, read_manifest(self.output))
        stage.begin()
        staged = [stage.put(path, text.encode()) for path, text in pages.items()]
        return publish(stage, staged, self.memo, nullcontext)

    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.output).as_posix(): path.read_text()
            for path in self.output.rglob("*")
            if path.is_file() and path.name != MARKER
        }


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


OLD = {"index.html": "home", "talks/a/index.html": "a", "talks/b/index.html": "b"}
NEW = {"index.html": "home", "talks/a/index.html": "A", "talks/c/index.html": "c"}


def test_a_first_build_is_switched_in_one_step(bench: Bench) -> None:
    published = bench.publish(OLD)
    assert bench.files() == OLD
    assert published.written == tuple(sorted(OLD))
    assert set(read_manifest(bench.output)) == set(OLD)
    assert not (bench.memo.folder / "stage").exists()


@pytest.mark.parametrize("where", ["empty", "other", "nested"])
def test_a_first_build_into_any_place(
    bench: Bench, memory: Path, tmp_path: Path, where: str
) -> None:
    """An empty folder keeps its own rights; another file system is reached by copies."""
    if where == "empty":
        bench.output.mkdir(mode=0o700)
    else:
        bench.output = memory / "out" if where == "other" else tmp_path / "a" / "b"
    published = bench.publish(OLD)
    assert bench.files() == OLD
    assert published.written == tuple(sorted(OLD))
    if where == "empty":
        assert bench.output.stat().st_mode & 0o777 == 0o700
    bench.publish(NEW)
    assert bench.files() == NEW
    assert not (bench.memo.folder / "stage").exists()


def test_a_first_build_that_cannot_be_one_step_is_rolled_forward(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.output.mkdir()
    real = files.move
    moved: list[Path] = []

    def move(source: Path, target: Path) -> None:
        if moved:
            raise KeyboardInterrupt
        moved.append(target)
        real(source, target)

    monkeypatch.setattr(publishing, "move", move)
    with pytest.raises(KeyboardInterrupt):
        bench.publish(OLD)
    assert [path.name for path in bench.output.iterdir()] == [MARKER]
    monkeypatch.undo()
    assert recover(bench.memo, bench.output)
    assert bench.files() == OLD


def test_only_what_changed_is_written_and_what_is_gone_removed(bench: Bench) -> None:
    bench.publish(OLD)
    before = (bench.output / "index.html").stat()
    published = bench.publish(NEW)
    assert bench.files() == NEW
    assert published.written == ("talks/a/index.html", "talks/c/index.html")
    assert published.removed == ("talks/b/index.html",)
    assert not (bench.output / "talks" / "b").exists()
    after = (bench.output / "index.html").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_same_again_writes_nothing(bench: Bench) -> None:
    bench.publish(OLD)
    marker = (bench.output / MARKER).stat()
    published = bench.publish(OLD)
    assert (published.written, published.removed) == ((), ())
    assert (bench.output / MARKER).stat() == marker


def test_foreign_files_survive_and_are_not_overwritten(bench: Bench) -> None:
    bench.publish(OLD)
    (bench.output / "CNAME").write_text("example.org")
    (bench.output / "talks" / "b" / "mine.txt").write_text("mine")
    (bench.output / "talks" / "c").mkdir()
    (bench.output / "talks" / "c" / "index.html").write_text("mine")
    published = bench.publish(NEW)
    found = bench.files()
    assert found["CNAME"] == "example.org"
    assert found["talks/b/mine.txt"] == "mine"
    assert found["talks/c/index.html"] == "mine"
    assert [finding.code for finding in published.findings] == ["KB602"]


def test_a_foreign_file_in_place_of_a_folder_is_told(bench: Bench) -> None:
    bench.publish({"index.html": "home"})
    (bench.output / "talks").write_text("mine")
    published = bench.publish(NEW)
    assert {finding.code for finding in published.findings} == {"KB602"}
    assert bench.files() == {"index.html": "home", "talks": "mine"}


def test_a_link_in_the_output_is_not_written_through(bench: Bench, tmp_path: Path) -> None:
    bench.publish({"index.html": "home"})
    (tmp_path / "elsewhere").mkdir()
    (bench.output / "talks").symlink_to(tmp_path / "elsewhere")
    published = bench.publish(NEW)
    assert {finding.code for finding in published.findings} == {"KB602"}
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_became_a_link_is_not_written_through(bench: Bench, tmp_path: Path) -> None:
    bench.publish(OLD)
    (bench.output / "talks").rename(tmp_path / "elsewhere")
    (bench.output / "talks").symlink_to(tmp_path / "elsewhere")
    published = bench.publish(NEW)
    assert "KB602" in {finding.code for finding in published.findings}
    assert (tmp_path / "elsewhere" / "a" / "index.html").read_text() == "a"
    assert not (tmp_path / "elsewhere" / "c").exists()
    assert (tmp_path / "elsewhere" / "b" / "index.html").exists()


def test_a_switch_of_a_folder_that_is_gone_is_no_obstacle_for_another(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(OLD)

    def refuse(source: Path, target: Path) -> None:
        raise FileFault(str(target), "cannot be written: the disk is gone")

    monkeypatch.setattr(publishing, "move", refuse)
    with pytest.raises(FileFault):
        bench.publish(NEW)
    with pytest.raises(FileFault):
        recover(bench.memo, bench.output)
    assert recover(bench.memo, tmp_path / "other")
    monkeypatch.undo()
    bench.publish(NEW)
    assert bench.files() == NEW


def test_a_page_edited_by_hand_is_made_again_or_left_and_named(bench: Bench) -> None:
    bench.publish(OLD)
    (bench.output / "index.html").write_text("edited")
    (bench.output / "talks" / "b" / "index.html").write_text("edited")
    published = bench.publish(NEW)
    assert bench.files() == {**NEW, "talks/b/index.html": "edited"}
    assert [(one.code, one.path) for one in published.findings] == [("KB603", "talks/b/index.html")]


def test_a_removed_page_comes_back(bench: Bench) -> None:
    bench.publish(OLD)
    (bench.output / "index.html").unlink()
    bench.publish(OLD)
    assert bench.files() == OLD


def test_a_file_becomes_a_folder_and_back(bench: Bench) -> None:
    bench.publish({"a": "file", "b/c": "below"})
    bench.publish({"a/b": "below", "b": "file"})
    assert bench.files() == {"a/b": "below", "b": "file"}
    bench.publish({"a": "file", "b/c": "below"})
    assert bench.files() == {"a": "file", "b/c": "below"}


def test_a_file_and_a_folder_of_one_name_are_told(bench: Bench) -> None:
    bench.publish({"c": "c"})
    published = bench.publish({"a": "file", "a/b": "below", "c": "c"})
    assert bench.files() == {"a": "file", "c": "c"}
    assert [(one.code, one.path) for one in published.findings] == [("KB601", "a/b")]


@pytest.mark.parametrize("path", ["../out", "a/../b", "a//b", "", "a/" + "n" * 256, "a\nb"])
def test_names_that_cannot_be_files_are_findings(bench: Bench, path: str) -> None:
    published = bench.publish({path: "x", "ok": "ok"})
    assert bench.files() == {"ok": "ok"}
    assert [one.code for one in published.findings] == ["KB601"]


def test_an_interrupted_switch_is_rolled_forward(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(OLD)
    real = files.move
    moved: list[Path] = []

    def move(source: Path, target: Path) -> None:
        if moved:
            raise KeyboardInterrupt
        moved.append(target)
        real(source, target)

    monkeypatch.setattr(publishing, "move", move)
    with pytest.raises(KeyboardInterrupt):
        bench.publish(NEW)
    monkeypatch.undo()
    assert recover(bench.memo, bench.output)
    assert bench.files() == NEW
    assert not recover(bench.memo, bench.output)
    assert sorted(path.name for path in bench.memo.folder.iterdir()) == []


def test_a_fault_before_the_switch_leaves_the_old_site(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(OLD)

    def full(path: Path, data: bytes, *, sync: bool = False) -> None:
        raise FileFault(str(path), "cannot be written: no space left on device")

    monkeypatch.setattr(publishing, "write_new", full)
    with pytest.raises(FileFault, match="no space left"):
        bench.publish(NEW)
    monkeypatch.undo()
    assert bench.files() == OLD
    bench.publish(NEW)
    assert bench.files() == NEW


def test_a_planted_journal_is_thrown_away(bench: Bench, tmp_path: Path) -> None:
    bench.publish(OLD)
    planted = Memo(tmp_path / ".kb", b"o" * 32)
    journal = publishing.Journal(
        output=str(tmp_path),
        stage=str(tmp_path / "x"),
        whole=False,
        removals=("public/index.html",),
    )
    planted.put(publishing.JOURNAL, encode(journal))
    assert not recover(bench.memo, bench.output)
    assert bench.files() == OLD
    assert not (tmp_path / ".kb" / publishing.JOURNAL).exists()


def test_a_file_held_for_a_moment_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(OLD)
    real = files.move
    refused: list[int] = []

    def move(source: Path, target: Path) -> None:
        if len(refused) < 2:
            refused.append(1)
            raise FileFault(str(target), "busy") from PermissionError(13, "held")
        real(source, target)

    monkeypatch.setattr(publishing, "move", move)
    monkeypatch.setattr(publishing, "_PAUSE", 0.001)
    bench.publish(NEW)
    assert bench.files() == NEW
