"""Malformed notes: each is told at its line or built, and the good ones beside them stay equal."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.corpora import content, rows
from tests.hostile.measured import new_site, run

PLACE = re.compile(
    r"^(content/[^\n]*?\.md):(\d+):\d+: (error|warning|hint) (KB\d+): ", re.MULTILINE
)

BAD: Mapping[str, tuple[bytes, int]] = {
    "bare words": (b"+++\ntitle = Some words\n+++\nBODY\n", 2),
    "a month that is none": (b'+++\ntitle = "T"\ndate = 2024-19-01\n+++\nBODY\n', 3),
    "a date in words": (b'+++\ntitle = "T"\ndate = "the day before"\n+++\nBODY\n', 3),
    "a number for a title": (b"+++\ntitle = 12\n+++\nBODY\n", 2),
    "a list that holds a number": (b'+++\ntitle = "T"\ntags = ["a", 1]\n+++\nBODY\n', 3),
    "a key twice": (b'+++\ntitle = "A"\ntitle = "B"\n+++\nBODY\n', 3),
    "an escape that is none": (b'+++\ntitle = "T"\npath = "D:\\q"\n+++\nBODY\n', 3),
    "a fence that never closes": (b'+++\ntitle = "T"\n\nBODY\n', 1),
    "a deep key": (b'+++\ntitle = "T"\n' + b"b." * 4000 + b"b = 1\n+++\nBODY\n", 3),
    "a deep list": (b'+++\ntitle = "T"\nx = ' + b"[" * 9000 + b"\n+++\nBODY\n", 3),
    "a number of digits": (b'+++\ntitle = "T"\nx = ' + b"7" * 6000 + b"\n+++\nBODY\n", 3),
    "a path out of the site": (b'+++\ntitle = "T"\nslug = "../../../etc"\n+++\nBODY\n', 3),
    "an encoded path out": (b'+++\ntitle = "T"\nslug = "%2e%2e%2fx"\n+++\nBODY\n', 3),
    "a drive for a slug": (b'+++\ntitle = "T"\nslug = "D:\\\\x"\n+++\nBODY\n', 3),
    "a script for an address": (b'+++\ntitle = "T"\nurl = "javascript:a()"\n+++\nBODY\n', 3),
    "another host for an alias": (b'+++\ntitle = "T"\naliases = ["//e.example"]\n+++\nBODY\n', 3),
    "a control in the title": (b'+++\ntitle = "a\x02b"\n+++\nBODY\n', 2),
    "bytes of Latin-1": (b'+++\ntitle = "T"\n+++\nCaf\xe9\n', 4),
    "half a letter at the end": (b'+++\ntitle = "T"\n+++\nBODY \xe2\x82', 4),
    "UTF-16": ('+++\ntitle = "T"\n+++\nBODY\n'.encode("utf-16"), 1),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 1),
    "nothing": (b"", 1),
    "YAML with a tab": (b"---\ntitle: T\nx:\n\t- a\n---\nBODY\n", 4),
    "YAML that never closes a quote": (b'---\ntitle: "T\nx: 1\n---\nBODY\n', 2),
    "a key of a talk that is none": (b'+++\ntitle = "T"\n[[talks]]\nspeeker = "A"\n+++\nB\n', 4),
}
"""What is wrong with it → the note, and the line to tell."""
FINE: Mapping[str, bytes] = {
    "a list between rules": b"---\n- a\n---\nBODY\n",
    "a byte order mark": b'\xef\xbb\xbf+++\ntitle = "T"\n+++\nBODY\n',
    "line ends of Windows": b'+++\r\ntitle = "T"\r\n+++\r\nBODY\r\n',
    "line ends of old Macs": b'+++\rtitle = "T"\r+++\rBODY\r',
    "a title that is markup": b'+++\ntitle = "</script><b>"\n+++\nBODY\n',
    "a formula": b'+++\ntitle = "=1+1"\n+++\nBODY\n',
    "notes that go round": b'+++\ntitle = "T"\n+++\n[^a]\n\n[^a]: see [^b]\n\n[^b]: see [^a]\n',
    "a comment that never ends": b'+++\ntitle = "T"\n+++\n<!-- x\n\nBODY\n',
    "topics of signs": b'+++\ntitle = "T"\ntopics = ["C", "C++", "C#", "..", "a/b"]\n+++\nBODY\n',
    "quotes in quotes": b'+++\ntitle = "T"\n+++\n' + b">" * 900 + b" x\n",
    "empty headings": b'+++\ntitle = "T"\n+++\n#\n\n##\n\n# \n',
    "headings of one name": b'+++\ntitle = "T"\n+++\n## Q\n\n## Q\n\n## Q-1\n\n## Q\n',
    "what XML forbids": '+++\ntitle = "T"\n+++\na\x0bb\ufffe\uffff\n'.encode(),
}


def good(number: int) -> str:
    return (
        f"+++\ntitle = 'Quiet note {number}'\ndate = 2020-01-{number % 28 + 1:02}\n"
        f"kind = 'article'\n+++\n\nWords of note {number}, and a list:\n\n- one\n- two {number}\n"
    )


CONFERENCE = b"""\
+++
title = "Quay Conf 2019 - Monday"
tags = ["boats"]
+++

