"""Who gets which URL, and who hears of it where two want one."""

from collections.abc import Iterable

import pytest

from kb.model.settings import ContentSettings, PermalinkSettings, Settings
from kb.model.site import Site
from kb.model.vocabulary import EventEntry, Vocabulary
from tests.graph.builders import asset, by_title, event, session, site, told

BOSTON = event("Harbour Conf", "Boston", 2017)


def patterned(pattern: str, folder: str = "content") -> Settings:
    return Settings(
        permalinks=PermalinkSettings(notes=pattern), content=ContentSettings(folder=folder)
    )


def note_urls(built: Site) -> dict[str, str]:
    return {record.path: record.url for record in built.notes}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/notes/:slug/", "/notes/my-post/"),
        ("/:year/:month/:day/:slug/", "/2017/05/13/my-post/"),
        ("/:section/:filename/", "/blog/2017-post/"),
        ("/:sections/:title.html", "/blog/a-title.html"),
        ("/:path/", "/blog/old/my-post/"),
        ("/:sections[1:]/x/:sections[0]/:slug/", "/x/blog/my-post/"),
        ("/:monthname/:weekday-:weekdayname/:yearday/:slug/", "/may/6-saturday/133/my-post/"),
        ("/:slugorfilename", "/my-post/"),
    ],
)
def test_the_pattern_has_hugos_placeholders(pattern: str, expected: str) -> None:
    built = site(
        told("content/blog/old/2017 Post.md", slug="My post", title="A title", date="2017-05-13"),
        settings=patterned(pattern),
    )
    assert built.notes[0].url == expected


def test_without_a_slug_the_default_takes_the_files_name_and_an_own_pattern_the_title() -> None:
    note = told("content/post-1.md", title="Boston - Monday")
    assert site(note).notes[0].url == "/notes/post-1/"
    assert site(note, settings=patterned("/b/:slug/")).notes[0].url == "/b/boston-monday/"
    assert site(note, settings=patterned("/b/:slugorfilename/")).notes[0].url == "/b/post-1/"


def test_the_content_may_be_the_site_itself() -> None:
    built = site(told("blog/post.md"), settings=patterned("/:section/:slug/", "."))
    assert built.notes[0].url == "/blog/post/"


def test_the_content_folders_own_name_is_no_notes() -> None:
    built = site(told("content/_index.md"), told("content/README.md"))
    assert note_urls(built) == {
        "content/_index.md": "/notes/index/",
        "content/README.md": "/notes/readme/",
    }


def test_an_unknown_placeholder_is_reported_once() -> None:
    built = site(told("content/a.md"), told("content/b.md"), settings=patterned("/:yaer/:slug/"))
    assert [(f.code, f.path) for f in built.findings] == [("KB307", "site.toml")]
    assert built.notes[0].url.startswith("/notes/")


def test_the_writers_url_is_the_whole_path() -> None:
    built = site(
        told("content/a.md", url="/2016/old/page.html"),
        told("content/b.md", url="2016/other"),
        told("content/c.md", url="/caf%C3%A9/"),
        settings=patterned("/:year/:slug/"),
    )
    assert note_urls(built) == {
        "content/a.md": "/2016/old/page.html",
        "content/b.md": "/2016/other/",
        "content/c.md": "/caf%C3%A9/",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "//evil.example"),
        ("url", "/../x"),
        ("slug", "a/b"),
        ("slug", ".."),
        ("slug", "a\\b"),
    ],
)
def test_a_dangerous_url_is_refused_and_the_note_still_has_a_page(key: str, value: str) -> None:
    built = site(told("content/fine.md", **{key: value}))
    assert built.notes[0].url == "/notes/fine/"
    (finding,) = built.findings
    assert (finding.code, finding.path, finding.line) == ("KB307", "content/fine.md", 4)


def clash(paths: Iterable[str], **matter: str) -> Site:
    return site(*(told(f"content/{path}", **matter) for path in paths))


@pytest.mark.parametrize(
    "paths",
    [
        ("a-b.md", "a b.md"),
        ("a.md", "a.markdown"),
        ("a.md", "a/index.md"),
        ("Talk.md", "talk.md"),
        ("a..md", "a.md"),
    ],
)
def test_two_files_of_one_name_are_an_error_that_names_both(paths: tuple[str, str]) -> None:
    built = clash(paths)
    (finding,) = built.findings
    assert finding.code == "KB301"
    assert all(path in finding.message for path in paths)
    assert len(set(note_urls(built).values())) == 2


def test_one_slug_twice_is_an_error_at_the_later_files_line() -> None:
    built = clash(("a.md", "x/b.md"), slug="same")
    (finding,) = built.findings
    assert finding.place == "content/x/b.md:4:1"
    assert "content/a.md" in finding.message
    assert note_urls(built) == {
        "content/a.md": "/notes/same/",
        "content/x/b.md": "/notes/same-b/",
    }


def test_an_explicit_slug_is_not_lost_to_a_files_name() -> None:
    built = site(told("content/a.md"), told("content/z.md", slug="a"))
    assert note_urls(built)["content/z.md"] == "/notes/a/"
    assert [finding.path for finding in built.findings] == ["content/a.md"]


def test_one_file_name_in_two_folders_is_a_warning_and_both_have_a_page() -> None:
    built = clash(("ada/README.md", "ben/README.md", "one/day-1.md", "two/day-1.md"))
    (finding,) = built.findings
    assert (finding.code, finding.severity) == ("KB309", "warning")
    assert finding.path == "content/two/day-1.md"
    assert "content/one/day-1.md" in finding.message
    assert "/notes/day-1-two/" in finding.message
    assert note_urls(built) == {
        "content/ada/README.md": "/notes/ada/",
        "content/ben/README.md": "/notes/ben/",
        "content/one/day-1.md": "/notes/day-1/",
        "content/two/day-1.md": "/notes/day-1-two/",
    }


