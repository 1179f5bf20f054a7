"""Hostile input: what is kept beside a checkout, in a bounded sample, and samples of our own."""

import time
from pathlib import Path

import pytest

from kb.model.note import Note
from kb.model.value import decode, encode
from tests.hostile.corpora import content, rows, some
from tests.reading.reader import codes, complaints, misplaced, note, targets

CORPORA = (
    "markdown-examples",
    "markdown-it-fixtures",
    "xss",
    "xss-markdown",
    "naughty-strings",
    "fuzz-seeds",
    "trojan-source",
)
FRONT = b'+++\ntitle = "T"\n+++\n'


def faults(data: bytes) -> list[str]:
    """Return everything that is wrong with the note that `data` makes."""
    read = note(data)
    wrong = complaints(read) + misplaced(read)
    if decode(encode(read), Note) != read:
        wrong.append("does not survive the cache")
    return wrong


SLOTS = (
    "{}",
    "# {}",
    "- {}\n - {}",
    "> {}",
    "[{}]({})",
    "![{}](<{}> '{}')",
    "| {} |\n|---|\n| {} |",
    '<p title="{}">{}</p>',
    "<ul><li>{}</li></ul>",
    "<a href='{}'>{}</a>",
    "```{}\n{}\n```",
    "term\n: {}",
    "a[^1]\n\n[^1]: {}",
)
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "jav&#x0A;ascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "</textarea></title></style></script><b>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "{{constructor.constructor('alert(1)')()}}",
    "`</code><script>alert(1)</script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e\u2066txt.exe",
)


@pytest.mark.parametrize("slot", SLOTS)
def test_no_payload_gets_through_in_any_place(slot: str) -> None:
    for payload in PAYLOADS:
        data = FRONT + slot.format(*[payload] * 4).encode()
        assert faults(data) == [], payload
        assert not [t for t in targets(note(data)) if t.lower().startswith("javascript")]


REPEATED = (
    "*a_ ",
    "[a](b",
    "[",
    "[a",
    "![[](",
    "**_* ",
    "> ",
    "- ",
    " " * 3 + "- ",
    "`" + "\\",
    '<a href="',
    "<!--",
    "</",
    "<div>\n",
    "|a",
    "# a\n",
    "~~",
    "[^1]",
    "\n[^a]: x\n",
    "&#1",
    "www.",
    "https://a.b/(",
    "<ul><li>",
    "{{<",
    "* a\n ",
    "$",
    "a\n: b\n",
    "---\n",
    "[x]: y\n",
    "<b>",
    "'\"",
    "\\",
    "\t",
    "😀",
)


@pytest.mark.parametrize("part", REPEATED)
def test_no_run_takes_long(part: str) -> None:
    before = time.process_time()
    read = note(FRONT + (part * (30_000 // len(part))).encode())
    assert time.process_time() - before < 20
    assert complaints(read) == [] or len(read.blocks) > 5000


@pytest.mark.shared
@pytest.mark.parametrize("name", CORPORA)
def test_every_row_is_read_to_safe_html(name: str, shared: Path) -> None:
    for row in some(list(rows(shared, name)), 1000):
        assert faults(content(row)) == [], row.get("id")


@pytest.mark.shared
def test_toml_is_right_in_front_matter_as_toml_test_has_it(shared: Path) -> None:
    for row in rows(shared, "toml"):
        data = content(row)
        if data.endswith(b"\r"):
            continue  # with the fence after it, it is half of a line end
        if row["expect"] == "invalid" and "1.1.0" not in row["specs"]:
            continue  # TOML 1.1 allows it, and so does the parser
        read = note(b"+++\n" + data.removeprefix(b"\xef\xbb\xbf") + b"\n+++\n# T\n")
        told = {code for code, _ in codes(read)} & {"KB101", "KB104", "KB107"}
        if row["expect"] == "invalid":
            assert told, row["id"]
        else:
            assert not told, row["id"]


@pytest.mark.shared
def test_malformed_notes_are_told_at_their_line_or_built(shared: Path) -> None:
    graph = {"alias-over-page"}  # needs all pages
    for row in rows(shared, "notes-malformed"):
        if row["id"].startswith("fence-"):
            continue  # test_highlight has them
        read = note(content(row))
        assert complaints(read) == [], row["id"]
        lines = [finding.line for finding in read.findings if finding.severity == "error"]
        if row["expect"] == "error" and row["id"] not in graph:
            assert row["line"] is None or row["line"] in lines, row["id"]
            assert lines, row["id"]
        elif row["expect"] == "built":
            assert not lines, row["id"]


@pytest.mark.shared
def test_pathological_notes_are_read_in_time(shared: Path) -> None:
    for row in rows(shared, "pathological"):
        if row["id"].startswith("pattern-") or row.get("fence") in {"scala", "perl"}:
            continue  # these run into the limit: a few seconds each, not for every run
        before = time.process_time()
        smaller = [[part, max(1, times // 40)] for part, times in row["parts"]]
        note(content({**row, "parts": smaller}))
        assert time.process_time() - before < 20, row["id"]
