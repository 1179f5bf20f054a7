import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.links import canonical, kind_of_link, tells_title
from kb.model.facts import LINK_KINDS
from kb.model.vocabulary import LinkRule


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://www.openstack.org/videos/boston-2017/some-talk", "recording"),
        ("https://www.openstack.org/summit/boston-2017/summit-schedule/events/1/x", "schedule"),
        ("https://youtu.be/abc", "recording"),
        ("https://www.youtube.com/@someone", "profile"),
        ("https://speakerdeck.com/a/b", "slides"),
        ("https://fr.slideshare.net/a/b", "slides"),
        ("https://example.org/2019/slides/types.pdf", "slides"),
        ("https://etherpad.openstack.org/p/x", "etherpad"),
        ("https://etherpad.example.net/p/x", "etherpad"),
        ("https://wiki.openstack.org/wiki/Cells", "wiki"),
        ("https://en.wikipedia.org/wiki/Kite", "wiki"),
        ("https://docs.example.com/guide", "docs"),
        ("https://thing.readthedocs.io/en/latest/", "docs"),
        ("https://github.com/a/b", "code"),
        ("https://git.example.org/a/b", "code"),
        ("https://pypi.org/project/kb", "package"),
        ("https://arxiv.org/abs/2301.00001", "paper"),
        ("https://doi.org/10.1/1", "paper"),
        ("https://twitter.com/someone", "profile"),
        ("https://twitter.com/someone/status/12", "article"),
        ("https://www.linkedin.com/in/someone/", "profile"),
        ("https://conf.example/2019/sessions/types", "schedule"),
        ("https://blog.example/a-post", "article"),
        ("http://[bad", "article"),
    ],
)
def test_a_url_tells_its_kind(url: str, kind: str) -> None:
    assert kind_of_link(url) == kind
    assert kind in LINK_KINDS


def test_words_decide_where_the_url_does_not() -> None:
    assert kind_of_link("https://e.org/x", "Slides") == "slides"
    assert kind_of_link("https://e.org/x", "", "Video: https://e.org/x") == "recording"
    assert kind_of_link("https://github.com/a/talk", "slides") == "slides"


def test_a_site_s_own_rules_come_first() -> None:
    rules = (LinkRule("video.example", "recording"), LinkRule("*.example/runbooks/*", "runbook"))
    assert kind_of_link("https://video.example/x", rules=rules) == "recording"
    assert kind_of_link("https://a.example/runbooks/db", rules=rules) == "runbook"
    assert kind_of_link("https://b.org/x", rules=rules) == "article"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.e.org/a/", "https://e.org/a"),
        ("https://e.org/a?utm_source=x&b=1", "https://e.org/a?b=1"),
        ("https://e.org/a?b=1&a=2", "https://e.org/a?a=2&b=1"),
        ("https://E.org:443/a%20b", "https://e.org/a b"),
        ("https://youtu.be/abc?t=3", "https://www.youtube.com/watch?v=abc&feature=share"),
        ("https://e.org/a#top", "https://e.org/a"),
    ],
)
def test_spellings_of_one_url_have_one_form(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_different_pages_stay_apart() -> None:
    assert canonical("https://e.org/A") != canonical("https://e.org/a")
    assert canonical("https://e.org/?p=1") != canonical("https://e.org/?p=2")
    assert canonical("https://e.org/#!/talk") != canonical("https://e.org/")


def test_a_slug_may_repeat_a_title() -> None:
    url = "https://e.org/sessions/sensors-in-the-mud"
    assert tells_title(url, "Sensors in the mud")
    assert not tells_title(url, "Mapping bees by night")
    assert not tells_title("https://e.org/", "Sensors in the mud")


@given(st.text(max_size=60))
def test_canonical_is_stable(tail: str) -> None:
    once = canonical("https://e.org/" + tail)
    assert canonical("https://e.org/" + tail) == once
    kind_of_link("https://e.org/" + tail)
