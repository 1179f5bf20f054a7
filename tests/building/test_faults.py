"""Killed, refused, out of space: every file stays whole, and the next build mends."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.building import files, pipeline, rendered, whole
from kb.building.files import FileFault
from kb.building.options import Options
from kb.building.project import ProjectFault, open_project
from kb.building.workers import WorkerFault
from tests.building.sample import make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False)


def build(root: Path) -> None:
    pipeline.build(open_project(root), OPTIONS)


def edit(root: Path) -> None:
    """Change, add and remove notes, so that pages are written, added and removed."""
    path = root / "content" / "2024-river.md"
    path.write_text(path.read_text().replace("Mira Stone", "Ada Quill"))
    (root / "content" / "2025-river.md").unlink()
    (root / "content" / "new.md").write_text("# New\n\nA new note.\n")


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The published site before and after the edit, each from a clean build."""
    root = make_site(tmp_path_factory.mktemp("old") / "site")
    build(root)
    old = tree(root / "public")
    other = make_site(tmp_path_factory.mktemp("new") / "site")
    edit(other)
    build(other)
    return old, tree(other / "public")


class Counter:
    """Counts calls that change the disk, and does something at one of them."""

    NAMES = (
        "open",
        "pwrite",
        "mkdir",
        "rename",
        "replace",
        "unlink",
        "rmdir",
        "fsync",
        "ftruncate",
    )

    def __init__(self, patch: pytest.MonkeyPatch, act: Callable[[], None], at: int) -> None:
        self.count = 0
        self._act = act
        self._at = at
        for name in self.NAMES:
            patch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            if name != "open" or (len(arguments) > 1 and int(str(arguments[1])) & os.O_CREAT):
                self.count += 1
                if self.count == self._at:
                    self._act()
            return real(*arguments, **named)

        return call


def calls_of_a_build(folder: Path) -> int:
    root = make_site(folder / "counted")
    build(root)
    edit(root)
    with pytest.MonkeyPatch.context() as patch:
        counter = Counter(patch, lambda: None, 0)
        build(root)
    return counter.count


def in_a_child(work: Callable[[], None]) -> int:
    """Do `work` in a process of its own; return its wait status."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def dying_with_its_workers() -> Iterator[None]:
    """A slow machine makes even a small build use workers, and one of them may be the killed."""
    try:
        yield
    except WorkerFault:
        die()


def is_whole(root: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Each published file is whole: its bytes are those of the old or of the new site."""
    for name, data in tree(root / "public").items():
        assert data in (old.get(name), new.get(name)), name


