"""File names of every kind: each note is published or named in an error, and none in silence."""

import base64
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.corpora import rows
from tests.hostile.measured import Run, new_site, run

NAMES: Mapping[str, tuple[str | bytes, ...]] = {
    "one name in two normal forms": ("caf\u00e9.md", "cafe\u0301.md"),
    "one name in two cases": ("Boats.md", "boats.md"),
    "two names of one slug": ("a b.md", "a-b.md"),
    "two endings": ("x.md", "x.markdown"),
    "a file and an index": ("y.md", "y/index.md"),
    "two indexes": ("z/index.md", "z/_index.md"),
    "names of devices": ("CON.md", "nul.md", "com1.md", "aux/lpt1.md"),
    "names of the site's own pages": (
        "index.md", "404.md", "search.md", "feed.md", "talks.md", "notes/index.md", "data/site.md",
        "sitemap.md", "robots.md", "_headers.md", "_redirects.md", "theme/style.md",
    ),
    "dots": ("a..md", "...md", "b...c.md", "d. .md"),
    "a name as long as can be": ("n" * 252 + ".md",),
    "a name of many bytes": ("\u6f22" * 84 + ".md",),
    "a deep path": ("/".join(["d" * 40] * 30) + "/n.md",),
    "a new line": ("a\nb.md",),
    "a carriage return and an escape": ("a\r\x1b[31mb.md",),
    "a tab and blanks": (" a\tb .md",),
    "quotes": ("it's \"x\" `y`.md",),
    "markup": ("<img src=x onerror=alert(1)>.md",),
    "an encoded way out": ("%2e%2e%2fx.md", "..%2f..%2fy.md"),
    "a backslash": ("..\\..\\x.md",),
    "a drive": ("C:x.md",),
    "an option": ("-rf.md", "--help.md"),
    "a pattern": ("*.md", "[a]?.md"),
    "signs of the shell": ("$(touch x);`y`&|.md",),
    "a query and a fragment": ("a?b#c.md",),
    "right to left": ("\u202emd.exe.md", "\u05e9\u05dc\u05d5\u05dd.md"),
    "emoji": ("\U0001f468\u200d\U0001f469\u200d\U0001f467.md",),
    "nothing but signs": ("!!!.md", "???.md"),
    "not UTF-8": (b"caf\xe9.md", b"\xff\xfe.md"),
    "a mark alone": ("\u0301.md", "\ufeff.md"),
}  # fmt: skip


def made(folder: Path, names: Sequence[str | bytes]) -> tuple[Path, list[bytes], list[int]]:
    """Return a site with a note of every name that the disk takes, those names, their numbers."""
    site = new_site(folder / "site", {"other.md": "# Another note\n\nStays.\n"})
    content = os.fsencode(site / "content")
    taken: list[bytes] = []
    numbers: list[int] = []
    for number, name in enumerate(names):
        path = os.path.join(content, os.fsencode(name))  # noqa: PTH118  (bytes)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            if os.path.exists(path):  # noqa: PTH110
                continue
            Path(os.fsdecode(path)).write_text(f"# Note {number}\n\nunmistakable-{number}.\n")
        except OSError:
            continue
        if not any(part.startswith(".") for part in os.fsdecode(name).split("/")):
            taken.append(os.fsencode(name))  # what begins with a dot is hidden, and no note
            numbers.append(number)
    return site, taken, numbers


def lost(site: Path, done: Run, numbers: Sequence[int]) -> list[int]:
    """Return the numbers of notes that are neither published nor the reason of an error."""
    shown = "".join(
        path.read_text() for path in (site / "public").rglob("*.html") if path.is_file()
    )
    missing = [number for number in numbers if f"unmistakable-{number}." not in shown]
    errors = len(re.findall(r": error KB\d+: ", done.stderr))
    return missing if errors < len(missing) else []


def check(folder: Path, names: Sequence[str | bytes], *, notes: bool = True) -> Run:
    """Build a site with notes of these names; `notes` is False where they are no names of notes."""
    site, taken, numbers = made(folder, names)
    done = run(site, "build")
    assert done.code in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    if notes:
        assert lost(site, done, numbers) == [], (taken, done.stderr)
    else:
        assert lost(site, done, numbers) == numbers, (taken, done.stderr)
    assert done.stderr.isprintable() or not set(done.stderr) & set("\x1b\r\x00")
    home = (site / "public/index.html").read_text()
    assert "unmistakable" not in home
    assert (site / "public/notes/other/index.html").is_file()
    assert sorted(path.name for path in folder.iterdir()) == ["site"]
    allowed = {".kb", "content", "public", "search_index", "site.toml"}
    assert {path.name for path in site.iterdir()} == allowed
    again = run(site, "build")
    assert again.code == done.code
    return done


@pytest.mark.parametrize("told", sorted(NAMES))
def test_notes_of_any_name(told: str, tmp_path: Path) -> None:
    check(tmp_path, NAMES[told])


PARTS = 4
"""Tests that share what takes minutes on a busy machine."""
CLASHES = ("one name in two cases", "two names of one slug", "two endings", "two indexes")


@pytest.mark.parametrize("told", CLASHES)
def test_a_clash_names_both_files(told: str, tmp_path: Path) -> None:
    site, taken, _ = made(tmp_path, NAMES[told])
    if len(taken) < 2:
        pytest.skip("NOT RUN: this file system takes only one of the two names")
    done = run(site, "check")
    lines = [line for line in done.stdout.splitlines() if re.search(r"KB30[19]|KB109", line)]
    for name in taken:
        assert any(name.decode() in line for line in lines), (name, done.stdout)


def test_two_spellings_of_one_name_are_told(tmp_path: Path) -> None:
    site, taken, _ = made(tmp_path, NAMES["one name in two normal forms"])
    if len(taken) < 2:
        pytest.skip("NOT RUN: this file system knows only one spelling of a name")
    done = run(site, "check")
    assert "spelled in two ways" in done.stdout


@pytest.mark.shared
@pytest.mark.parametrize("part", range(PARTS))
def test_notes_of_known_names(part: int, shared: Path, tmp_path: Path) -> None:
    known = list(rows(shared, "filenames"))
    for row in known[part::PARTS]:
        names = [base64.b64decode(path) for path in row["paths_b64"]]
        folder = tmp_path / row["id"]
        folder.mkdir()
        done = check(folder, names, notes=row["expect"] != "skipped")
        if row["expect"] == "error":
            assert done.code == 1, row
