"""Text as TOML: one line, and read as it was written."""

import tomli
from hypothesis import given
from hypothesis import strategies as st

from kb.schedules.writing import quoted


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_is_read_as_it_was_written_and_is_one_line(text: str) -> None:
    written = quoted(text)
    assert tomli.loads(f"title = {written}") == {"title": text}
    assert len(written.splitlines()) == 1


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert tomli.loads("title = " + quoted("a\ud83d")) == {"title": "a\ufffd"}
