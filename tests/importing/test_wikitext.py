"""Obsidian's marks become Markdown, outside of code only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.importing.wikitext import Turned, headings_of_blocks, to_markdown


class Known:
    """A vault of three files beside the note."""

    def find(self, name: str) -> str | None:
        files = {"Other": "Other.md", "a b.png": "a b.png", "x.pdf": "in/x.pdf"}
        return files.get(name)

    def anchor(self, name: str, part: str) -> str:
        return "" if part == "^gone" else part.lower().replace(" ", "-").lstrip("^")


def turned(text: str) -> Turned:
    return to_markdown(text, Known())


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("[[Other]]", "[Other](Other.md)"),
        ("see [[Other|this *one*]].", "see [this \\*one\\*](Other.md)."),
        ("[[Other#Two Words]]", "[Other > Two Words](Other.md#two-words)"),
        ("[[Other#A#B]]", "[Other > B](Other.md#b)"),
        ("[[#Here]]", "[Here](#here)"),
        ("[[Other#^gone]]", "[Other > gone](Other.md)"),
        ("| [[Other\\|x]] |", "| [x](Other.md) |"),
        ("[[Nowhere]]", "[[Nowhere]]"),
        ("![[a b.png]]", "![](a%20b.png)"),
        ("![[a b.png|200]]", "![](a%20b.png)"),
        ("![[a b.png|A pump|200x100]]", "![A pump](a%20b.png)"),
        ("![[x.pdf]]", "[x.pdf](in/x.pdf)"),
        ("![[Other]]", "[Other](Other.md)"),
        ("![[gone.png]]", "![[gone.png]]"),
        ("[t](x.pdf)", "[t](in/x.pdf)"),
        ("[t](https://a.example/Other)", "[t](https://a.example/Other)"),
        ("a ==b c== d == e", "a <mark>b c</mark> d == e"),
        ("==[[Other]]==", "<mark>[Other](Other.md)</mark>"),
        ("a %%b -- c%% d", "a <!--b - - c--> d"),
        ("%%\na -- b\n%%\nc", "<!--\na - - b\n-->\nc"),
        ("a %%b\n\nc -- `d`%% e", "a \n<!--\nb\nc - - `d`\n-->\n e"),
        ("a %%b%% c %%d\ne", "a <!--b--> c \n<!--\nd\ne\n-->"),
        ("`%%` a", "`%%` a"),
        ("```\n%%\n```\n[[Other]]", "```\n%%\n```\n[Other](Other.md)"),
        ("words ^id-1", "words"),
        ("2^10 stays", "2^10 stays"),
        ("`[[Other]]` ``[[Other]] ` x``", "`[[Other]]` ``[[Other]] ` x``"),
        ("```\n[[Other]] ^x\n```\n[[Other]]", "```\n[[Other]] ^x\n```\n[Other](Other.md)"),
        ("~~~~\n~~~\n[[Other]]\n~~~~", "~~~~\n~~~\n[[Other]]\n~~~~"),
        ("- ```sh\n  [[Other]]\n  ```", "- ```sh\n  [[Other]]\n  ```"),
        ("> [!note] Mind #it\n> b", "> **Mind #it**\n>\n> b"),
        ("> [!warning]-\n> b", "> **Warning**\n>\n> b"),
        (">> [!see-also]\n>> b", ">> **See also**\n>>\n>> b"),
        ("> [!abstract]\n> b", "> b"),
        ("> [!tldr] Short\n> b", "> **Short**\n>\n> b"),
        ("#one #two/three\ntext #four", "\ntext #four"),
    ],
)  # fmt: skip
def test_each_mark_becomes_what_it_means(text: str, markdown: str) -> None:
    assert turned(text).text == markdown


def test_tags_are_told() -> None:
    text = "#one, a #two/three (no#t) #123 https://x.example/#no `#no` # Head\n## Head #four"
    assert turned(text).tags == ["one", "two/three", "four"]


def test_what_leads_nowhere_is_told_with_its_line() -> None:
    found = turned("a\n[[Gone]] ![[lost.png]]\n[[Other]]").remarks
    assert found == [(2, "[[Gone]] leads to no note"), (2, "![[lost.png]] is not there")]


def test_blocks_are_found_by_their_heading() -> None:
    text = "first ^a\n## One\nx ^b\n```\n# no\nx ^c\n```\n### Two ##\n\n^d\n"
    assert headings_of_blocks(text) == {"a": "", "b": "One", "d": "Two"}


@given(st.text(st.sampled_from("[]|#!^=%`~>- \nOther ab.png/"), max_size=80))
def test_any_text_is_turned_line_by_line(text: str) -> None:
    shown = turned(text).text
    for line in text.split("\n"):
        if not set(line) & set("[]#^=%"):
            assert line in shown.split("\n")


@pytest.mark.parametrize("mark", ["[[", "![[a", "`", "``", "==", "%%", "[](", "#", ">", "[!"])
def test_long_lines_end(mark: str) -> None:
    turned(mark * 9_000)
    turned((mark + "x") * 100_000)
    turned(f"{mark}x " * 6_000)
