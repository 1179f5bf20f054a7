"""Colours for code, within bounds, and nothing hidden in it."""

import re
import subprocess
import sys
import threading
import time
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.model.note import Source
from kb.reading import code as colours
from kb.reading.code import LONGEST, Highlighter, coloured_in, plain
from kb.reading.notes import ReadingOptions, read_note
from tests.reading.reader import body, codes

HANGS = '"' + "\\" * 48
"""Makes several of Pygments's string rules try every way to read it."""


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_code_is_coloured_with_classes() -> None:
    html, late = Highlighter({}).colour("x = 'a<b'\n", "python")
    assert html.startswith('x = <span class="s1">')
    assert "style=" not in html
    assert words(html) == "x = 'a<b'\n"
    assert not late


@pytest.mark.parametrize(
    "language", ["", "no-such-language", "text", "<script>", "..", "python\x00"]
)
def test_code_in_no_known_language_is_plain(language: str) -> None:
    assert Highlighter({}).colour("a < b & c\n", language) == ("a &lt; b &amp; c\n", False)


@pytest.mark.parametrize("language", ["scala", "tcsh"])
def test_code_that_hangs_a_lexer_is_shown_plain_in_time(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colours, "SECONDS", 0.2)
    highlighter = Highlighter({})
    before = time.process_time()
    assert highlighter.colour(HANGS, language) == (plain(HANGS), True)
    assert highlighter.colour("val x = 1\n", language) == ("val x = 1\n", True)
    assert time.process_time() - before < 10


def test_the_note_tells_which_code_was_not_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colours, "SECONDS", 0.2)
    read = body(f"text\n\n```scala\n{HANGS}\n```\n")
    assert codes(read) == [("KB112", 6)]
    assert read.blocks[1].text == HANGS + "\n"


def test_where_no_limit_can_be_set_such_code_is_not_tried() -> None:
    found: list[tuple[str, bool]] = []
    tried = ((HANGS, "scala"), ("s{" * 40, "perl"), ("def f(x):\n    return x\n", "python"))

    def work() -> None:
        found.extend(Highlighter({}).colour(code, language) for code, language in tried)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert [late for _, late in found] == [True, True, False]
    assert "<span" in found[2][0]


def test_very_long_code_is_plain() -> None:
    code = "x = 1\n" * (LONGEST // 6 + 1)
    assert Highlighter({}).colour(code, "python") == (code, True)


def test_characters_that_reorder_or_hide_code_are_made_visible() -> None:
    code = "if access != 'none\u202e\u2066': # \u2069 he\u200bllo\n"
    for language in ("python", ""):
        html, _ = Highlighter({}).colour(code, language)
        assert "\u202e" not in html
        assert "\u200b" not in html
        assert '<span class="control">U+202E</span>' in html


_LANGUAGES = st.sampled_from(
    ["python", "bash", "yaml", "html", "json", "diff", "console", "rst", "xx"]
)


@given(st.text(max_size=80), _LANGUAGES)
def test_the_text_of_code_never_changes(code: str, language: str) -> None:
    html, _ = Highlighter({}).colour(code, language)
    assert "<script" not in html
    if code.isascii() and "\r" not in code and code.strip():
        assert words(html).rstrip("\n") == code.rstrip("\n")


FENCES = st.lists(
    st.tuples(
        st.sampled_from(["python", "html", "", "no-such-language", "scala"]),
        st.sampled_from(["x = 1\n", "x = 'a<b'\n", "<b>\n", HANGS + "\n", "\u202e = 1\n"]),
    ),
    max_size=5,
)


def written(fences: list[tuple[str, str]]) -> bytes:
    return "".join(f"~~~{name}\n{code}~~~\n\n" for name, code in fences).encode()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FENCES, FENCES)
def test_what_was_coloured_before_spares_work_and_alters_nothing(
    monkeypatch: pytest.MonkeyPatch, old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(colours, "SECONDS", 0.1)
    before = read_note(Source("a.md", "1", written(old)), ReadingOptions())
    source = Source("a.md", "2", written(new))
    assert read_note(source, ReadingOptions(), before) == read_note(source, ReadingOptions())


def test_pygments_is_not_loaded_for_code_that_is_known() -> None:
    read = (
        "import sys\n"
        "from kb.model.note import Source\n"
        "from kb.model.value import decode, encode\n"
        "from kb.model.note import Note\n"
        "from kb.reading.notes import ReadingOptions, read_note\n"
        "data = b'~~~python\\nx = 1\\n~~~\\n~~~\\nplain\\n~~~\\n'\n"
    )
    first = (
        "sys.stdout.buffer.write(encode(read_note(Source('a.md', '1', data), ReadingOptions())))"
    )
    kept = subprocess.run([sys.executable, "-c", read + first], capture_output=True, check=True)
    second = (
        "before = decode(sys.stdin.buffer.read(), Note)\n"
        "note = read_note(Source('a.md', '2', data + b'more'), ReadingOptions(), before)\n"
        "print('class=' in str(note.blocks[0].html), 'pygments' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", read + second], input=kept.stdout, capture_output=True, check=True
    )
    assert done.stdout == b"True False\n"


def test_of_a_note_that_is_known_only_what_is_in_colours_is_taken() -> None:
    note = read_note(
        Source("a.md", "1", written([("python", "x = 1\n"), ("", "y\n"), ("weird", "z\n")])),
        ReadingOptions(),
    )
    assert [*coloured_in(note)] == [("python", "x = 1\n")]