def test_a_newer_note_never_moves_an_older_one() -> None:
    old = told("content/z/day-1.md", date="2016-05-01")
    new = told("content/a/day-1.md", date="2017-05-01")
    assert note_urls(site(old, new)) == {
        "content/z/day-1.md": "/notes/day-1/",
        "content/a/day-1.md": "/notes/day-1-a/",
    }


def test_kbs_own_pages_are_never_shadowed() -> None:
    built = site(
        told("content/search.md"),
        told("content/b.md", url="/talks/"),
        settings=patterned("/:slug/"),
    )
    assert {finding.code for finding in built.findings} == {"KB301"}
    assert not {"/search/", "/talks/"} & set(note_urls(built).values())


def test_a_file_of_the_site_keeps_its_place() -> None:
    built = site(
        told("content/a.md", url="/old/"),
        assets=[
            asset("static/old/index.html", "/old/index.html"),
            asset("static/search/index.html", "/search/index.html"),
            asset("static/robots.txt", "/robots.txt"),
        ],
    )
    assert [(f.code, f.path) for f in built.findings] == [
        ("KB301", "content/a.md"),
        ("KB301", "static/search/index.html"),
    ]
    assert [one.path for one in built.assets] == ["static/old/index.html", "static/robots.txt"]


def test_of_two_files_of_one_place_the_static_one_is_published() -> None:
    files = [
        asset("content/images/a.jpg", "/images/a.jpg"),
        asset("static/images/A.jpg", "/images/A.jpg"),
    ]
    built = site(told("content/x.md"), assets=files)
    assert [one.path for one in built.assets] == ["static/images/A.jpg"]
    assert [(f.code, f.path) for f in built.findings] == [("KB301", "content/images/a.jpg")]
    assert "static/images/A.jpg" in built.findings[0].message


def test_talks_of_one_title_are_told_apart_by_what_they_are() -> None:
    talks = [
        session("Keynote", "Ada North"),
        session("Keynote", "Ben Ost", line=30),
        session("Keynote", day="2017-05-09", line=50),
        session("Keynote", day="2017-05-09", line=70, start="09:00"),
    ]
    built = site(told("content/a.md", *talks, event=BOSTON))
    folder = "/talks/harbour-conf-boston-2017/"
    urls = {record.url for record in built.sessions}
    assert {f"{folder}keynote/", f"{folder}keynote-ben-ost/", f"{folder}keynote-2017-05-09/"} < urls
    assert len(urls) == 4
    assert built.findings == ()


def test_a_newer_note_never_moves_an_older_talk() -> None:
    old = told("content/z.md", session("Keynote", "Ada North"), event=BOSTON, date="2017-05-09")
    new = told("content/a.md", session("Keynote", "Ben Ost"), event=BOSTON, date="2017-05-10")
    alone = site(old).sessions[0].url
    both = site(old, new)
    assert alone in {record.url for record in both.sessions}
    assert [r.url for r in both.sessions if r.tellings[0].note == "content/z.md"] == [alone]


def test_talks_of_no_event_stand_under_their_year() -> None:
    built = site(
        told("content/a.md", session("One"), date="2016-02-01"),
        told("content/b.md", session("Two")),
        told("content/c.md", session("Three", kind="social"), event=event("", "", 2015)),
        told("content/d.md", session("Four"), event=event("2016")),
    )
    assert by_title(built, "One").url == "/talks/2016/one/"
    assert by_title(built, "Two").url == "/talks/other/two/"
    assert by_title(built, "Three").url == "/events/2015/three/"
    assert by_title(built, "Four").url == "/talks/2016-event/four/"


def redirected(built: Site) -> dict[str, str]:
    return {redirect.source: redirect.target for redirect in built.redirects}


def test_aliases_lead_to_the_note() -> None:
    built = site(told("content/a.md", aliases=("/old/name/", "beside", "/x.html", "/notes/a/")))
    assert redirected(built) == {
        "/old/name/": "/notes/a/",
        "/notes/beside/": "/notes/a/",
        "/x.html": "/notes/a/",
    }
    assert built.findings == ()


def test_other_names_of_one_event_lead_to_it_and_those_of_a_series_do_not() -> None:
    dated = EventEntry(name="Harbour Conf", year=2017, aliases=("HC17",))
    series = EventEntry(name="Keel Conf", aliases=("KC",))
    built = site(
        told("content/a.md", event=event("HC17")),
        told("content/b.md", event=event("KC", "", 2018)),
        told("content/c.md", event=event("KC", "", 2019)),
        vocabulary=Vocabulary(events=(dated, series)),
    )
    assert redirected(built) == {"/events/hc17/": "/events/harbour-conf-2017/"}


@pytest.mark.parametrize(
    "alias", ["//evil.example/", "https://evil.example", "/../x", "../x", "", "/a\\b"]
)
def test_a_dangerous_alias_is_refused(alias: str) -> None:
    built = site(told("content/a.md", aliases=(alias,)))
    assert [(f.code, f.line) for f in built.findings] == [("KB305", 4)]
    assert built.redirects == ()


def test_an_alias_never_takes_the_place_of_a_page() -> None:
    built = site(told("content/a.md"), told("content/b.md", aliases=("/notes/a/", "/search/")))
    assert [finding.code for finding in built.findings] == ["KB301", "KB301"]
    assert any("content/a.md" in finding.message for finding in built.findings)
    assert built.redirects == ()
