"""One URL however it is spelled, shown as written."""

from urllib.parse import parse_qsl, quote, unquote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.graph import links
from kb.graph.links import canonical, host_of, shown
from tests.graph.builders import by_title, event, link, session, site, told


@pytest.mark.parametrize(
    "spelling",
    [
        "https://example.org/a",
        "http://www.example.org/a/",
        "HTTPS://EXAMPLE.ORG:443/a",
        "//example.org/a",
        "https://example.org./a",
        "https://example.org/a/index.html",
        "https://example.org/a?utm_source=x&fbclid=1",
        "https://example.org/%61#part",
        " https://example.org/a ",
    ],
)
def test_spellings_of_one_link(spelling: str) -> None:
    assert canonical(spelling) == "example.org/a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://groups.example/forum/#!topic/x", "https://groups.example/forum/#!topic/y"),
        ("https://app.example/#/about", "https://app.example/"),
        ("mailto:a@example.org", "mailto:b@example.org"),
        ("https://example.org/a%2Fb", "https://example.org/a%3Fb"),
    ],
)
def test_two_links_stay_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_one_recording_has_many_addresses() -> None:
    spellings = (
        "https://www.youtube.com/watch?v=abc_DEF-123&t=42s&list=x",
        "https://youtu.be/abc_DEF-123?si=zzz",
        "https://m.youtube.com/watch?feature=share&v=abc_DEF-123",
        "https://www.youtube-nocookie.com/embed/abc_DEF-123",
    )
    assert len({canonical(url) for url in spellings}) == 1
    assert canonical("https://youtu.be/abc_DEF-123") != canonical("https://youtu.be/abc_DEF-124")


def test_order_of_parameters_and_slides_of_a_deck_do_not_count() -> None:
    assert canonical("https://x.example/?b=2&a=1") == canonical("https://x.example/?a=1&b=2")
    assert canonical("https://x.example/deck/#/12") == canonical("https://x.example/deck")
    assert canonical("https://x.example/a.git") == canonical("https://x.example/a")


@pytest.mark.parametrize("broken", ["http://[::1", "http://x:99999/", "http://", "", "::", "a b"])
def test_what_is_no_url_is_kept_as_it_is(broken: str) -> None:
    assert canonical(broken) == broken
    assert isinstance(host_of(broken), str)


@given(st.text(max_size=60))
def test_any_text_has_a_canonical_form(text: str) -> None:
    assert isinstance(canonical(text), str)
    assert isinstance(canonical(f"https://example.org/{text}"), str)


def test_links_are_shown_without_scheme() -> None:
    assert shown("https://example.org/a/") == "example.org/a"
    assert host_of("https://WWW.Example.org/x") == "example.org"


def test_a_link_has_one_record_with_all_its_uses() -> None:
    built = site(
        told(
            "content/b.md",
            session("New", links=[link("http://www.example.org/shade/", "code", "Shade library")]),
            date="2018-01-01",
        ),
        told(
            "content/a.md",
            session("Old", links=[link("https://example.org/shade", "code", "here")]),
            links=[link("https://example.org/shade?utm_source=x", "docs")],
            date="2016-01-01",
        ),
    )
    (record,) = built.links
    assert record.key == "example.org/shade"
    assert record.url in {"https://example.org/shade", "https://example.org/shade?utm_source=x"}
    assert record.kind == "code"
    assert record.title == "Shade library"
    assert (record.first, record.last) == ("2016-01-01", "2018-01-01")
    assert [use.session for use in record.citations].count(None) == 1
    assert by_title(built, "New").citations[0].url == "http://www.example.org/shade/"


def test_a_link_without_words_is_titled_by_its_address() -> None:
    built = site(told("content/a.md", session("One", links=[link("https://x.example/y/")])))
    assert built.links[0].title == "x.example/y"


def test_a_links_title_is_without_the_brackets_around_it() -> None:
    cited = [
        link("https://x.example/y", text="(Keystone to Keystone):"),
        link("https://z.example", text="[slides]"),
        link("https://w.example", text="splice (the tool)"),
    ]
    built = site(told("content/a.md", session("One", links=cited)))
    assert {record.title for record in built.links} == {
        "Keystone to Keystone",
        "z.example",
        "splice (the tool)",
    }


def test_a_date_that_is_only_a_guess_is_not_told_of_a_link() -> None:
    about = event("Harbour Conf", "", 2017, "monday")
    cited = session("One", links=[link("https://x.example/y")])
    undated = site(told("content/a.md", cited, event=about))
    assert (undated.links[0].first, undated.sessions[0].sort_date) == ("", "2017-01-01")
    posted = site(told("content/a.md", cited, event=about, date="2017-05-13"))
    assert posted.links[0].first == "2017-05-13"


def test_the_most_cited_link_comes_first() -> None:
    built = site(
        told(
            "content/a.md",
            session("One", links=[link("https://a.example"), link("https://b.example")]),
            session("Two", links=[link("https://b.example")], line=40),
        )
    )
    assert [record.host for record in built.links] == ["b.example", "a.example"]


@given(st.from_regex(links._PLAIN_PATH.pattern, fullmatch=True))
def test_escapes_leave_a_plain_path_as_it_is(path: str) -> None:
    assert quote(unquote(path), safe="/-._~!$&'()*+,;=:@%") == path


ODD = st.text("v=a1+%~.;&é ", max_size=6)


@given(st.from_regex(links._PLAIN_PAIR.pattern, fullmatch=True) | ODD | ODD.map("v={}".format))
@example("utm_source=x")
@example("FBCLID=x")
@example("v=a~b")
def test_a_query_is_what_its_parts_make(query: str) -> None:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = sorted(pair for pair in pairs if not links._TRACKING.fullmatch(pair[0]))
    assert links._query(query) == urlencode(kept)
    found = links._video("youtube.com", "/watch", query)
    video = dict(parse_qsl(query)).get("v")
    assert found == ("/watch", f"v={video}" if video else query)
