"""HTML → Markdown: what it says stays, and nothing else is said."""

import html
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.importing.markup import to_markdown
from kb.model.note import Block, Note, Source
from kb.reading.notes import ReadingOptions, read_note


def read(markdown: str) -> Note:
    source = Source("n.md", "0", f"+++\ntitle = 'n'\n+++\n\n{markdown}\n".encode())
    return read_note(source, ReadingOptions(linkify=False))


def texts(markdown: str) -> list[str]:
    return [leaf.text for leaf in read(markdown).walk() if not leaf.children]


@pytest.mark.parametrize(
    ("given_html", "markdown"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("loose <b>text</b>", "loose **text**"),
        ("<h2 id='x'>A &amp; B</h2>", "## A & B"),
        ("<p><em>a</em> <strong> b </strong><s>c</s></p>", "*a*  **b** ~~c~~"),
        ("<p>x<sup>2</sup></p>", "x<sup>2</sup>"),
        ("<p>a<br>b<br/>c</p>", "a\\\nb\\\nc"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre><code class='language-sh'>a  b\n```\n</code></pre>", "````sh\na  b\n```\n````"),
        ("<p><code>a*b</code> <code>`</code></p>", "`a*b` `` ` ``"),
        ("<p><a href='/x y'>go</a></p>", "[go](/x%20y)"),
        ("<p><a href='https://a.example/'>https://a.example/</a></p>", "<https://a.example/>"),
        ("<p><a href='java\nscript:alert(1)'>go</a></p>", "go"),
        ("<img src='/p(1).png' alt='A [b]'>", "![A \\[b\\]](/p%281%29.png)"),
        ("<img src='data:image/png;base64,xx'>", ""),
        ("<figure><img src=/p.png><figcaption>C</figcaption></figure>", "![](/p.png)\n\n*C*"),
        ("<hr>", "---"),
        (
            "<table><tr><th>a<th>b|c<tr><td>1</table>",
            "| a | b\\|c |\n| --- | --- |\n| 1 |  |",
        ),
        ("<table><tr><td>a<table><tr><td>b|<td>c</table></table>", "| a b\\| c |\n| --- |"),
        (
            "<iframe src='//www.youtube.com/embed/abcdefghijk?x=1'></iframe>",
            "<https://www.youtube.com/watch?v=abcdefghijk>",
        ),
        ("<div><span><p>in</p></span></div>", "in"),
        ("<p># a</p><p>1. b</p><p>- c</p><p>+ d</p><p>> e</p><p>---</p>",
         "\\# a\n\n1\\. b\n\n\\- c\n\n\\+ d\n\n\\> e\n\n\\---"),
        ("<!-- kg-card-begin: html --><p>a</p><!-- end -->", "a"),
        ("", ""),
    ],
)  # fmt: skip
def test_each_element_has_its_mark(given_html: str, markdown: str) -> None:
    assert to_markdown(given_html).markdown == markdown


def test_what_has_no_words_is_named() -> None:
    turned = to_markdown("<p>a<script>b</script></p><style>c</style><iframe></iframe>")
    assert turned == ("a", ("iframe", "script", "style"))


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab1 .)#*_-+=>`~[]()!<&;\\|:\"'/amp\n"), max_size=40))
def test_text_stays_text(text: str) -> None:
    words = " ".join(text.split())
    shown = to_markdown(f"<p>{html.escape(text)}</p>").markdown
    assert texts(shown) == ([words] if words else [])


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("<>/abipulno= '\"!-&;\n"), max_size=200))
def test_any_html_is_read(text: str) -> None:
    read(to_markdown(text).markdown)


@pytest.mark.parametrize(
    "text",
    ["<div>" * 50_000, "<b>" * 50_000, "<ul><li>" * 20_000, "<" * 100_000, "<!--" * 50_000,
     "<a href='>" * 50_000, "<a " * 50_000, "<a b='" * 50_001, "<script>" * 50_000, "</" * 50_000,
     "<a =" * 50_000, "&" * 100_000, "<p>" + "`" * 50_000, "<table>" + "<tr><td>" * 20_000,
     "<table><tr><td>" * 20_000],
)  # fmt: skip
def test_deep_or_broken_html_ends(text: str) -> None:
    to_markdown(text)


def leaves(note: Note) -> list[Block]:
    return [one for one in note.walk() if not one.children]


def test_lists_come_back_as_lists() -> None:
    note: Any = read(to_markdown("<ol><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ol>").markdown)
    (top,) = note.blocks
    assert (top.kind, [leaf.text for leaf in leaves(note)]) == ("numbers", ["a", "b", "c", "d"])
