"""Trees that attack a build: links, pipes and strangers where kb reads, keeps and publishes."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kb.building.files import DEEPEST
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.measured import new_site, run

SECRET = "what lies outside of the site"
GOOD = "# A good note\n\nStays as it is.\n"
STRANGERS = 700
"""Files in a folder outside: more than kb keeps of its own there."""

Made = Callable[[Path, Path], object]


def planted(name: str, put: Made) -> Made:
    """Return what lets `put` make something at `name` of a site, in place of what is there."""

    def made(site: Path, outside: Path) -> None:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        put(path, outside)

    return made


def linked(name: str) -> Made:
    """Return what puts a link to the folder outside at `name` of a site."""
    return planted(name, lambda path, outside: path.symlink_to(outside))


def linked_file(name: str) -> Made:
    """Return what puts a link to a file outside at `name` of a site."""
    return planted(name, lambda path, outside: path.symlink_to(outside / "0.md"))


def pipe(name: str) -> Made:
    """Return what puts a pipe at `name` of a site, which nobody writes into."""
    return planted(name, lambda path, _: os.mkfifo(path))


def file(name: str) -> Made:
    """Return what puts a file where kb would have a folder."""

    def made(site: Path, outside: Path) -> None:
        (site / name).write_text("mine")

    return made


def folder(name: str) -> Made:
    """Return what puts a folder where kb would have a file."""

    def made(site: Path, outside: Path) -> None:
        (site / name).mkdir(parents=True)

    return made


def deep(site: Path, outside: Path) -> None:
    here = Path.cwd()
    os.chdir(site / "content")
    try:
        for _ in range(3 * DEEPEST):
            Path("d").mkdir()
            os.chdir("d")
        Path("n.md").write_text("# Deep\n")
    finally:
        os.chdir(here)


def folder_of_strangers(site: Path, outside: Path) -> None:
    (site / "public").mkdir()
    (site / "public/index.html").write_text("mine")


BUILT: Mapping[str, tuple[Made, str]] = {
    "notes of the cache lead out": (linked(".kb/notes"), ""),
    "the stage leads out": (linked(".kb/stage"), ""),
    "a file of the cache leads out": (linked_file(".kb/inputs"), ""),
    "a passing file of the cache leads out": (linked_file(".kb/scratch"), ""),
    "a passing file of the cache is a folder": (folder(".kb/scratch/none"), ""),
    "the index leads out": (linked("search_index"), ""),
    "a file of the index leads out": (linked_file("search_index/base"), ""),
    "the index is a file": (file("search_index"), ""),
    "a file of people is a pipe": (pipe("content/people.toml"), "KB109"),
    "a file of people leads out": (linked_file("content/people.toml"), "KB109"),
    "a programme is a pipe": (pipe("content/schedules/a.toml"), "KB109"),
    "a programme leads out": (linked_file("content/schedules/a.toml"), "KB109"),
    "the list of links leads out": (linked_file("content/links.toml"), "KB109"),
    "a theme leads out": (linked("themes/default"), "KB109"),
    "a static file is a pipe": (pipe("static/x"), "KB109"),
    "folders without end": (deep, "KB109"),
}
"""What is planted → who plants it, and what is told."""
REFUSED: Mapping[str, tuple[Made, tuple[str, ...]]] = {
    "the cache leads out": (linked(".kb"), ()),
    "the cache is a file": (file(".kb"), ()),
    "the cache is a pipe": (pipe(".kb"), ()),
    "the lock leads out": (linked_file(".kb/lock"), ()),
    "the lock is a pipe": (pipe(".kb/lock"), ()),
    "the settings lead out": (linked_file("site.toml"), ()),
    "the settings are a pipe": (pipe("site.toml"), ()),
    "the content leads out": (linked("content"), ()),
    "static files lead out": (linked("static"), ()),
    "the output leads out": (linked("public"), ()),
    "the output is a file": (file("public"), ()),
    "the output is a pipe": (pipe("public"), ()),
    "the output has strangers": (folder_of_strangers, ()),
    "a folder of the output leads out": (linked("public/notes"), ()),
    "the output is the root": (lambda _site, _outside: None, ("-o", "/")),
    "the output is above the site": (lambda _site, _outside: None, ("-o", "..")),
    "the output is the content": (lambda _site, _outside: None, ("-o", "content")),
    "the output is in the cache": (lambda _site, _outside: None, ("-o", ".kb/public")),
}
"""What is planted → who plants it, and how kb is called."""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the site, with files that are nobody's business."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for number in range(STRANGERS):
        (folder / f"{number}.md").write_text(f"# {SECRET} {number}\n")
    return folder


def held(folder: Path) -> dict[str, str]:
    """Return all files below `folder`, and what is in them."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else ""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("told", BUILT)
def test_what_is_planted_is_passed_by_and_the_rest_is_built(
    told: str, tmp_path: Path, outside: Path
) -> None:
    plant, code = BUILT[told]
    site = new_site(tmp_path / "site", {"good.md": GOOD})
    plant(site, outside)
    before = held(outside)
    done = run(site, "build", "--jobs", "1")
    assert done.code == (1 if code else 0), done.stderr
    assert code in done.stderr
    assert "internal fault" not in done.stderr
    assert held(outside) == before
    assert (site / "public/notes/good/index.html").is_file()
    published = (path for path in (site / "public").rglob("*") if path.is_file())
    assert [path for path in published if SECRET.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("told", REFUSED)
def test_where_kb_would_write_elsewhere_it_ends_in_two_lines(
    told: str, tmp_path: Path, outside: Path
) -> None:
    plant, arguments = REFUSED[told]
    site = new_site(tmp_path / "site", {"good.md": GOOD})
    plant(site, outside)
    before = held(outside)
    own = {name: text for name, text in held(site).items() if not name.startswith(".kb")}
    done = run(site, "build", "--jobs", "1", *arguments)
    assert done.code in {1, 2}
    assert done.stderr.startswith("kb: ")
    assert len(done.stderr.splitlines()) <= 2, done.stderr
    assert held(outside) == before
    assert {n: text for n, text in held(site).items() if not n.startswith(".kb")} == own


def test_folders_are_looked_into_as_deep_as_anybody_nests_them(tmp_path: Path) -> None:
    deep_note = "/".join(["d"] * (DEEPEST // 2)) + "/n.md"
    site = new_site(tmp_path / "site", {deep_note: GOOD})
    assert run(site, "build", "--jobs", "1").code == 0
    assert (site / "public/notes/n/index.html").is_file()
