"""Bytes are put in their places as slices of a copy would be."""

from hypothesis import given
from hypothesis import strategies as st

from kb.model.splice import spliced


@given(st.binary(max_size=40), st.data())
def test_edits_are_those_of_slices(data: bytes, drawn: st.DataObject) -> None:
    places = sorted(drawn.draw(st.lists(st.integers(0, len(data)), max_size=8).map(_even)))
    news = drawn.draw(st.lists(st.binary(max_size=3), min_size=4, max_size=4))
    edits = [*zip(places[::2], places[1::2], news, strict=False)]
    expected = bytearray(data)
    for start, end, new in reversed(edits):
        expected[start:end] = new
    assert b"".join(spliced(data, edits)) == expected


def _even(places: list[int]) -> list[int]:
    return places[: len(places) // 2 * 2]


def test_nothing_is_copied() -> None:
    data = b"one two three"
    first, new, last = spliced(memoryview(data), [(4, 7, b"2")])
    assert (bytes(first), new, bytes(last)) == (b"one ", b"2", b" three")
    assert isinstance(first, memoryview)
    assert first.obj is data
