"""Text that attacks the build: every note ends in time, in little memory, and the rest is built."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kb.building.learning import read_one
from kb.model.note import Source
from kb.model.settings import Settings
from kb.model.vocabulary import Vocabulary
from kb.plugins.gathered import NONE
from kb.reading.html import MOST_PARTS
from kb.reading.notes import MOST_LINES
from kb.reading.tokens import MOST_TOKENS
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.corpora import WHOLE, content, rows, some
from tests.hostile.measured import new_site, run

FRONT = '+++\ntitle = "T"\n+++\n'
SECONDS = 5.0
"""Of the processor, for a note of any kind."""
MEGABYTES = 500
CODE_SECONDS = 2.0
"""For a note whose only sin is code that hangs a lexer."""
START = 0.7
"""Seconds that a build takes before and after the note: imports, templates, a site of one note."""
GOOD = "# A good note\n\nStays as it is.\n"
SIZE = 2_000_000 if WHOLE else 60_000
"""Bytes of a note."""


def lines(line: str, *, pieces: int = 0, before: str = "") -> Callable[[int], str]:
    """Return what makes a note of `line` again and again.

    Where it is told how many `pieces` a line has, there are as many as are still read as Markdown.
    """

    def made(size: int) -> str:
        times = size // len(line.encode())
        if pieces:
            times = min(times, (MOST_TOKENS - 20) // pieces)
            times = min(times, (MOST_LINES - 20) // (line.count("\n") or 1))
        return FRONT + before + line * times

    return made


def differing(line: str, *, pieces: int = 0) -> Callable[[int], str]:
    """Return what makes a note of lines with another number for `@` in each."""

    def made(size: int) -> str:
        times = size // (len(line.encode()) + 4)
        times = min(times, (MOST_TOKENS - 20) // pieces) if pieces else times
        return FRONT + "".join(line.replace("@", str(number)) for number in range(times))

    return made


def tags(tag: str, outer: str, *, parts: int) -> Callable[[int], str]:
    """Return what makes a note of `tag` again and again in `outer`, as many as are read."""

    def made(size: int) -> str:
        times = min(size // len(tag), (MOST_PARTS - 20) // parts)
        return f"{FRONT}<{outer}>{tag * times}</{outer}>\n"

    return made


def name(number: int) -> str:
    """Return a name of letters alone, another one for each number."""
    first, last = (
        "".join(chr(97 + int(digit)) for digit in str(n)) for n in (number, number * 7 + 3)
    )
    return f"{first.capitalize()}o {last.capitalize()}i"


def talks_of(speakers: int) -> Callable[[int], str]:
    """Return what makes a note whose front matter gives each of its talks so many speakers."""

    def made(size: int) -> str:
        talks = min(900, size // (speakers * 15 + 60))
        told = [
            f"[[talks]]\ntitle='Scaling {name(n).split()[0]}'\n"
            f"speakers={[name(n * speakers + k) for k in range(speakers)]}\n"
            for n in range(talks)
        ]
        heads = [f"## Scaling {name(n).split()[0]}\n\nText.\n\n" for n in range(talks)]
        return f"+++\ntitle='T'\n{''.join(told)}+++\n{''.join(heads)}"

    return made


def matter(kind: str, line: str) -> Callable[[int], str]:
    fence = "+++" if kind == "toml" else "---"
    return lambda size: f"{fence}\n{line * (size // len(line))}{fence}\n# T\n"


def marks(one: str, other: str) -> Callable[[int], str]:
    def made(size: int) -> str:
        half = size // 2 // len(one.encode())
        return f"{FRONT}# a{one * half}{other * half}\n"

    return made


SHAPES: Mapping[str, Callable[[int], str]] = {
    "headings": lines("# a\n"),
    "headings of talks": lines("## Talk by Ann Smith\n\n- Ann Smith\n\n"),
    "items": lines("- Ann Smith\n"),
    "names in a heading": lambda size: FRONT + "# " + "Ann Smith, " * (size // 11),
    "colons in a heading": lambda size: FRONT + "# " + "a: " * (size // 3),
    "dashes in a heading": lambda size: FRONT + "# " + "a - " * (size // 4),
    "by in a heading": lambda size: FRONT + "# " + "by " * (size // 3),
    "brackets in a heading": lambda size: FRONT + "# " + "(" * size,
    "names": lines("Foo Bar "),
    "bold paragraphs": lines("**a**\n\n"),
    "dates": lines("2024-06-03 "),
    "times": lines("14:30-15:00 "),
    "addresses": lines("https://a.example/x "),
    "accents": marks("\u0315", "\u0300"),
    "accents as entities": marks("&#x315;", "&#x300;"),
    "one word": lambda size: FRONT + "a" * size,
    "tables": lines("|a|b|\n|-|-|\n|1|2|\n\n"),
    "footnotes": lambda size: (
        FRONT + "".join(f"[^{n}]\n\n[^{n}]: x\n\n" for n in range(size // 25))
    ),
    "pieces of code": lines("```py\nx\n```\n"),
    "pictures": lines("![a](b.png) "),
    "comments": lines("<!-- kb: talk -->\n"),
    "tags of HTML": lines("<b>a</b>"),
    "attributes of HTML": lambda size: FRONT + "<p " + "a=b " * (size // 4) + ">x</p>\n",
    "details of HTML": lines("<details>"),
    "speakers": lambda size: FRONT + "# T\n\nSpeakers: " + "Ann Smith, " * (size // 11),
    "quotes": lines("> a\n\n"),
    "brackets": lines("["),
    "stars": lines("*a_ "),
    "handles": lines("@a "),
    "words that are topics": lines("Kubernetes OpenStack "),
    "YAML lists": matter("yaml", "- a\n"),
    "YAML brackets": matter("yaml", "["),
    "TOML tables": matter("toml", "[[talks]]\ntitle='x'\n"),
    "TOML faults": matter("toml", "x = = \n"),
    "TOML brackets": lambda size: (
        "+++\nx = " + "[" * (size // 2) + "]" * (size // 2) + "\n+++\nx\n"
    ),
    "TOML fences": matter("toml", '+++\nx="""\n'),
    "TOML tags": lambda size: (
        f"+++\ntitle='T'\ntags={[f't{n}' for n in range(size // 10)]}\n+++\n## A talk\n\n- Al Bo\n"
    ),
    "short items": lines("- x\n", pieces=5),
    "numbered items": lines("1) x y\n", pieces=5),
    "items apart": lines("- Ann Smith\n\n", pieces=5),
    "items within items": lines("- a\n  - b\n", pieces=12),
    "items in one line": lines("- - - x\n"),
    "items of tasks": lines("- [ ] x\n", pieces=6),
    "items of all kinds": lines("- *a* [b](c) `d` http://e.f <b>g</b> &amp;\n", pieces=24),
    "short headings": lines("# a\n", pieces=3),
    "headings and items": lines("## a\n- b\n", pieces=10),
    "definitions": lines("a\n: b\n\n", pieces=8),
    "rows of a table": lines("|1|2|\n", pieces=8, before="|a|b|\n|-|-|\n"),
    "cells of a row": lambda size: FRONT + "|a" * (size // 4) + "|\n" + "|-" * (size // 4) + "|\n",
    "paragraphs with footnotes": lines("^[a]\n\n", pieces=5),
    "links": lines("[a](b)\n\n", pieces=7),
    "links that differ": differing("[a](b@) ", pieces=7),
    "addresses that differ": differing("http://a.b/@\n", pieces=7),
    "words that differ": differing("w@ "),
    "handles that differ": differing("- @@\n", pieces=5),
    "shortcodes": lines('{{< figure src="a" >}}\n\n', pieces=7),
    "hard breaks": lines("a\\\n", pieces=2),
    "items of HTML": tags("<li>a", "ul", parts=2),
    "paragraphs of HTML": tags("<p>a", "div", parts=2),
    "cells of HTML": tags("<tr><td>a", "table", parts=3),
    "terms of HTML": tags("<dt>a<dd>b", "dl", parts=4),
    "links of HTML": tags("<a href=b>c</a>", "div", parts=3),
    "talks of many speakers": talks_of(200),
    "talks of one speaker": talks_of(1),
    "TOML keys": lambda size: (
        "+++\n" + "".join(f"k{n}=1\n" for n in range(size // 11)) + "+++\nx\n"
    ),
    "YAML tags": lambda size: (
        "---\ntags:\n" + "".join(f"- t{n}\n" for n in range(size // 10)) + "---\nx\n"
    ),
}
"""What makes readers slow, each a note of any size."""


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_note_of_any_shape_is_read_in_time(shape: str) -> None:
    data = SHAPES[shape](SIZE).encode()[:2_097_152]
    before = time.process_time()
    note, facts = read_one(Source("n.md", "0" * 64, data), Settings(), Vocabulary(), NONE)
    assert time.process_time() - before < SECONDS + 1.5  # both limits, where both are reached
    codes = {finding.code for finding in (*note.findings, *facts.findings)}
    assert note.blocks or note.comments or codes


BUILT = (
    "headings",
    "accents as entities",
    "TOML tags",
    "footnotes",
    "attributes of HTML",
    "items of HTML",
    "talks of many speakers",
)


@pytest.mark.parametrize("shape", sorted(SHAPES) if WHOLE else BUILT)
@pytest.mark.timeout(300)
def test_a_site_with_such_a_note_is_built(shape: str, tmp_path: Path) -> None:
    site = new_site(tmp_path / "site", {"n.md": SHAPES[shape](SIZE), "good.md": GOOD})
    done = run(site, "build", "--jobs", "1")
    assert done.code in {0, 1}, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert (site / "public/notes/good/index.html").is_file()
    assert len(list((site / "public/notes").iterdir())) >= 2
    assert done.megabytes < MEGABYTES
    assert done.seconds < 2 * SECONDS  # on a machine at rest, half of it


def test_a_note_above_the_limit_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    big = b"# Title\n\n" + b"a line of a log\n" * 6_553_600
    site = new_site(tmp_path / "site", {"big.md": big, "good.md": GOOD})
    with (site / "content/hole.md").open("wb") as hole:
        hole.truncate(100 << 20)
    done = run(site, "build", "--jobs", "1")
    assert done.code == 1
    assert done.megabytes < MEGABYTES
    assert done.seconds < 10
    told = [line for line in done.stderr.splitlines() if "KB108" in line]
    assert [line.split(":")[0] for line in told] == ["content/big.md", "content/hole.md"]
    assert f"{len(big):,}" in told[0]
    page = (site / "public/notes/big/index.html").read_text()
    assert page.count("a line of a log") > 100_000
    assert "# Title" in page


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a build takes besides the note: more than `START` where a machine is busy."""
    site = new_site(tmp_path_factory.mktemp("start") / "site", {"good.md": GOOD})
    took = [run(site, "build", "--jobs", "1", "--full").seconds for _ in range(3)]
    return max(START, *took)


@pytest.mark.shared
@pytest.mark.timeout(3600 if WHOLE else 240)
def test_known_recipes_end_in_time(shared: Path, tmp_path: Path, start: float) -> None:
    for number, row in enumerate(some(list(rows(shared, "pathological")), 8)):
        body = f"{FRONT}".encode() + content(row)
        site = new_site(tmp_path / str(number), {"n.md": body, "good.md": GOOD})
        done = run(site, "build", "--jobs", "1")
        assert done.code in {0, 1}, (row["id"], done.stderr[-2000:])
        assert "Traceback" not in done.stderr, row["id"]
        most = CODE_SECONDS if "fence" in row else SECONDS
        assert done.seconds < most + start, (row["id"], done.seconds)
        assert done.megabytes < MEGABYTES, (row["id"], done.megabytes)
        assert (site / "public/notes/good/index.html").is_file()
