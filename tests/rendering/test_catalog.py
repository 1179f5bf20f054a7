"""URLs to files and back, chunks of long lists, and text cut short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.site import records_of
from kb.rendering.briefs import shorten
from kb.rendering.catalog import Catalog, in_chunks, output_path, relative, root_of
from tests.rendering import sample


@pytest.mark.parametrize(
    ("url", "path", "root"),
    [
        ("/", "index.html", "./"),
        ("/talks/a/b/", "talks/a/b/index.html", "../../../"),
        ("/404.html", "404.html", "./"),
        ("/old", "old/index.html", "../"),
        ("/a%20b/%C3%A9/", "a b/é/index.html", "../../"),
    ],
)
def test_urls_and_files(url: str, path: str, root: str) -> None:
    assert output_path(url) == path
    assert root_of(url) == root


@given(st.lists(st.integers(), max_size=900), st.integers(1, 250))
def test_chunks_hold_everything_in_order(items: list[int], size: int) -> None:
    chunks = in_chunks(tuple(items), size)
    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) <= size for chunk in chunks)
    assert max(map(len, chunks)) - min(map(len, chunks)) <= 1


@given(st.text(max_size=300), st.integers(2, 200))
def test_shortened_text_fits(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


@pytest.mark.parametrize(
    ("page", "url", "way"),
    [
        ("/", "/talks/", "./talks/"),
        ("/", "/", "./"),
        ("/talks/a/b/", "/talks/a/c/#x", "../../../talks/a/c/#x"),
        ("/talks/a/b/", "/", "../../../"),
        ("/talks/a%20b/c/", "/talks/a%20b/d/", "../../../talks/a%20b/d/"),
        ("/talks/a/b/", "https://a.example/", "https://a.example/"),
        ("/404.html", "/talks/", "./talks/"),
    ],
)
def test_urls_lead_over_the_root(page: str, url: str, way: str) -> None:
    assert relative(url, root_of(page)) == way


def test_a_row_is_made_once_until_it_is_let_go() -> None:
    records = records_of(sample.site())
    catalog = Catalog(records, sample.notes(), sample.settings())
    url = next(iter(records.sessions))
    row = catalog.desk("/topics/a/").row(url)
    assert catalog.desk("/topics/b/").row(url) is row
    catalog.forget()
    again = catalog.desk("/topics/b/").row(url)
    assert again is not row
    assert again == row
