"""What changed is staged, then switched; only what kb made is ever removed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.building import files
from kb.building import publish as publishing
from kb.building.files import FileFault
from kb.building.memo import Memo
from kb.building.project import MARKER
from kb.building.publish import Published, Stage, publish, publish_changes, read_manifest, recover
from kb.building.table import Made, Table
from kb.model.value import encode
from tests.building.conftest import MEMORY
from tests.building.sample import differing

KEY = b"k" * 32


class Bench:
    """An output folder and what is published into it."""

    def __init__(self, folder: Path) -> None:
        self.memo = Memo(folder / ".kb", KEY)
        self.output = folder / "public"

    def stage(self, before: Mapping[str, Made] | None = None) -> Stage:
        known = read_manifest(self.output) if before is None else before
        stage = Stage(self.memo.folder / "stage", self.output, known)
        stage.begin()
        return stage

    def publish(self, pages: Mapping[str, str], before: Table | None = None) -> Published:
        stage = self.stage(before)
        staged = [stage.put(path, text.encode()) for path, text in pages.items()]
        return publish(stage, staged, self.memo, nullcontext)

    def change(self, before: Table, pages: Mapping[str, str | None]) -> Published:
        """Publish changed `pages` alone; None removes one."""
        stage = self.stage(before)
        new = {path: text for path, text in pages.items() if text is not None}
        staged = [stage.put(path, text.encode()) for path, text in new.items()]
        gone = pages.keys() - new.keys()
        return publish_changes(stage, before, staged, gone, self.memo, switching=nullcontext)

    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.output).as_posix(): path.read_text()
            for path in self.output.rglob("*")
            if path.is_file() and path.name != MARKER
        }


def identity(path: Path) -> tuple[int, int]:
    """Return what another file, or the same one written again, has otherwise."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


@contextmanager
def interrupted_at(number: int) -> Iterator[None]:
    """Interrupt the block once it has moved so many files."""
    real, moved = files.move, count()

    def move(source: Path, target: Path) -> None:
        if next(moved) == number:
            raise KeyboardInterrupt
        real(source, target)

    with pytest.MonkeyPatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(publishing, "move", move)
        yield


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


def test_a_first_build_that_cannot_be_one_step_is_rolled_forward(bench: Bench) -> None:
    bench.output.mkdir()
    with interrupted_at(1):
        bench.publish(OLD)
    assert [path.name for path in bench.output.iterdir()] == [MARKER]
    assert recover(bench.memo, bench.output)
    assert bench.files() == OLD


def test_only_what_changed_is_written_and_what_is_gone_removed(bench: Bench) -> None:
    bench.publish(OLD)
    before = identity(bench.output / "index.html")
    published = bench.publish(NEW)
    assert bench.files() == NEW
    assert published.written == ("talks/a/index.html", "talks/c/index.html")
    assert published.removed == ("talks/b/index.html",)
    assert not (bench.output / "talks" / "b").exists()
    assert identity(bench.output / "index.html") == before


def test_the_same_again_writes_nothing(bench: Bench) -> None:
    bench.publish(OLD)
    marker = identity(bench.output / MARKER)
    published = bench.publish(OLD)
    assert (published.written, published.removed) == ((), ())
    assert identity(bench.output / MARKER) == marker


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


def test_a_file_goes_where_only_empty_folders_are_left(bench: Bench) -> None:
    bench.publish({"a/b/c": "below", "d": "d"})
    (bench.output / "a" / "b" / "c").unlink()
    bench.publish({"a": "file", "d": "d"})
    assert bench.files() == {"a": "file", "d": "d"}


def test_a_file_does_not_go_where_an_edited_page_stays(bench: Bench) -> None:
    bench.publish({"a/b": "below", "d": "d"})
    (bench.output / "a" / "b").write_text("edited")
    published = bench.publish({"a": "file", "d": "d"})
    assert bench.files() == {"a/b": "edited", "d": "d"}
    assert [(one.code, one.path) for one in published.findings] == [
        ("KB602", "a"),
        ("KB603", "a/b"),
    ]


def test_a_page_does_not_go_below_an_edited_file_that_stays(bench: Bench) -> None:
    bench.publish({"a": "file", "d": "d"})
    (bench.output / "a").write_text("edited")
    published = bench.publish({"a/b": "below", "d": "d"})
    assert bench.files() == {"a": "edited", "d": "d"}
    assert [(one.code, one.path) for one in published.findings] == [
        ("KB602", "a/b"),
        ("KB603", "a"),
    ]


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


def test_an_interrupted_switch_is_rolled_forward(bench: Bench) -> None:
    bench.publish(OLD)
    with interrupted_at(1):
        bench.publish(NEW)
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


NAMES = ("a", "a-b/c", "a/b", "a/b/c", "d", "d/e", "f/g", "h\u2028i\r", "z")
pages = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("one", "two", "three")))
changed = st.dictionaries(st.sampled_from(NAMES), st.none() | st.sampled_from(("one", "two", "x")))
hands = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("", "edited")), max_size=2)


