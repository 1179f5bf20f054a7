"""No command overwrites or deletes a file that kb did not make."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.building.sample import make_site, tree
from tests.hostile.measured import run
from tests.schedules.samples import FILES as SCHEDULES

FOREIGN = {
    "notes.txt": "mine",
    ".gitignore": "mine",
    ".git/config": "mine",
    "content/a.json": "mine",
    "content/2024-river.json": "mine",
    "content/2024-river.json.new": "mine",
    "content/images/pump.png.new": "mine",
    "content/.hidden.md": "mine",
    "static/CNAME": "notes.example",
    "themes/own/templates/note.html": "mine",
    "search_index.bak/x": "mine",
    "data.sqlite": "mine",
    "site.json": "mine",
}
"""Files of the writer's own, some with the names that kb's files beside them might have."""
PUBLISHED = {
    "CNAME": "notes.example",
    ".git/config": "mine",
    "notes/own.html": "mine",
    "index.html.new": "mine",
    "notes/2024-river/index.html.kb-old": "mine",
}


def planted(folder: Path, files: dict[str, str]) -> dict[str, bytes]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {name: (folder / name).read_bytes() for name in files}


def commands() -> list[str]:
    shown = subprocess.run(
        [sys.executable, "-m", "kb", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"^  ([a-z]+)  ", shown.partition("Commands:")[2], re.MULTILINE)


CALLS = {
    "init": (".",),
    "new": ("A new note",),
    "build": ("--full",),
    "check": (),
    "search": ("pumps",),
    "extract": ("content", "--out", "content"),
    "why": ("Mira Stone",),
    "list": ("talks",),
    "theme": (),
    "completion": ("bash",),
    "export": ("json", "-o", "site.json"),
    "import": ("ghost", "notes.txt", "-o", "static"),
    "match": ("notes.txt", "--write"),
    "serve": ("--port", "notaport"),
}
"""How each command is called where it could do most harm."""


def test_every_command_is_called() -> None:
    assert set(commands()) <= set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_what_is_the_writers_stays(name: str, tmp_path: Path) -> None:
    if name not in commands():
        pytest.skip(f"NOT RUN: this kb has no command {name}")
    root = make_site(tmp_path / "site")
    mine = planted(root, FOREIGN)
    before = tree(root)
    assert run(root, "build").code == 0
    published = planted(root / "public", PUBLISHED)
    done = run(root, name, *CALLS[name])
    assert "Traceback" not in done.stderr
    assert {path: (root / path).read_bytes() for path in mine} == mine, done.stderr
    after = tree(root)
    assert {path: after.get(path) for path in before} == before, done.stderr
    assert {path: (root / "public" / path).read_bytes() for path in published} == published


@pytest.mark.parametrize("out", ["content", "elsewhere"])
def test_extract_overwrites_only_what_it_wrote(tmp_path: Path, out: str) -> None:
    root = make_site(tmp_path / "site")
    target = root / out / "2024-river.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text('{"mine": true}')
    done = run(root, "extract", "content", "--out", out)
    assert done.code == 2
    assert "2024-river.json" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert target.read_text() == '{"mine": true}'
    assert not (root / out / "about.json").exists()
    target.unlink()
    for _ in range(2):  # its own files are written again
        assert run(root, "extract", "content", "--out", out).code == 0
    assert target.is_file()


def test_a_blog_is_adopted_without_a_change_of_any_file(tmp_path: Path) -> None:
    root = tmp_path / "blog"
    mine = planted(
        root,
        {
            **FOREIGN,
            "hugo.toml": 'baseURL = "https://a.example/"\n',
            "content/posts/a.md": "+++\r\ntitle = 'A'\r\n+++\r\nA.\r\n",
            "content/posts/b.md": "\ufeff---\ntitle: B\n---\n\n\tB",
            "public/index.html": "Hugo's",
            "kb-site/index.html": "mine",
            "search_index.bak/x": "mine",
        },
    )
    changed = {name: (root / name).stat().st_mtime_ns for name in mine}
    assert run(root, "init", "--from-hugo", ".").code == 0
    assert set(tree(root)) == {*mine, "site.toml"}
    for command in ("build", "check", "build"):
        assert run(root, command).code == 0
    assert {name: (root / name).read_bytes() for name in mine} == mine
    assert {name: (root / name).stat().st_mtime_ns for name in mine} == changed
    before = (root / "site.toml").read_bytes()
    assert run(root, "init", "--from-hugo", ".").code == 1
    assert (root / "site.toml").read_bytes() == before


def test_init_writes_through_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "site"
    root.mkdir()
    (root / "content").symlink_to(outside)
    (root / ".gitignore").symlink_to(tmp_path / "nowhere")
    run(root, "init", ".")
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "nowhere").exists()


def test_new_writes_over_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    first = run(root, "new", "Of the day")
    assert first.code == 0
    path = Path(root / first.stdout.strip())
    path.write_text("mine by now")
    again = run(root, "new", "Of the day")
    assert again.code == 1
    assert path.read_text() == "mine by now"


def test_an_edited_page_stays_when_its_note_goes(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    run(root, "build")
    page = root / "public/notes/about/index.html"
    page.write_text("edited by hand")
    (root / "content/about.md").unlink()
    run(root, "build")
    assert page.read_text() == "edited by hand"


def test_the_folder_of_a_lost_manifest_is_refused(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    run(root, "build")
    mine = planted(root / "public", PUBLISHED)
    (root / "public/.kb-manifest").unlink()
    shutil.rmtree(root / ".kb")
    done = run(root, "build")
    assert done.code == 2
    assert {path: (root / "public" / path).read_bytes() for path in mine} == mine


@pytest.mark.parametrize("out", ["content", "static", "notes.txt", "public", ".", "content/new"])
def test_an_import_makes_new_folders_only(tmp_path: Path, out: str) -> None:
    root = make_site(tmp_path / "site")
    planted(root, FOREIGN)
    assert run(root, "build").code == 0
    before = tree(root)
    done = run(root, "import", "obsidian", "content", "-o", out)
    assert done.code == 2
    assert len(done.stderr.splitlines()) == 2
    assert tree(root) == before


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("csv", ("-o", "static")),
        ("csv", ("-o", "content")),
        ("csv", ("-o", ".")),
        ("csv", ("-o", "public")),
        ("pyvideo", ("-o", "themes")),
        ("sqlite", ("-o", "data.sqlite")),
        ("json", ("-o", "site.toml", "--force")),
        ("json", ("-o", "public/index.html", "--force")),
        ("json", ("-o", ".git/config", "--force")),
    ],
)
def test_exports_write_over_nothing(tmp_path: Path, name: str, arguments: tuple[str, ...]) -> None:
    root = make_site(tmp_path / "site")
    planted(root, FOREIGN)
    assert run(root, "build").code == 0
    before = {path: data for path, data in tree(root).items() if not path.startswith(".kb/")}
    done = run(root, "export", name, *arguments)
    assert done.code == 2
    assert len(done.stderr.splitlines()) == 2
    after = {path: data for path, data in tree(root).items() if not path.startswith(".kb/")}
    assert after == before


def test_an_export_follows_no_link_out_of_its_folder(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "talks.csv").write_text("mine")
    target = tmp_path / "tables"
    assert run(root, "export", "csv", "-o", str(target)).code == 0
    (target / "talks.csv").unlink()
    (target / "talks.csv").symlink_to(outside / "talks.csv")
    assert run(root, "export", "csv", "-o", str(target)).code == 2
    assert (outside / "talks.csv").read_text() == "mine"


def test_a_planted_list_makes_an_export_delete_nothing_outside(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    (tmp_path / "mine").write_text("mine")
    target = tmp_path / "tables"
    target.mkdir()
    digest = hashlib.sha256(b"mine").hexdigest()
    files = {"../mine": [digest], str(tmp_path / "mine"): [digest]}
    (target / ".kb-export").write_text(json.dumps({"format": "csv", "files": files}))
    assert run(root, "export", "csv", "-o", str(target)).code == 0
    assert (tmp_path / "mine").read_text() == "mine"


def test_match_touches_no_note_unless_told_to(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    before = tree(root)
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    done = run(root, "match", "../schedule.json")
    assert done.code == 0, done.stderr
    after = tree(root)
    made = {path for path in after if not path.startswith(".kb/")} - before.keys()
    assert made == {"content/schedules/river-conf-2024.toml"}
    assert {path: after[path] for path in before} == before


def test_a_dry_run_of_match_writes_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    before = tree(root)
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    done = run(root, "match", "../schedule.json", "--write", "--dry-run")
    assert done.code == 0, done.stderr
    assert "would be" in done.stderr
    assert {k: v for k, v in tree(root).items() if not k.startswith(".kb/")} == before


def test_match_writes_only_front_matter(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    before = tree(root)
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    done = run(root, "match", "../schedule.json", "--write")
    assert done.code == 0, done.stderr
    after = tree(root)
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {"content/2024-river.md"}
    for path in changed:
        head, _, prose = before[path].partition(b"+++\n\n")
        assert after[path].startswith(head)
        assert after[path].endswith(b"+++\n\n" + prose)


def test_match_writes_through_no_link(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "content/schedules").symlink_to(outside)
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    done = run(root, "match", "../schedule.json")
    assert done.code == 1
    assert len(done.stderr.splitlines()) == 1
    assert list(outside.iterdir()) == []


def test_match_keeps_a_file_of_the_writer_in_its_place(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    mine = root / "content/schedules/river-conf-2024.toml"
    mine.parent.mkdir()
    mine.write_text("# mine\n")
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    done = run(root, "match", "../schedule.json")
    assert done.code == 1
    assert "--force" in done.stderr
    assert mine.read_text() == "# mine\n"


def test_new_from_a_programme_writes_over_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    (tmp_path / "schedule.json").write_bytes(SCHEDULES["schedule.json"])
    first = run(root, "new", "--from", "../schedule.json")
    assert first.code == 0, first.stderr
    before = tree(root)
    again = run(root, "new", "--from", "../schedule.json")
    assert again.code == 1
    assert tree(root) == before


BAD = {
    "empty": b"",
    "no schedule": b'{"a": 1}',
    "no JSON": b"{",
    "entities": b'<!DOCTYPE s [<!ENTITY a "b">]><schedule>&a;</schedule>',
    "no end": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n",
    "a wrong zone": SCHEDULES["schedule.json"].replace(b"Europe/Zurich", b"Mars/Base"),
    "one id twice": SCHEDULES["schedule.json"].replace(b'"id": 12', b'"id": 11'),
    "too many bytes": b"title\n" + b"talk,\n" * 8_500_000,
    "a device": None,
}
"""Programmes that are none; 50 MB and `/dev/zero` among them."""


@pytest.mark.parametrize("why", sorted(BAD))
def test_a_programme_that_is_none_ends_in_one_line(why: str, tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    before = tree(root)
    data = BAD[why]
    name = "/dev/zero"
    if data is not None:
        name = "../programme.csv" if why == "too many bytes" else "../programme.json"
        (root / name).write_bytes(data)
    for command in (("match", name, "--write"), ("new", "--from", name)):
        done = run(root, *command)
        assert done.code == 1, done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith(f"kb: {name}:")
        assert "Traceback" not in done.stderr
        assert done.megabytes < 500
    assert {k: v for k, v in tree(root).items() if not k.startswith(".kb/")} == before
