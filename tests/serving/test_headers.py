from hypothesis import given
from hypothesis import strategies as st

from kb.serving.headers import FALLBACK, OWN, answer_headers, content_type, read_rules

FILE = """# what hosts are told
/*
  Content-Security-Policy: default-src 'self'
  X-Content-Type-Options: nosniff
  Set-Cookie: a=b

/theme/*
  Cache-Control: public, max-age=31536000, immutable
/talks/:name/
  X-Talk: yes
"""


def test_published_headers_are_those_of_the_file() -> None:
    rules = read_rules(FILE)
    assert answer_headers("/", rules)["content-security-policy"] == "default-src 'self'"
    assert "x-talk" not in answer_headers("/", rules)
    assert answer_headers("/talks/one/", rules)["x-talk"] == "yes"
    assert "x-talk" not in answer_headers("/talks/one/two/", rules)
    assert "set-cookie" not in answer_headers("/", rules)


def test_the_preview_has_the_last_word() -> None:
    headers = answer_headers("/theme/a.css", read_rules(FILE))
    assert headers["cache-control"] == OWN["cache-control"]
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_site_without_the_file_gets_a_strict_policy() -> None:
    assert answer_headers("/", ())["content-security-policy"] == FALLBACK["content-security-policy"]


@given(st.text(), st.text())
def test_any_file_gives_headers_that_can_be_sent(text: str, url: str) -> None:
    for name, value in answer_headers("/" + url, read_rules(text)).items():
        assert name.isascii()
        assert value.isascii()
        assert "\n" not in name + value
        assert "\r" not in name + value


def test_types_do_not_depend_on_the_machine() -> None:
    assert content_type("a/index.html") == "text/html; charset=utf-8"
    assert content_type("a.js") == "text/javascript; charset=utf-8"
    assert content_type("a.JPG") == "image/jpeg"
    assert content_type("feed.atom") == "application/atom+xml; charset=utf-8"
    assert content_type("CNAME") == "application/octet-stream"
