"""The watcher on real files."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.observers import Observer

from kb.serving.watch import Watcher
from tests.serving.site import eventually


class Heard:
    def __init__(self) -> None:
        self.paths: list[Path | None] = []
        self.said: list[str] = []
        self._lock = threading.Lock()

    def hint(self, path: Path | None) -> None:
        with self._lock:
            self.paths.append(path)

    def about(self, path: Path) -> Callable[[], bool]:
        return lambda: path in self.paths or None in self.paths


@contextmanager
def watched(folder: Path, *, poll: bool = False) -> Iterator[Heard]:
    heard = Heard()
    watcher = Watcher(folder, (folder / "public",), heard.hint, heard.said.append, poll=poll)
    watcher.start()
    try:
        yield heard
    finally:
        watcher.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("content/deep", "public/a", ".kb", "themes/default"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "site.toml").write_text("title = 'a'")
    (tmp_path / "content/deep/note.md").write_text("one")
    return tmp_path


def test_a_save_is_heard_soon(folder: Path) -> None:
    note = folder / "content/deep/note.md"
    with watched(folder) as heard:
        note.write_text("two")
        assert eventually(heard.about(note))


def test_a_save_by_rename_is_heard(folder: Path) -> None:
    note = folder / "content/deep/note.md"
    with watched(folder) as heard:
        swap = note.with_name("note.md.swap")
        swap.write_text("two")
        swap.replace(note)
        assert eventually(heard.about(note))


def test_configuration_and_new_folders_are_heard(folder: Path) -> None:
    with watched(folder) as heard:
        (folder / "site.toml").write_text("title = 'b'")
        assert eventually(heard.about(folder / "site.toml"))
        heard.paths.clear()
        (folder / "static").mkdir()
        assert eventually(lambda: None in heard.paths)


def test_what_lies_in_a_new_folder_is_heard(folder: Path) -> None:
    with watched(folder) as heard:
        for _ in range(2):  # a folder may also go and come again
            (folder / "static/pictures").mkdir(parents=True)
            assert eventually(lambda: None in heard.paths)
            time.sleep(0.2)
            heard.paths.clear()
            picture = folder / "static/pictures/new.svg"
            picture.write_text("<svg/>")
            assert eventually(heard.about(picture))
            heard.paths.clear()
            shutil.rmtree(folder / "static")
            assert eventually(lambda: None in heard.paths)
            time.sleep(0.2)
            heard.paths.clear()


def test_reading_and_what_kb_writes_are_not_heard(folder: Path) -> None:
    with watched(folder) as heard:
        (folder / "content/deep/note.md").read_text()
        os.listdir(folder / "content")
        (folder / "public/a/index.html").write_text("page")
        (folder / ".kb/state").write_text("state")
        (folder / "content/.note.md.swp").write_text("swap")
        (folder / "content/note.md~").write_text("backup")
        time.sleep(0.4)
        assert heard.paths == []


def test_where_events_do_not_come_files_are_polled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Observer, "schedule", refuse)
    monkeypatch.setattr("kb.serving.watch.POLL", 0.1)
    note = folder / "content/deep/note.md"
    with watched(folder) as heard:
        assert len(heard.said) == 1
        assert "looking at them every" in heard.said[0]
        note.write_text("longer than before")
        assert eventually(heard.about(note))
