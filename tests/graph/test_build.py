"""The whole graph: one record per thing, every URL once, whatever the order of the notes."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph.build import build_site
from kb.graph.permalinks import path_of
from kb.model.facts import Facts, SessionFacts
from kb.model.note import Note
from kb.model.settings import ContentSettings, ExtractionSettings, Settings
from kb.model.site import Site, Url
from kb.model.vocabulary import Vocabulary
from tests.graph.builders import (
    by_title,
    codes,
    event,
    facts,
    link,
    note,
    person,
    session,
    site,
    to,
    told,
    topic,
    topic_named,
)

BOSTON = event("Harbour Conf", "Boston", 2017, "monday")
SYDNEY = event("Harbour Conf", "Sydney", 2018)


def two_summits() -> Site:
    return site(
        told(
            "content/boston.md",
            session("Shading clouds", "Ada North", topics=[topic("Shade", guessed=True)]),
            session("Lunch with friends", line=30, kind="social"),
            session("Cells for everyone", "Ben Ost", "Ada North", line=50),
            event=BOSTON,
            date="2017-05-13",
            topics=[topic("Clouds", line=3)],
        ),
        told(
            "content/sydney.md",
            session(
                "More shade", "Ada North", topics=[topic("shade", guessed=True), topic("Nova")]
            ),
            event=SYDNEY,
            date="2018-11-02",
        ),
    )


def all_urls(built: Site) -> list[Url]:
    return [
        record.url
        for group in (built.events, built.sessions, built.people, built.topics, built.notes)
        for record in group
    ]


def named_urls(built: Site) -> set[Url]:
    named: set[Url | None] = set()
    for session_ in built.sessions:
        named |= {session_.event, session_.previous, session_.following}
        named |= {credit.person for credit in session_.speakers}
        named |= {use.topic for use in session_.topics}
        named |= {other.session for other in session_.related}
        named |= {citation.session for citation in session_.citations}
        named |= {Url(link_.page.partition("#")[0]) for link_ in session_.backlinks}
    for event_ in built.events:
        named |= {event_.previous, event_.following, *event_.sessions, *event_.people}
        named |= {*event_.topics, *(url for day in event_.days for url in day.sessions)}
    for person_ in built.people:
        named |= {*person_.sessions, *person_.events, *person_.topics, *person_.with_people}
    for topic_ in built.topics:
        named |= {*topic_.broader, *topic_.narrower, *topic_.sessions, *topic_.people}
        named |= set(topic_.events)
    for note_ in built.notes:
        named |= {note_.event, *note_.sessions, *(use.topic for use in note_.topics)}
        named |= {Url(link_.page.partition("#")[0]) for link_ in note_.backlinks}
    named |= {redirect.target for redirect in built.redirects}
    return {url for url in named if url is not None}


def test_each_thing_has_one_record_and_its_url() -> None:
    built = two_summits()
    assert [record.url for record in built.events] == [
        "/events/harbour-conf-sydney-2018/",
        "/events/harbour-conf-boston-2017/",
    ]
    assert by_title(built, "Shading clouds").url == (
        "/talks/harbour-conf-boston-2017/shading-clouds/"
    )
    assert by_title(built, "Lunch with friends").url == (
        "/events/harbour-conf-boston-2017/lunch-with-friends/"
    )
    assert [record.name for record in built.people] == ["Ada North", "Ben Ost"]
    assert topic_named(built, "Shade").url == "/topics/shade/"
    assert built.notes[0].url == "/notes/sydney/"
    assert built.findings == ()


def test_links_go_both_ways() -> None:
    built = two_summits()
    ada = person(built, "Ada North")
    assert [path_of(url).split("/")[-2] for url in ada.sessions] == [
        "more-shade",
        "shading-clouds",
        "cells-for-everyone",
    ]
    assert ada.with_people == (person(built, "Ben Ost").url,)
    shade = topic_named(built, "Shade")
    assert len(shade.sessions) == 2
    assert shade.guessed
    assert topic_named(built, "Clouds").notes == ("content/boston.md",)
    assert by_title(built, "Shading clouds").topics[-1].name == "Shade"
    assert by_title(built, "Shading clouds").tellings[0].note == "content/boston.md"
    assert built.notes[1].sessions == built.events[1].sessions


def test_a_guessed_topic_needs_as_many_talks_as_the_site_says() -> None:
    needs_two = Settings(extraction=ExtractionSettings(topic_pages=2))
    talks = [
        session("First", topics=[topic("Nova", guessed=True), topic("Rare", guessed=True)]),
        session("Second", line=40, topics=[topic("Nova", guessed=True), topic("Said")]),
    ]
    built = site(told("content/a.md", *talks), settings=needs_two)
    assert [record.name for record in built.topics] == ["Nova", "Said"]
    assert [use.name for use in by_title(built, "First").topics] == ["Nova"]


@pytest.mark.parametrize(
    ("talks", "shown"),
    [(199, ["Once", "Thrice", "Twice"]), (200, ["Thrice", "Twice"]), (2_000, ["Thrice"])],
)
def test_the_more_talks_the_more_of_them_a_guessed_topic_needs(
    talks: int, shown: list[str]
) -> None:
    guesses = [["Thrice", "Twice", "Once"], ["Thrice", "Twice"], ["Thrice"]]
    terms = guesses + [[]] * (talks - len(guesses))
    sessions = [
        session(f"Talk {number}", line=number, topics=[topic(term, guessed=True) for term in some])
        for number, some in enumerate(terms, start=1)
    ]
    assert [record.name for record in site(told("content/a.md", *sessions)).topics] == shown


def test_the_tags_of_a_note_of_many_talks_relate_none_of_them() -> None:
    tagged = [topic("Clouds", line=3)]
    many = told("content/a.md", session("Zebra"), session("Quagga", line=30), topics=tagged)
    other = told("content/b.md", session("Okapi"), topics=tagged)
    assert not any(record.related for record in site(many, other).sessions)
    pair = site(told("content/a.md", session("Zebra"), topics=tagged), other)
    (found,) = by_title(pair, "Zebra").related
    assert found.reasons == ("Both about Clouds",)


def test_editions_of_a_series_name_each_other() -> None:
    newer, older = two_summits().events
    assert (older.previous, older.following) == (None, newer.url)
    assert (newer.previous, newer.following) == (older.url, None)


def test_sessions_of_an_event_name_their_neighbours() -> None:
    built = two_summits()
    shading, lunch = by_title(built, "Shading clouds"), by_title(built, "Lunch with friends")
    assert shading.previous is None
    assert shading.following == lunch.url
    assert lunch.previous == shading.url


def test_articles_can_be_left_out() -> None:
    no_articles = Settings(content=ContentSettings(articles=False))
    built = site(
        told("content/post.md"), told("content/talks.md", session("One")), settings=no_articles
    )
    assert [record.path for record in built.notes] == ["content/talks.md"]


def test_notes_and_facts_must_belong_together() -> None:
    with pytest.raises(ValueError, match="same order"):
        build_site([note("a.md")], [], [], Vocabulary(), Settings())


titles = st.sampled_from(
    [
        "Keynote",
        "Lunch",
        "Cells for all of us",
        "cells for all of us!",
        "郭學聰",
        "🎉",
        "",
        "C++",
        "C#",
    ]
)
names = st.sampled_from(["Ada North", "ada north", "North, Ada", "José Valim", "Jose Valim", "李"])
days = st.sampled_from(["", "monday", "day-2", "2017-05-08"])
events = st.sampled_from(
    [
        None,
        BOSTON,
        event("Harbour Conf", "", 2017),
        event("Harbour Conf"),
        event("2017", "", 0),
        event("Other", "", 2016, "day-1"),
    ]
)
sessions = st.builds(
    lambda title, speakers, day, line, social: session(
        title,
        *speakers,
        day=day,
        line=line * 12,
        kind="social" if social else "talk",
        topics=[topic(title)] if title else (),
        links=[link("https://example.org/x")],
    ),
    titles,
    st.lists(names, max_size=3),
    days,
    st.integers(1, 9),
    st.booleans(),
)
notes_told = st.lists(
    st.tuples(
        st.sampled_from(["a.md", "A b.md", "x/index.md", "x/talks.md", "y/day-1.md", "z/day-1.md"]),
        st.lists(sessions, max_size=4),
        events,
        st.sampled_from(["", "2017-05-13", "2018-01-01"]),
        st.sampled_from(["", "day-1", "Ünï", "../x", "con"]),
        st.sampled_from(["", "/talks/", "/old/page.html", "//evil.example/", "/a/%2e%2e/b"]),
        st.lists(st.sampled_from(["/old/", "rel", "/notes/a/", "\\x", "/a/../b", "/x?y"])),
    ),
    max_size=5,
    unique_by=lambda made: made[0],
)


def pairs(
    made: list[tuple[str, list[SessionFacts], object, str, str, str, list[str]]],
) -> list[tuple[Note, Facts]]:
    return [
        told(
            f"content/{path}",
            *group,
            event=about,
            date=date,
            slug=slug,
            url=url,
            aliases=tuple(aliases),
            references=[to("a.md"), to("#x"), to("/talks/"), to("https://example.org/x")],
        )
        for path, group, about, date, slug, url, aliases in made
    ]


@settings(deadline=None, max_examples=120)
@given(notes_told, st.randoms(use_true_random=False))
def test_a_site_holds_together_whatever_is_told(made: list, shuffle: object) -> None:  # type: ignore[type-arg]
    given_pairs = pairs(made)
    built = site(*given_pairs)
    urls = all_urls(built)
    assert [url for url, times in Counter(map(path_of, urls)).items() if times > 1] == []
    assert named_urls(built) <= set(urls)
    for url in (*urls, *(redirect.source for redirect in built.redirects)):
        assert url.startswith("/")
        assert not url.startswith("//")
        assert not {"..", "."} & set(path_of(url).split("/"))
        assert "\\" not in path_of(url)
    lost = Counter(
        (told_.path, one.line) for _, told_ in given_pairs for one in told_.sessions
    ) - Counter(
        (telling.note, telling.lines.first)
        for record in built.sessions
        for telling in record.tellings
    )
    assert not lost
    assert {record.path for record in built.notes} == {written.path for written, _ in given_pairs}
    for record in built.notes:
        (written,) = [written for written, _ in given_pairs if written.path == record.path]
        assert len(record.targets) == len(written.references)
    shuffle.shuffle(given_pairs)  # type: ignore[attr-defined]
    assert site(*given_pairs) == built


def test_notes_with_a_weight_come_first_then_the_newest_then_by_title() -> None:
    made = [
        note("content/a.md", "Zebra", "2017-01-01"),
        note("content/b.md", "ape", "2017-01-01"),
        note("content/c.md", "Newest", "2019-01-01"),
        note("content/d.md", "Second", "2010-01-01", weight=20),
        note("content/e.md", "First", "2009-01-01", weight=3),
        note("content/f.md", "Undated"),
    ]
    built = build_site(made, [facts(one.path) for one in made], (), Vocabulary(), Settings())
    titles = [record.title for record in built.notes]
    assert titles == ["First", "Second", "Newest", "ape", "Zebra", "Undated"]


def test_codes_are_sorted_by_file_and_line() -> None:
    built = site(told("content/b.md", aliases=("//x.example",)), told("content/a.md", slug="../x"))
    assert codes(built) == ["KB307", "KB305"]
