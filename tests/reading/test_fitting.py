"""HTML that stands where it may not: made valid, nothing lost."""

import pytest

from tests.reading.reader import body, complaints, html, texts


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("<li>a</li><li>b</li>", [[["a"], ["b"]]]),
        ("<ul>loose<li>a</li></ul>", [[["loose"], ["a"]]]),
        ("<ul><ul><li>a</li></ul></ul>", [[[[["a"]]]]]),
        ("<menu><li>a</li>b</menu>", [[["a"], ["b"]]]),
        ("<dl>loose<dt>t</dt><dd>d</dd></dl>", [[["loose"], "t", ["d"]]]),
        ("<dd>d</dd>", [[["d"]]]),
        ("<table><caption>c</caption><tr><td>x</td></tr></table>", ["c", [["x"]]]),
        ("<table>loose<tr>text<td>x</td></tr></table>", ["loosetext", [["x"]]]),
        ("<details>first<summary>s</summary></details>", [["first", "s"]]),
        ("<details><summary>s</summary><summary>t</summary></details>", [["s", "t"]]),
        ("<summary>alone</summary>", ["alone"]),
    ],
)
def test_what_may_not_stand_there_is_put_right(written: str, tree: list[object]) -> None:
    read = body(written + "\n")
    assert texts(read.blocks) == tree
    assert complaints(read) == []


def test_markdown_between_rows_stands_before_the_table() -> None:
    read = body("<table>\n\n# Title\n\n<tr><td>x</td></tr></table>\n")
    assert texts(read.blocks) == ["Title", [["x"]]]
    assert html(read).index("<h1") < html(read).index("<table")
