"""Columns of links and pictures: right, or not told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.note import Reference
from kb.reading.columns import LONGEST, placed
from tests.reading.reader import note


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("See [this](gone.md).", [5]),
        ("![a picture](no.png)", [1]),
        ("  * [a](x.md) and [b](x.md)", [5, 19]),
        ("[![a](x.png)](x.png)", [1, 2]),
        ("über [ä \\] b](x.md 'Title') ", [6]),
        ("[a [b] c](<x.md>)", [1]),
        ("`[a](x.md)` [a](x.md)", [0]),
        ("[a](x&amp;y.md)", [0]),
        ("[a][b]\n\n[b]: x.md", [0]),
        ("[two\nlines](x.md)", [0]),
        ("# [head](x.md)", [3]),
        ("| a | [b](x.md) |\n|---|---|\n", [7]),
    ],
)
def test_the_column_is_that_of_the_first_character(line: str, columns: list[int]) -> None:
    read = note(f"+++\ntitle = 'T'\n+++\n\n{line}\n")
    assert [one.column for one in read.references] == columns


def test_a_very_long_line_has_no_columns() -> None:
    reference = Reference("link", "x", line=1)
    assert placed([reference], " " * LONGEST + "[a](x)", 1)[0].column == 0


@given(st.text(alphabet="[]()!\\x `<>\n", max_size=40))
def test_a_column_is_always_one_of_the_line(text: str) -> None:
    references = [Reference(kind, "x", line=1) for kind in ("link", "picture")]
    for one in placed(references, text, 1):
        assert one.column == 0 or text.partition("\n")[0][one.column - 1] in "[!"
