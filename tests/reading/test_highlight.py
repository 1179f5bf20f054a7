"""Colours for code, within bounds, and nothing hidden in it."""

import re
import threading
import time
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading import highlight
from kb.reading.highlight import LONGEST, Highlighter, plain
from tests.reading.reader import body, codes

HANGS = '"' + "\\" * 48
"""Makes several of Pygments's string rules try every way to read it."""


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_code_is_coloured_with_classes() -> None:
    html, late = Highlighter().colour("x = 'a<b'\n", "python")
    assert html.startswith('x = <span class="s1">')
    assert "style=" not in html
    assert words(html) == "x = 'a<b'\n"
    assert not late


@pytest.mark.parametrize(
    "language", ["", "no-such-language", "text", "<script>", "..", "python\x00"]
)
def test_code_in_no_known_language_is_plain(language: str) -> None:
    assert Highlighter().colour("a < b & c\n", language) == ("a &lt; b &amp; c\n", False)


@pytest.mark.parametrize("language", ["scala", "tcsh"])
def test_code_that_hangs_a_lexer_is_shown_plain_in_time(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(highlight, "SECONDS", 0.2)
    highlighter = Highlighter()
    before = time.process_time()
    assert highlighter.colour(HANGS, language) == (plain(HANGS), True)
    assert highlighter.colour("val x = 1\n", language) == ("val x = 1\n", True)
    assert time.process_time() - before < 10


def test_the_note_tells_which_code_was_not_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlight, "SECONDS", 0.2)
    read = body(f"text\n\n```scala\n{HANGS}\n```\n")
    assert codes(read) == [("KB112", 6)]
    assert read.blocks[1].text == HANGS + "\n"


def test_where_no_limit_can_be_set_such_code_is_not_tried() -> None:
    found: list[tuple[str, bool]] = []
    tried = ((HANGS, "scala"), ("s{" * 40, "perl"), ("def f(x):\n    return x\n", "python"))

    def work() -> None:
        found.extend(Highlighter().colour(code, language) for code, language in tried)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert [late for _, late in found] == [True, True, False]
    assert "<span" in found[2][0]


def test_very_long_code_is_plain() -> None:
    code = "x = 1\n" * (LONGEST // 6 + 1)
    assert Highlighter().colour(code, "python") == (code, True)


def test_characters_that_reorder_or_hide_code_are_made_visible() -> None:
    code = "if access != 'none\u202e\u2066': # \u2069 he\u200bllo\n"
    for language in ("python", ""):
        html, _ = Highlighter().colour(code, language)
        assert "\u202e" not in html
        assert "\u200b" not in html
        assert '<span class="control">U+202E</span>' in html


_LANGUAGES = st.sampled_from(
    ["python", "bash", "yaml", "html", "json", "diff", "console", "rst", "xx"]
)


@given(st.text(max_size=80), _LANGUAGES)
def test_the_text_of_code_never_changes(code: str, language: str) -> None:
    html, _ = Highlighter().colour(code, language)
    assert "<script" not in html
    if code.isascii() and "\r" not in code and code.strip():
        assert words(html).rstrip("\n") == code.rstrip("\n")
