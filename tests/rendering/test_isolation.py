"""Characters that turn the direction of writing stay inside the text that holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.rendering.isolation import isolated

SIGNS = st.text(st.sampled_from("ab \u202a\u202e\u202c\u2066\u2067\u2068\u2069"), max_size=30)


@pytest.mark.parametrize("plain", ["", "a title", "Ünïcode", "a\u200fb"])
def test_what_turns_nothing_is_left_alone(plain: str) -> None:
    assert isolated(plain) is plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egpj.exe", "\u2068\u202egpj.exe\u2069"),
        ("a \u2066b", "a \u2066b\u2069"),
        ("a \u2066\u202eb\u2069 c", "a \u2066\u202eb\u2069 c"),
        ("a\u2069b\u202e", "\u2068ab\u202e\u2069"),
        ("https://a.example/\u202ex", "https://a.example/%E2%80%AEx"),
        ("/notes/\u2066/", "/notes/%E2%81%A6/"),
    ],
)
def test_what_turns_is_isolated(text: str, shown: str) -> None:
    assert isolated(text) == shown


@given(SIGNS)
def test_every_isolate_ends_where_the_text_does(text: str) -> None:
    shown = isolated(text)
    depth = 0
    for sign in shown:
        depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
        assert depth >= 0
        assert depth or sign not in "\u202a\u202e"
    assert depth == 0
    assert isolated(shown) == shown
