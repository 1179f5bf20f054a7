"""What is answered while changes are heard of that no build has shown yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.serving import moving
from kb.serving.builder import Fresh
from kb.serving.moving import MANY, Moving
from tests.serving.site import FolderBuilder, Running, eventually, page, preview_of

A, B = "content/a.md", "content/b.md"


@pytest.fixture
def builder(tmp_path: Path) -> FolderBuilder:
    site = FolderBuilder(tmp_path)
    (tmp_path / "content").mkdir()
    for name in ("a", "b"):
        site.write(f"{name}/index.html", page(name, f"<p>old {name}</p>"))
    site.write("index.html", page("Home", "<p>old home</p>"))
    site.write("404.html", page("Lost", "<p>No such page</p>"))
    site.shown_notes = {"/a/": (A,), "/b/": (B,)}
    return site


@pytest.fixture
def running(builder: FolderBuilder) -> Iterator[Running]:
    with preview_of(builder) as preview:
        assert eventually(lambda: not preview.moving.is_moving)
        builder.go.clear()
        builder.asked.clear()
        yield preview


def save(builder: FolderBuilder, *names: str) -> None:
    """Change files that are no pages; the build that follows is held back."""
    for name in names:
        (builder.folder / name).write_text("words")


def storm(builder: FolderBuilder, running: Running) -> None:
    save(builder, *(f"content/{number}.md" for number in range(MANY + 1)))
    assert eventually(lambda: running.moving.is_storm)


def test_a_saved_note_is_shown_before_the_build(builder: FolderBuilder, running: Running) -> None:
    builder.freshly["/a/"] = Fresh("page", page("a", "<p>new a</p>").encode())
    save(builder, A)
    assert eventually(lambda: running.moving.is_moving)
    assert b"new a" in running.get("/a/")[2]
    assert b"/__kb/live.js" in running.get("/a/?x")[2]
    assert b"old b" in running.get("/b/")[2]
    assert b"old home" in running.get("/")[2]
    assert running.get("/none/")[0] == 404
    assert {url for url, _ in builder.asked} == {"/a/"}
    assert not any(thorough for _, thorough in builder.asked)


def test_many_who_ask_are_one_question(builder: FolderBuilder, running: Running) -> None:
    builder.freshly["/a/"] = Fresh("page", b"<p>new a</p>")
    save(builder, A)
    assert eventually(lambda: running.moving.is_moving)
    number = running.moving.number
    for _ in range(20):
        running.get("/a/")
    assert len(builder.asked) <= 1 + running.moving.number - number


def test_in_a_storm_new_and_lost_pages_are_right(builder: FolderBuilder, running: Running) -> None:
    builder.freshly["/new/"] = Fresh("page", b"<p>brand new</p>")
    builder.freshly["/b/"] = Fresh("gone")
    storm(builder, running)
    save(builder, B)
    assert eventually(lambda: running.moving.concerns([B]))
    status, _, body = running.get("/new/")
    assert (status, b"brand new" in body) == (200, True)
    status, _, body = running.get("/b/")
    assert (status, b"No such page" in body) == (404, True)
    assert b"old a" in running.get("/a/")[2]
    assert b"old home" in running.get("/")[2]
    assert {thorough for _, thorough in builder.asked} == {True}


def test_what_only_the_build_can_tell_is_waited_for(
    builder: FolderBuilder, running: Running
) -> None:
    storm(builder, running)
    builder.write("later/index.html", page("later", "<p>here at last</p>"))
    answers: list[tuple[int, bytes, bytes]] = []
    with running.aside(lambda: answers.append(running.get("/later/"))):
        assert eventually(lambda: ("/later/", True) in builder.asked)
        assert answers == []
        builder.go.set()
    assert b"here at last" in answers[0][2]


def test_it_is_not_waited_for_for_ever(
    builder: FolderBuilder, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "HOLD", 0.2)
    storm(builder, running)
    assert running.get("/later/")[0] == 404


def test_all_is_at_rest_after_the_build(builder: FolderBuilder, running: Running) -> None:
    storm(builder, running)
    builder.go.set()
    assert eventually(lambda: not running.moving.is_moving)
    builder.asked.clear()
    assert running.get("/none/")[0] == 404
    assert builder.asked == []


def test_folders_and_lost_events_may_change_anything(tmp_path: Path) -> None:
    known = Moving(FolderBuilder(tmp_path))
    known.heard(tmp_path / A)
    assert (known.concerns([A]), known.concerns([B]), known.is_storm) == (True, False, False)
    known.heard(tmp_path / "content/folder")
    assert (known.concerns([B]), known.is_storm) == (True, True)
    known.rest()
    assert (known.is_moving, known.concerns([A, B])) == (False, False)
    known.heard(None)
    assert (known.is_moving, known.concerns([B]), known.is_storm) == (True, True, True)
