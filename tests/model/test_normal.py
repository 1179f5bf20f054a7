"""Normal forms: as Python has them, but never for hours."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.normal import normalized

ANY = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("a\u0300\u0315\u034fé"))
)


@given(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), ANY)
def test_writing_is_normalized_as_ever(form: str, text: str) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("tail", ["\u0300", "\u0345", "\u3099"])
def test_a_run_of_marks_takes_no_time(tail: str) -> None:
    text = "a" + "\u0315" * 300_000 + tail * 300_000
    before = time.process_time()
    done = normalized("NFKD", text)
    assert time.process_time() - before < 5
    assert done.replace("\u034f", "").count("\u0315") == 300_000
    assert normalized("NFKD", done) == done


def test_a_run_of_other_signs_is_left_alone() -> None:
    for text in ("—" * 500, "😀" * 200, "क्षि" * 100):
        assert normalized("NFC", text) == unicodedata.normalize("NFC", text)
