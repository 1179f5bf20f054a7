"""Links of kb's pages, led to another generator's pages."""

import pytest

from kb.embedding.links import between, headings_of, linked


@pytest.mark.parametrize(
    ("page", "target", "link"),
    [
        ("talks/a/b/", "speakers/c/", "../../../speakers/c/"),
        ("talks/a/b/", "talks/a/", "../"),
        ("talks/a/b.html", "talks/a.html", "../a.html"),
        ("index.html", "talks/a.html", "talks/a.html"),
        ("talks/a/", "", "../../"),
        ("", "talks/a/", "talks/a/"),
        ("talks/", "talks/", "./"),
        ("talks/", "talks/a:b/", "./a:b/"),
    ],
)
def test_between(page: str, target: str, link: str) -> None:
    assert between(page, target) == link


WHERE = {"/talks/a/": "talks/a/", "/notes/n/": "2021/n/", "/p.png": "img/p.png"}
OWN = {"/talks/a/"}


def led(html: str) -> str:
    return linked(html, "/talks/a/", WHERE, OWN, between)


def test_links_lead_to_the_hosts_pages_and_files() -> None:
    assert (
        led('<a href="../../notes/n/#x" class="y">n</a>')
        == '<a href="../../2021/n/" class="y">n</a>'
    )
    assert led('<a href="./#x">n</a>') == '<a href="./#x">n</a>'
    assert led('<a href="#x">n</a>') == '<a href="#x">n</a>'


def test_links_to_others_stay() -> None:
    for url in ("https://example.org/a?b=1&amp;c=2", "mailto:a@example.org"):
        assert led(f'<a href="{url}">n</a>') == f'<a href="{url}">n</a>'


def test_a_link_to_what_the_host_does_not_have_loses_its_target() -> None:
    assert led('<a href="../../search/" title="t">n</a>') == '<a title="t">n</a>'


def test_pictures_are_those_of_the_host_in_one_size() -> None:
    several = 'srcset="../../p.png.480.webp 480w" sizes="9rem"'
    html = f'<img src="../../p.png" {several} alt="P" width="1600" height="900">'
    assert led(html) == '<img src="../../img/p.png" alt="P" width="800" height="450">'


def test_a_picture_that_the_host_does_not_have_is_its_words() -> None:
    assert led('<img src="../../q.png" alt="a &lt;q&gt;">') == "<em>a &lt;q&gt;</em>"


def test_text_that_looks_like_an_attribute_stays() -> None:
    text = '<p>write href="../x/" there, or src="/y"</p>'
    assert led(text) == text


def test_headings() -> None:
    html = '<h2 id="a">One <em>&amp;</em> two</h2><h2>none</h2><h3 dir="auto" id="b">three</h3>'
    found = [(one.level, one.id, one.html) for one in headings_of(html)]
    assert found == [(2, "a", "One &amp; two"), (3, "b", "three")]
