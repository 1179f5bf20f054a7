"""Postings: places of words, kept as ascending differences whatever is written."""

from hypothesis import example, given
from hypothesis import strategies as st

from kb.search.documents import Document
from kb.search.postings import Collection, places_of, postings

LONG = "long" * 20 + ".pdf"
"""Longer than a word may be, and joined by a mark: both its forms are cut to the same word."""


@given(st.text(alphabet="ab_.-' 1", max_size=200))
@example(f"{LONG} {LONG}")
def test_places_ascend_and_come_back(text: str) -> None:
    document = Document("link", "https://a.example/", text, body=(text, text))
    for posting in postings(document, Collection()).values():
        places = places_of(posting)
        assert places == sorted(set(places))
