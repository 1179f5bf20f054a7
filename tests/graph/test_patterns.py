"""A blog's addresses stay: patterns by folder, bundles, languages, old pages of tags."""

import pytest

from kb.graph.patterns import PLACEHOLDER, spot_of, term_slug, unknown_placeholder
from kb.model.settings import (
    PLACEHOLDERS,
    ContentSettings,
    FeedSettings,
    PermalinkSettings,
    Settings,
)
from kb.model.site import Site
from tests.graph.builders import asset, session, site, told, topic

BLOG = "/:path/"


def blog(
    *,
    languages: dict[str, str] | None = None,
    own: bool = False,
    sections: dict[str, str] | None = None,
    terms: dict[str, str] | None = None,
) -> Settings:
    return Settings(
        language="en-GB",
        content=ContentSettings(languages=languages or {}),
        permalinks=PermalinkSettings(
            notes=BLOG, language_folder=own, sections=sections or {}, terms=terms or {}
        ),
    )


def urls(built: Site) -> dict[str, str]:
    return {record.path.removeprefix("content/"): record.url for record in built.notes}


def moved(built: Site) -> dict[str, str]:
    return {one.source: one.target for one in built.redirects}


def test_every_placeholder_is_known_to_both_floors() -> None:
    assert not any(unknown_placeholder(f"/:{name}/") for name in PLACEHOLDERS)
    assert unknown_placeholder("/:slug/:slag/") == "slag"
    assert PLACEHOLDER.fullmatch(":sections[1:last]")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("posts/2017/sub/My Post (1)_x.md", "/posts/2017/sub/my-post-1_x/"),
        (
            "posts/Some_Dir/Böse Folder/Zwölf & More.md",
            "/posts/some_dir/b%C3%B6se-folder/zw%C3%B6lf--more/",
        ),
        ("posts/dots.in.name.md", "/posts/dots.in.name/"),
        ("posts/README.md", "/posts/readme/"),
        ("posts/Bundle One/index.md", "/posts/bundle-one/"),
        ("about/index.md", "/about/"),
        ("posts/_index.md", "/posts/"),
        ("posts/2017/_index.md", "/posts/2017/"),
        ("single.md", "/single/"),
    ],
)
def test_without_a_pattern_a_blogs_page_is_where_its_file_lies(path: str, expected: str) -> None:
    assert urls(site(told(f"content/{path}"), settings=blog()))[path] == expected


def test_the_nearest_folder_has_its_pattern() -> None:
    settings = blog(
        sections={
            "posts": "/:year/:month/:title/",
            "posts/old": "/archive/:slug/",
            "about": "/who/:slug/",
            "/": "/root/:slug/",
        }
    )
    built = site(
        told("content/posts/a.md", title="A & B: c/d -- e's “q” (x)", date="2017-05-03"),
        told("content/posts/_index.md", title="Posts"),
        told("content/posts/new/b.md", title="B", date="2018-01-02"),
        told("content/posts/old/c.md", title="C"),
        told("content/about/index.md", title="About"),
        told("content/guide/d.md", title="D"),
        told("content/e.md", title="E"),
        settings=settings,
    )
    assert urls(built) == {
        "posts/a.md": "/2017/05/a-b-c-d--es-q-x/",
        "posts/_index.md": "/posts/",
        "posts/new/b.md": "/2018/01/b/",
        "posts/old/c.md": "/archive/c/",
        "about/index.md": "/who/about/",
        "guide/d.md": "/guide/d/",
        "e.md": "/root/e/",
    }


def test_sections_are_folders_with_a_list() -> None:
    settings = Settings(permalinks=PermalinkSettings(notes="/:sections/s/:sections[last]/:slug/"))
    built = site(
        told("content/guide/deep/page.md", title="P"),
        told("content/guide/deep/_index.md", title="Deep"),
        told("content/guide/plain/page.md", title="Q"),
        settings=settings,
    )
    assert urls(built)["guide/deep/page.md"] == "/guide/deep/s/deep/p/"
    assert urls(built)["guide/plain/page.md"] == "/guide/s/guide/q/"


def test_languages_by_name() -> None:
    built = site(
        told("content/posts/a.md", title="A"),
        told("content/posts/a.de.md", title="Ä"),
        told("content/posts/b.en.md", title="B"),
        told("content/posts/c/index.pt-br.md", title="C"),
        told("content/_index.de.md", title="Start"),
        told("content/posts/v1.2.md", title="Version"),
        settings=blog(languages={"en": "", "de": "", "pt-BR": ""}),
    )
    assert urls(built) == {
        "posts/a.md": "/posts/a/",
        "posts/a.de.md": "/de/posts/a/",
        "posts/b.en.md": "/posts/b/",
        "posts/c/index.pt-br.md": "/pt-br/posts/c/",
        "_index.de.md": "/de/",
        "posts/v1.2.md": "/posts/v1.2/",
    }
    spoken = {record.path: record.language for record in built.notes}
    assert spoken["content/posts/a.de.md"] == "de"
    assert spoken["content/posts/c/index.pt-br.md"] == "pt-BR"
    assert spoken["content/posts/a.md"] == ""


