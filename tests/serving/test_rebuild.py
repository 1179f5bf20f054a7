"""Storms of saves and quiet times: how often a preview builds, and that it ends up right."""

import time
from pathlib import Path

import pytest

from kb.serving import rebuild
from kb.serving.preview import ServeOptions
from kb.serving.watch import Watcher
from tests.serving.site import FolderBuilder, eventually, page, preview_of


@pytest.fixture
def builder(tmp_path: Path) -> FolderBuilder:
    site = FolderBuilder(tmp_path)
    site.write("index.html", page("Home", "<p>0</p>"))
    return site


def is_quiet(builder: FolderBuilder) -> bool:
    before = len(builder.builds)
    time.sleep(1)
    return len(builder.builds) == before


def test_nothing_is_built_while_nothing_changes(builder: FolderBuilder) -> None:
    with preview_of(builder) as running:
        assert eventually(lambda: is_quiet(builder))
        before = len(builder.builds)
        (builder.source / "index.html").read_bytes()
        assert running.get("/")[0] == 200
        time.sleep(0.3)
        assert len(builder.builds) == before


def test_a_storm_of_saves_is_few_builds_and_ends_right(builder: FolderBuilder) -> None:
    with preview_of(builder) as running:
        time.sleep(0.3)
        before = len(builder.builds)
        for number in range(300):
            builder.write("index.html", page("Home", f"<p>{number}</p>"))
            time.sleep(0.003)
        assert eventually(lambda: b"<p>299</p>" in running.get("/")[2])
        hinted = [wanted for wanted in builder.builds[before:] if wanted.hints is not None]
        assert len(hinted) <= 30


def test_what_was_not_heard_is_found_by_looking(
    builder: FolderBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "RESCAN", 0.5)
    monkeypatch.setattr(Watcher, "start", lambda self: None)
    with preview_of(builder, ServeOptions(port=0)) as running:
        builder.write("index.html", page("Home", "<p>swapped</p>"))
        assert eventually(lambda: b"swapped" in running.get("/")[2])


def test_a_newer_change_gives_up_what_is_under_way(builder: FolderBuilder) -> None:
    with preview_of(builder) as running:
        assert eventually(lambda: is_quiet(builder))
        builder.go.clear()
        before = len(builder.builds)
        builder.write("index.html", page("Home", "<p>1</p>"))
        assert eventually(lambda: len(builder.builds) > before)
        builder.write("index.html", page("Home", "<p>2</p>"))
        assert eventually(lambda: running.preview.pending)
        builder.go.set()
        assert eventually(lambda: b"<p>2</p>" in running.get("/")[2])
        assert eventually(lambda: any(line.startswith("index.html") for line in running.said))
        assert len([line for line in running.said if line.startswith("index.html")]) == 1


def test_the_line_of_a_rebuild_tells_what_changed(builder: FolderBuilder) -> None:
    with preview_of(builder) as running:
        builder.write("a/index.html", page("A", "<p>1</p>"))
        assert eventually(lambda: any("a/index.html: 1 page in" in line for line in running.said))