@pytest.mark.timeout(600)
def test_killed_at_any_call_the_files_are_whole_and_the_next_build_mends(
    memory: Path, states: tuple[dict[str, bytes], dict[str, bytes]]
) -> None:
    old, new = states
    calls = calls_of_a_build(memory)
    points = sorted({1 + calls * n // 100 for n in range(100)})
    root = make_site(memory / "site")
    for point in points:
        for name in ("content/new.md",):
            (root / name).unlink(missing_ok=True)
        make_site(root)
        build(root)
        assert tree(root / "public") == old
        edit(root)

        def killed(at: int = point) -> None:
            patch = pytest.MonkeyPatch()
            Counter(patch, die, at)
            with dying_with_its_workers():
                build(root)

        status = in_a_child(killed)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0  # it was done before the call came
        is_whole(root, old, new)
        build(root)
        assert tree(root / "public") == new, point
        assert sorted(path.name for path in (root / ".kb").iterdir() if "stage" in path.name) == []
    assert len(points) > 60


@pytest.mark.timeout(600)
def test_what_a_killed_build_published_goes_when_its_note_goes(
    memory: Path, states: tuple[dict[str, bytes], dict[str, bytes]]
) -> None:
    old, new = states
    calls = calls_of_a_build(memory)
    points = sorted({1 + calls * n // 40 for n in range(20, 41)})  # the switch, and what follows it
    root = make_site(memory / "site")
    build(root)
    published = 0
    for point in points:
        edit(root)

        def killed(at: int = point) -> None:
            Counter(pytest.MonkeyPatch(), die, at)
            with dying_with_its_workers():
                build(root)

        in_a_child(killed)
        is_whole(root, old, new)
        published += tree(root / "public").keys() == new.keys()
        (root / "content/new.md").unlink()
        make_site(root)
        build(root)
        assert tree(root / "public") == old, point
    assert published > 2


def test_a_first_build_killed_at_any_call_is_no_obstacle(
    memory: Path, states: tuple[dict[str, bytes], dict[str, bytes]]
) -> None:
    old, _ = states
    for point in range(1, 200, 10):
        root = make_site(memory / f"site{point}")

        def killed(at: int = point, root: Path = root) -> None:
            patch = pytest.MonkeyPatch()
            Counter(patch, die, at)
            with dying_with_its_workers():
                build(root)

        in_a_child(killed)
        if (root / "public").exists():
            assert tree(root / "public") == old
        build(root)
        assert tree(root / "public") == old


def refused(root: Path) -> str | None:
    """Build; return what it was refused with, None where it went through."""
    try:
        build(root)
    except (FileFault, OSError) as fault:
        return str(fault)
    return None


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", [28, 13, 5], ids=["ENOSPC", "EACCES", "EIO"])
def test_any_call_may_fail(
    memory: Path,
    states: tuple[dict[str, bytes], dict[str, bytes]],
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = states
    monkeypatch.setattr("kb.building.publish._PAUSE", 0.001)
    calls = calls_of_a_build(memory)
    root = make_site(memory / "site")
    failed = 0
    for point in sorted({1 + calls * n // 40 for n in range(40)}):
        (root / "content" / "new.md").unlink(missing_ok=True)
        make_site(root)
        build(root)
        edit(root)

        def fail() -> None:
            raise OSError(number, os.strerror(number), "a file")

        with pytest.MonkeyPatch.context() as patch:
            Counter(patch, fail, point)
            words = refused(root)
        failed += words is not None
        assert words is None or os.strerror(number).lower() in words.lower()
        is_whole(root, old, new)
        build(root)
        assert tree(root / "public") == new, point
    assert failed > 10


def test_a_read_only_output_is_told_and_left(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    root = make_site(tmp_path / "site")
    build(root)
    before = tree(root / "public")
    edit(root)
    for path in (root / "public").rglob("*"):
        if path.is_dir():
            path.chmod(0o555)
    with pytest.raises(FileFault, match="permission"):
        build(root)
    for path in (root / "public").rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    assert tree(root / "public") == before
    build(root)
    clean = make_site(tmp_path / "clean")
    edit(clean)
    build(clean)
    assert tree(root / "public") == tree(clean / "public")


def test_a_clock_that_goes_back_changes_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    build(root)
    before = tree(root / "public")
    for path in (root / "content").rglob("*"):
        if path.is_file():
            os.utime(path, (4_000_000_000, 4_000_000_000))
    build(root)
    assert tree(root / "public") == before
    (root / "content" / "about.md").write_text("# About\n\nNewer, but dated older.\n")
    os.utime(root / "content" / "about.md", (0, 0))
    build(root)
    assert tree(root / "public") != before


def test_a_note_that_grows_while_it_is_read_stays_below_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_bytes(b"x" * 10)
    real = os.read
    pieces = [b"x" * 10, b"y" * 5000, b""]

    def read(descriptor: int, size: int) -> bytes:
        return pieces.pop(0) if pieces else real(descriptor, size)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(files.TooLarge):
        files.read_file(tmp_path, "a.md", 100)


def test_a_dead_worker_is_told_and_the_old_site_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_site(tmp_path / "site")
    build(root)
    before = tree(root / "public")
    edit(root)
    monkeypatch.setattr("kb.building.workers.PAYS", 1)
    monkeypatch.setattr(rendered, "_PAY", 1)
    parent = os.getpid()
    real = rendered.stage_site

    def dying(*arguments: object, **named: object) -> object:
        renderer = "kb.rendering.site.Renderer.render"

        def render(*_: object) -> None:
            assert os.getpid() != parent
            die()

        monkeypatch.setattr(renderer, render)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(whole, "stage_site", dying)
    with pytest.raises(WorkerFault, match="ended by the system"):
        pipeline.build(open_project(root), Options(now=OPTIONS.now, index=False, jobs=2))
    assert tree(root / "public") == before


def test_refusals_write_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    before = tree(root)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("mine")
    for output in (root, root / "content", tmp_path, tmp_path / "mine", root / "site.toml"):
        with pytest.raises(ProjectFault):
            pipeline.build(open_project(root, output), OPTIONS)
    assert {name for name in tree(root) if not name.startswith(".kb/lock")} == set(before)
    assert tree(tmp_path / "mine") == {"a.txt": b"mine"}


def test_what_a_killed_build_has_staged_is_cleared_away(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    stale = root / ".kb" / "stage" / "deep"
    stale.mkdir(parents=True)
    (stale / "left").write_text("from a killed build")
    build(root)
    assert not (root / ".kb" / "stage").exists()
    assert not [name for name in tree(root / "public") if "left" in name]


def test_after_another_boot_no_stamp_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss of power may leave a page empty although its stamp is the one kb knows."""
    root = make_site(tmp_path / "site")
    build(root)
    before = tree(root / "public")
    (root / "public" / "index.html").write_bytes(b"")
    monkeypatch.setattr("kb.building.publish.stamp_of", lambda status: None)
    monkeypatch.setattr("kb.building.whole.this_boot", lambda: "another")
    build(root)
    assert tree(root / "public") == before


@pytest.mark.timeout(600)
def test_a_large_build_killed_with_its_workers_is_no_obstacle(memory: Path) -> None:
    root = make_site(memory / "site")
    for number in range(220):
        (root / "content" / f"n{number}.md").write_text(f"# Note {number}\n\nText {number}.\n")
    options = Options(now=OPTIONS.now, jobs=2, patience=20.0)
    pipeline.build(open_project(root, memory / "clean"), options)
    expected = tree(memory / "clean")
    for pause in (0.05, 0.3, 0.6, 1.0):
        for name in ("public", ".kb", "search_index"):
            files.remove_tree(root / name)
        child = os.fork()
        if child == 0:
            try:
                pipeline.build(open_project(root), options)
            finally:
                os._exit(0)
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if (root / "public").exists():
            assert tree(root / "public") == expected
        report = pipeline.build(open_project(root), options)
        assert report.remarks == () or "made anew" in report.remarks[0]
        assert tree(root / "public") == expected
