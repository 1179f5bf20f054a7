"""The ledger of links: read with its faults as findings, written around what its writer put."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.ledger import Ledger, LinkEntry
from kb.model.note import Source
from kb.model.value import replace
from kb.reading.ledger import read_ledger
from kb.reading.ledger_text import NotWritable, revised

TEXT = """\
# my links, by hand

[[links]]   # the one from Oslo
url = "https://a.example.org/x"   # keep
last_good = 2026-01-01
skip = true

# gone since the relaunch
[[links]]
archive = "https://archive.example.org/y"
url = "https://a.example.org/y"
dead = true
"""


def read(text: str) -> Ledger:
    return read_ledger(Source("content/links.toml", "", text.encode()))


def test_entries_are_read() -> None:
    ledger = read(TEXT)
    assert ledger.findings == ()
    first, second = ledger.entries
    assert first == LinkEntry("https://a.example.org/x", last_good="2026-01-01", skip=True, line=3)
    assert second.is_dead
    assert second.archive == "https://archive.example.org/y"
    assert read_ledger(None) == Ledger()


@pytest.mark.parametrize(
    ("lines", "said", "line"),
    [
        ("url = 3", "`url` must be a web address in quotes", 1),
        ('url = "javascript:alert(1)"', "`url` must be a web address in quotes", 1),
        ('url = "https://a.example.org"\narchive = "data:text/html,x"', "`archive` must be", 1),
        ('url = "https://a.example.org"\nlast_good = "soon"', "`last_good` must be a date", 1),
        ('url = "https://a.example.org"\ngone = 2026-01-01', "`gone` must be a list of dates", 1),
        ('url = "https://a.example.org"\ngone = [1]', "`gone` must be a list of dates", 1),
        ('url = "https://a.example.org"\nded = true', "`ded` is no key of an entry here", 1),
        ('url = "https://a.example.org"\nline = 4', "`line` is no key of an entry here", 1),
        ('url = "https://a.example.org"\ndead = "yes"', "the entry cannot be used", 1),
        ("skip = true", "the entry has no url", 1),
    ],
)
def test_a_wrong_entry_is_told_and_the_others_are_read(lines: str, said: str, line: int) -> None:
    ledger = read(f'[[links]]\n{lines}\n[[links]]\nurl = "https://b.example.org/"\n')
    assert [entry.url for entry in ledger.entries] == ["https://b.example.org/"]
    (finding,) = ledger.findings
    assert finding.code == "KB113"
    assert finding.message.startswith(said)
    assert finding.line == line


@pytest.mark.parametrize(
    "text", ["links = 3", "[links]\nurl = 1", "[[talks]]\nx = 1", "links = [3]"]
)
def test_other_shapes_are_told(text: str) -> None:
    ledger = read(text)
    assert ledger.entries == ()
    assert {finding.code for finding in ledger.findings} == {"KB113"}


def test_what_is_no_toml_is_told_and_the_rest_is_read() -> None:
    ledger = read('[[links]]\nurl = "https://b.example.org/"\nlast_good = = 3\n')
    assert [entry.url for entry in ledger.entries] == ["https://b.example.org/"]
    assert [(one.code, one.line) for one in ledger.findings] == [("KB118", 3)]


def test_a_double_is_told() -> None:
    (finding,) = read('[[links]]\nurl = "https://b.example.org/"\n' * 2).findings
    assert "there twice, first in line 1" in finding.message


def test_comments_order_and_the_writers_keys_stay() -> None:
    first, second = read(TEXT).entries
    changed = replace(
        first,
        last_good="2026-02-02",
        failures=("2026-03-01", "2026-03-02"),
        answer='503 "Busy"',
    )
    third = LinkEntry("https://c.example.org/", first_cited="2017-05-08", last_good="2026-02-02")
    text = revised(TEXT, [changed, replace(second, last_good="2026-02-02"), third])
    assert read(text).findings == ()
    assert [replace(one, line=0) for one in read(text).entries] == [
        replace(changed, line=0),
        replace(second, last_good="2026-02-02", line=0),
        third,
    ]
    for kept in (
        "# my links, by hand",
        "# the one from Oslo",
        "# keep",
        "# gone since the relaunch",
    ):
        assert kept in text
    assert text.index("# gone since") < text.index("a.example.org/y") < text.index("c.example.org")
    assert "last_good = 2026-02-02\n" in text
    assert revised(text, [changed, third]) == text


def test_keys_that_are_over_go() -> None:
    (entry,) = read(
        '[[links]]\nurl = "https://b.example.org/"\nanswer = "404"\ngone = [2026-01-01]\n'
    ).entries
    text = revised(
        revised("", [entry]), [replace(entry, answer="", gone=(), last_good="2026-02-02")]
    )
    assert "answer" not in text.partition("[[links]]")[2]
    assert "gone" not in text.partition("[[links]]")[2]


def test_nothing_to_say_changes_not_one_byte() -> None:
    for text in (TEXT, TEXT.replace("\n", "\r\n"), "# nothing yet\n"):
        assert revised(text, []) == text


def test_line_ends_stay() -> None:
    windows = TEXT.replace("\n", "\r\n")
    text = revised(windows, [LinkEntry("https://c.example.org/", last_good="2026-02-02")])
    assert text.startswith(windows)
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize("text", ["links = = 3", "links = 3", "[links]\nx = 1"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(NotWritable):
        revised(text, [])


DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)).map(dt.date.isoformat)
ENTRIES = st.builds(
    LinkEntry,
    url=st.from_regex(
        r"https?://[a-z]{1,9}\.example/[^\s<>\x00-\x1f\x7f-\x9f]{0,9}", fullmatch=True
    ),
    first_cited=st.just("") | DAYS,
    last_good=st.just("") | DAYS,
    last_asked=st.just("") | DAYS,
    answer=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20),
    failures=st.lists(DAYS, max_size=3).map(tuple),
    gone=st.lists(DAYS, max_size=3).map(tuple),
)


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.url))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_what_is_read(entries: list[LinkEntry]) -> None:
    text = revised(revised("", entries[:2]), entries)
    ledger = read(text)
    assert ledger.findings == ()
    assert [replace(one, line=0) for one in ledger.entries] == entries


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    for whole in (data, b"[[links]]\n" + data, b"[[links]]\nurl = " + data):
        ledger = read_ledger(Source("content/links.toml", "", whole))
        assert all(one.path == "content/links.toml" for one in ledger.findings)