#### Boats by Ines Carvalho

- https://slides.example.org/boats
"""
"""Gives the site every kind of page, so that its menu is the same with and without bad notes."""
GOOD = {f"good/quiet-{number:03}.md": good(number).encode() for number in range(200)}
GOOD["good/conference.md"] = CONFERENCE


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The pages of the good notes, built without any bad one."""
    site = new_site(tmp_path_factory.mktemp("alone") / "site", GOOD)
    done = run(site, "build")
    assert done.code == 0, done.stderr
    return pages(site)


def pages(site: Path) -> dict[str, bytes]:
    found = sorted((site / "public/notes").glob("quiet-*/index.html"))
    assert len(found) == 200
    return {path.parent.name: path.read_bytes() for path in found}


def built(folder: Path, notes: Mapping[str, bytes]) -> tuple[Path, dict[str, set[int]], int]:
    """Return the site of `notes` beside the good ones, the lines of errors by file, the code."""
    site = new_site(folder / "site", {**GOOD, **notes})
    done = run(site, "check")
    assert "Traceback" not in done.stderr
    told: dict[str, set[int]] = {}
    for name, line, severity, _ in PLACE.findall(done.stdout):
        if severity == "error":
            told.setdefault(name.removeprefix("content/"), set()).add(int(line))
    code = run(site, "build").code
    return site, told, code


def name_of(told: str) -> str:
    return f"bad/{told.replace(' ', '-')}.md"


def test_each_is_told_at_its_line_and_the_good_ones_stay(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    notes = {name_of(told): data for told, (data, _) in BAD.items()}
    fine = {name_of(told): data for told, data in FINE.items()}
    site, found, code = built(tmp_path, {**notes, **fine})
    assert code == 1
    wrong = {
        told: found.get(name_of(told))
        for told, (_, line) in BAD.items()
        if line not in found.get(name_of(told), set())
    }
    assert wrong == {}
    assert {told: found[name_of(told)] for told in FINE if name_of(told) in found} == {}
    assert pages(site) == alone
    shown = {path.parent.name for path in (site / "public/notes").glob("*/index.html")}
    assert {told.replace(" ", "-").lower() for told in FINE} - shown == set()


@pytest.mark.shared
def test_those_of_the_corpus_too(shared: Path, tmp_path: Path, alone: dict[str, bytes]) -> None:
    known = list(rows(shared, "notes-malformed"))
    notes = {f"bad/{row['id']}.md": content(row) for row in known}
    site, found, code = built(tmp_path, notes)
    assert code == 1
    wrong = []
    for row in known:
        lines = found.get(f"bad/{row['id']}.md", set())
        if row["expect"] == "error" and not (
            lines if row["line"] is None else row["line"] in lines
        ):
            wrong.append((row["id"], row["line"], lines))
        if row["expect"] == "built" and lines:
            wrong.append((row["id"], None, lines))
    assert wrong == []
    assert pages(site) == alone
