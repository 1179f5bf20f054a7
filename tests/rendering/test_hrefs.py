"""URLs of others: written as browsers want them, or not at all."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.rendering.hrefs import fit


@pytest.mark.parametrize(
    ("url", "fitting"),
    [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("https://a.example/quiet\\_none/", "https://a.example/quiet%5C_none/"),
        ("https://a.example/a b|c", "https://a.example/a%20b%7Cc"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%20", "https://a.example/%20"),
        ("https://a.example/[x]", "https://a.example/%5Bx%5D"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://münchen.example/ü", "https://münchen.example/ü"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://flash.%20uni.example/", ""),
        ("http://[broken/", ""),
        ("http://a.example:99999/", ""),
        ("http:///path", ""),
        ("javascript:alert(1)", ""),
        ("JaVaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example/", ""),
    ],
)
def test_urls(url: str, fitting: str) -> None:
    assert fit(url) == fitting


@given(st.text(max_size=60))
def test_what_comes_out_is_fit_and_stays_so(text: str) -> None:
    url = fit(f"https://a.example/{text}")
    if url:
        assert fit(url) == url
        assert not set(url) & set(' "<>\\^`{|}')
        assert urlsplit(url).hostname == "a.example"
