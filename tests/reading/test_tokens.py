"""Tokens: whatever is written, the rules that are left out would have found nothing."""

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb.reading.tokens import Token, configured, is_tightly_headed, read_tokens

LINES = st.sampled_from(
    [
        "",
        "",
        "# ",
        "#",
        "## ",
        "* ",
        " * ",
        "  - ",
        "1. ",
        "2) ",
        "> ",
        "> - ",
        "    ",
        "\t",
        ": ",
        "~ ",
        "```",
        "~~~ sh",
        "---",
        "===",
        "- - -",
        "|---|",
        "--|:-:",
        "[ref]: ",
        "[^1]: ",
        "<div>",
        "</div>",
        "<!-- ",
        "-->",
        "<pre>",
        "* [ ] ",
        "-",
        "=",
        "\\# ",
        "+ ",
        "-\t",
    ]
)
WORDS = st.sampled_from(
    [
        "tide",
        "*lamp*",
        "**",
        "*",
        "_",
        "snake_case",
        "`code`",
        "`",
        "~~gone~~",
        "~",
        "~~",
        "\\*",
        "[words](to 't')",
        "[ref]",
        "[^1]",
        "^[aside *x*]",
        "![alt](a.png)",
        "![",
        "[",
        "](",
        "]",
        "http://example.com/a_b",
        "://",
        ":",
        "<https://example.com>",
        "<b>",
        "</a>",
        "<",
        "&amp;",
        "&",
        "{{< fig >}}",
        "{{",
        "|",
        "a | b",
        "!",
        "^",
        "  \n",
        "\\\n",
        "\n",
        "\n  ",
        "é",
        "\\",
    ]
)
TEXTS = st.lists(
    st.tuples(LINES, st.lists(WORDS, max_size=5).map(" ".join)).map("".join), max_size=12
).map("\n".join)


ADDRESS_DEFINED = re.compile(r"\]:[\s>]*<?http")
"""A definition of a web address: where no link uses it, kb shows it and the library does not."""


def library(source: str) -> list[Token]:
    """Return the tokens of a parser that asks every rule at every place, as the library does."""
    environment = {"tight_headings": is_tightly_headed(source), "linkify": True}
    return configured(MarkdownIt("commonmark")).parse(source, environment)


def told(token: Token) -> dict[str, Any]:
    """Return all that a token tells; the level of inline tokens is of no use to anybody."""
    shown = dict(token.as_dict(children=False))
    shown["children"] = [told(child) for child in token.children or _plain(token)]
    for child in shown["children"]:
        del child["level"]
    return shown


def _plain(token: Token) -> list[Token]:
    if token.type != "inline" or not token.content:
        return []
    return [Token("text", "", 0, content=token.content)]


@pytest.mark.parametrize(
    "source",
    [
        "plain\n",
        "* a\n* b\n\n  c\n",
        "Over two\nlines\n===\nmore",
        "> quoted\nlazy\n- list",
        "Term\n\n: one\n\n: two",
        "a | b\n--|--\n1 | 2\n> quote",
        "[ref]\n\n[ref]: to\n'title'\n",
        "- a\n - b\n  - c\n   - d\n    - e\n     - f",
        "[" * 30 + "x" + "](y)" * 30,
        "1. one\n2. two\ntext\n7. no list",
        "#Tight\n##Tight too\ntext\n##ends it",
    ],
)
def test_only_rules_that_find_nothing_are_left_out(source: str) -> None:
    tokens, _ = read_tokens(source, linkify=True)
    assert [told(token) for token in tokens] == [told(token) for token in library(source)]


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_only_rules_that_find_nothing_are_left_out_of_anything(source: str) -> None:
    assume(not ADDRESS_DEFINED.search(source))
    tokens, _ = read_tokens(source, linkify=True)
    assert [told(token) for token in tokens] == [told(token) for token in library(source)]