@pytest.mark.parametrize(("own", "prefix"), [(False, ""), (True, "/en")])
def test_languages_by_folder(own: bool, prefix: str) -> None:
    built = site(
        told("content/english/posts/a.md", title="A"),
        told("content/deutsch/posts/a.md", title="Ä"),
        settings=blog(languages={"en": "english", "de": "deutsch"}, own=own),
    )
    assert urls(built) == {
        "english/posts/a.md": f"{prefix}/posts/a/",
        "deutsch/posts/a.md": "/de/posts/a/",
    }
    assert (
        spot_of("content/english/a.md", ContentSettings(languages={"en": "english"})).folder == ""
    )


def test_a_bundles_files_are_below_its_page() -> None:
    notes = [told("content/posts/My Trip/index.md", title="Trip", slug="trip", date="2017-05-03")]
    notes.append(told("content/posts/My Trip/index.de.md", title="Reise", date="2017-05-03"))
    files = [
        asset("content/posts/My Trip/Pic One.PNG", "/posts/My%20Trip/Pic%20One.PNG"),
        asset("content/posts/My Trip/sub/q.png", "/posts/My%20Trip/sub/q.png"),
        asset("content/posts/Loose.png", "/posts/Loose.png"),
        asset("static/My Trip/x.png", "/My%20Trip/x.png"),
    ]
    settings = blog(languages={"en": "", "de": ""}, sections={"posts": "/:year/:slug/"})
    built = site(*notes, assets=files, settings=settings)
    assert {one.path: one.url for one in built.assets} == {
        "content/posts/My Trip/Pic One.PNG": "/2017/trip/Pic%20One.PNG",
        "content/posts/My Trip/sub/q.png": "/2017/trip/sub/q.png",
        "content/posts/Loose.png": "/posts/Loose.png",
        "static/My Trip/x.png": "/My%20Trip/x.png",
    }
    in_kbs_own = site(*notes, assets=files)
    assert {one.url for one in in_kbs_own.assets} == {one.url for one in files}


def test_old_pages_of_tags_lead_on() -> None:
    built = site(
        told(
            "content/posts/a.md",
            session("One", topics=[topic("Open Stack")]),
            title="A",
            tags=("Open Stack", "CI/CD & more", "C#"),
            extra={"series": ["Trips"], "weights": [1, {"x": 2}]},
        ),
        told("content/posts/b.de.md", title="B", tags=("Züge",)),
        settings=blog(
            languages={"en": "", "de": ""},
            terms={"tags": "/tags/:slug/", "series": "/series/:slug.html", "weights": "/w/:slug/"},
        ),
    )
    assert moved(built) == {
        "/tags/": "/topics/",
        "/tags/open-stack/": "/topics/open-stack/",
        "/tags/ci/cd--more/": "/notes/",
        "/tags/c/": "/notes/",
        "/de/tags/": "/topics/",
        "/de/tags/z%C3%BCge/": "/notes/",
        "/series/": "/topics/",
        "/series/trips.html": "/notes/",
        "/de/series/": "/topics/",
        "/w/": "/topics/",
        "/de/w/": "/topics/",
    }
    assert built.findings == ()


def test_hostile_tags_lead_nowhere() -> None:
    tags = ("../../etc", "//evil.example", "a\nb", "%2e%2e", "con", "x" * 400, "/", "\\1", "")
    built = site(
        told("content/a.md", title="A", tags=tags), settings=blog(terms={"tags": "/tags/:slug/"})
    )
    assert all(
        one.source.startswith("/tags/") and "//" not in one.source for one in built.redirects
    )
    assert not any(".." in one.source for one in built.redirects)
    assert all(one.target == "/notes/" for one in built.redirects)


def test_redirects_of_the_site() -> None:
    built = site(
        told("content/posts/a.md", title="A"),
        settings=Settings(
            permalinks=PermalinkSettings(notes=BLOG),
            redirects={
                "/posts/": "/notes/",
                "/old.html": "/posts/a/",
                "/posts/a/": "/notes/",
                "/x/": "/nowhere/",
                "/y:z/": "/notes/",
            },
        ),
    )
    assert moved(built) == {"/posts/": "/notes/", "/old.html": "/posts/a/"}
    assert [(found.code, found.path) for found in built.findings] == [("KB305", "site.toml")] * 3


def test_a_further_feed_keeps_its_place() -> None:
    settings = Settings(feeds=FeedSettings(also=("/index.xml",)))
    built = site(assets=[asset("static/index.xml", "/index.xml")], settings=settings)
    assert [found.code for found in built.findings] == ["KB301"]


@pytest.mark.parametrize(
    ("term", "expected"),
    [("Open Stack", "open-stack"), ("C++", "c++"), ("A/B", "a/b"), ("CI/CD & more", "ci/cd--more")],
)
def test_a_tags_page_has_hugos_name(term: str, expected: str) -> None:
    assert term_slug(term) == expected