def told(published: Published) -> dict[str, object]:
    """What a build sees of it, time apart."""
    return {
        "made": {path: one.digest for path, one in published.made.items()},
        "manifest": published.made.manifest,
        "written": published.written,
        "removed": published.removed,
        "findings": sorted(published.findings, key=lambda one: (one.path, one.code)),
    }


def touched(bench: Bench, edits: Mapping[str, str]) -> None:
    """Edit published files by hand, or (`""`) remove them."""
    for path, text in edits.items():
        if (bench.output / path).is_file():
            (bench.output / path).unlink()
            if text:
                (bench.output / path).write_text(text)


@settings(max_examples=200, deadline=None)
@given(old=pages, change=changed, edits=hands, lost=st.booleans(), more=st.booleans())
def test_a_change_alone_comes_to_the_same_as_the_whole(
    *,
    old: dict[str, str],
    change: dict[str, str | None],
    edits: dict[str, str],
    lost: bool,
    more: bool,
) -> None:
    """Whatever is edited by hand, whether the manifest is lost or not, and again after that."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        whole, alone = Bench(Path(folder) / "whole"), Bench(Path(folder) / "alone")
        home = {"index.html": "home"}
        old = {**home, **old}
        for bench in (whole, alone):
            bench.publish(home)
        first = [bench.publish(old) for bench in (whole, alone)]
        if first[0].findings:
            return  # a build that left a file out is followed by a whole one
        for bench in (whole, alone):
            touched(bench, edits)
            if lost:
                (bench.output / MARKER).unlink()
        amiss = differing(first[1].made, alone.output)
        new = {path: text for path, text in {**old, **change}.items() if text is not None}
        seen: dict[str, str | None] = {path: old[path] for path in amiss}
        published = [
            whole.publish(new, first[0].made),
            alone.change(first[1].made, {**seen, **change}),
        ]
        assert told(published[0]) == told(published[1])
        assert alone.files() == whole.files()
        assert (alone.output / MARKER).read_bytes() == (whole.output / MARKER).read_bytes()
        assert differing(published[1].made, alone.output) == []
        if more and not published[0].findings:
            again = [
                whole.publish(old, published[0].made),
                alone.change(published[1].made, {**dict.fromkeys(new), **old}),
            ]
            assert told(again[0]) == told(again[1])
            assert alone.files() == whole.files()


def test_a_change_leaves_all_other_files_alone(bench: Bench) -> None:
    first = bench.publish(OLD)
    (bench.output / "mine.txt").write_text("mine")
    before = identity(bench.output / "index.html")
    change = {"talks/a/index.html": "A", "talks/b/index.html": None, "talks/c/index.html": "c"}
    published = bench.change(first.made, change)
    assert bench.files() == {**NEW, "mine.txt": "mine"}
    assert published.written == ("talks/a/index.html", "talks/c/index.html")
    assert published.removed == ("talks/b/index.html",)
    assert identity(bench.output / "index.html") == before
    assert set(read_manifest(bench.output)) == set(NEW)


def test_no_change_writes_nothing(bench: Bench) -> None:
    first = bench.publish(OLD)
    marker = identity(bench.output / MARKER)
    published = bench.change(first.made, {"index.html": "home", "none.html": None})
    assert (published.written, published.removed) == ((), ())
    assert identity(bench.output / MARKER) == marker
    assert list(published.made) == list(first.made)


@pytest.mark.parametrize("at", range(4))
def test_an_interrupted_change_is_rolled_forward(bench: Bench, at: int) -> None:
    first = bench.publish(OLD)
    change = {"talks/a/index.html": "A", "talks/b/index.html": None, "talks/c/index.html": "c"}
    with interrupted_at(at):
        bench.change(first.made, change)
    assert recover(bench.memo, bench.output) == (at < 3)
    assert bench.files() == NEW
    assert set(read_manifest(bench.output)) == set(NEW)


def test_a_fault_before_the_switch_of_a_change_leaves_the_old_site(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bench.publish(OLD)

    def full(path: Path, data: bytes, *, sync: bool = False) -> None:
        raise FileFault(str(path), "cannot be written: no space left on device")

    monkeypatch.setattr(publishing, "write_new", full)
    with pytest.raises(FileFault, match="no space left"):
        bench.change(first.made, {"talks/a/index.html": "A"})
    monkeypatch.undo()
    assert bench.files() == OLD
    assert not recover(bench.memo, bench.output)


def test_a_manifest_of_odd_names_is_read_as_it_was_written(bench: Bench) -> None:
    odd = {"a\u2028b": "one", "c\x85d\r": "two"}
    bench.publish(odd)
    assert set(read_manifest(bench.output)) == set(odd)
    (bench.output / MARKER).write_text("kb manifest 1\nno digest  talks/a\n")
    assert read_manifest(bench.output) == {}
