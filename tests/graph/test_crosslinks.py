"""Where every link and picture of a note leads, in every way that writers point at things."""

import pytest

from kb.model.note import Reference
from kb.model.settings import ContentSettings, Settings
from kb.model.site import Asset, Site, Target
from tests.graph.builders import (
    asset,
    event,
    heading,
    link,
    picture,
    session,
    shows,
    site,
    to,
    told,
    topic,
)

BOSTON = event("Harbour Conf", "Boston", 2017)
BLOG = Settings(base_url="https://www.blog.example/kb/")
ASSETS = [
    asset("static/images/a.jpg", "/images/a.jpg", 640),
    asset("content/blog/beside.png", "/blog/beside.png", 320),
    asset("content/files/paper.pdf", "/files/paper.pdf"),
    asset("static/x/twice.png", "/x/twice.png"),
    asset("static/y/twice.png", "/y/twice.png"),
    asset("static/ünï cöde.png", "/%C3%BCn%C3%AF%20c%C3%B6de.png"),
]


def aimed(reference: Reference, settings: Settings | None = None) -> tuple[Target, Site]:
    """Where `reference` of content/blog/here.md leads, and the site around it."""
    here = told(
        "content/blog/here.md",
        session("Cells for all", "Ada North"),
        event=BOSTON,
        references=[reference],
        blocks=[heading("Cells", 10, "cells")],
    )
    there = told(
        "content/blog/there.md",
        blocks=[heading("Part two", 12, "part-two")],
        slug="elsewhere",
        aliases=("/2016/there/",),
        title="There",
    )
    deep = told("content/talks/2017/deep/index.md", title="Deep")
    built = site(here, there, deep, assets=ASSETS, settings=settings)
    (record,) = [record for record in built.notes if record.path == "content/blog/here.md"]
    return record.targets[0], built


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("./there.md", "/notes/elsewhere/"),
        ("there.md", "/notes/elsewhere/"),
        ("there", "/notes/elsewhere/"),
        ("../blog/there.md#part-two", "/notes/elsewhere/#part-two"),
        ("/blog/there.md", "/notes/elsewhere/"),
        ("/content/blog/there.md", "/notes/elsewhere/"),
        ("blog/there.md", "/notes/elsewhere/"),
        ("../elsewhere/", "/notes/elsewhere/"),
        ("/notes/elsewhere", "/notes/elsewhere/"),
        ("/notes/elsewhere/?x=1", "/notes/elsewhere/"),
        ("/2016/there/", "/notes/elsewhere/"),
        ('{{< relref "there.md" >}}', "/notes/elsewhere/"),
        ("{filename}there.md", "/notes/elsewhere/"),
        ("{filename}/blog/there.md", "/notes/elsewhere/"),
        ("|filename|there.md", "/notes/elsewhere/"),
        ('{{% ref "/blog/there.md" %}}#part-two', "/notes/elsewhere/#part-two"),
        ("../talks/2017/deep/", "/notes/deep/"),
        ("../talks/2017/deep/index.md", "/notes/deep/"),
        ("THERE.md", "/notes/elsewhere/"),
        (
            "/talks/harbour-conf-boston-2017/cells-for-all/",
            "/talks/harbour-conf-boston-2017/cells-for-all/",
        ),
        ("/speakers/ada-north/", "/speakers/ada-north/"),
        ("/links/", "/links/"),
        ("/", "/"),
    ],
)
def test_links_to_pages(written: str, url: str) -> None:
    target, built = aimed(to(written))
    assert (target.kind, target.url) == ("page", url)
    assert built.findings == ()


@pytest.mark.parametrize("written", ["/tags/shade/", "/categories/Shade", "../../tags/shade/"])
def test_a_blogs_tag_pages_are_topics(written: str) -> None:
    built = site(told("content/a.md", topics=[topic("Shade", line=3)], references=[to(written)]))
    assert built.notes[0].targets[0].url == "/topics/shade/"
    assert built.redirects == ()


def test_a_link_to_a_page_knows_its_title() -> None:
    assert aimed(to("there.md"))[0].title == "There"


@pytest.mark.parametrize(
    "written",
    [
        "https://blog.example/kb/notes/elsewhere/",
        "http://www.blog.example/kb/2016/there/",
        "/kb/notes/elsewhere/",
        "//blog.example/kb/notes/elsewhere/",
    ],
)
def test_links_to_the_sites_own_address(written: str) -> None:
    target, built = aimed(to(written), BLOG)
    assert (target.kind, target.url) == ("page", "/notes/elsewhere/")
    assert built.findings == ()


def test_the_sites_own_address_without_such_a_page_is_kept_and_reported() -> None:
    target, built = aimed(to("https://blog.example/kb/gone/"), BLOG)
    assert (target.kind, target.url) == ("external", "https://blog.example/kb/gone/")
    assert [finding.code for finding in built.findings] == ["KB304"]
    outside, built = aimed(to("https://blog.example/shop/"), BLOG)
    assert outside.kind == "external"
    assert built.findings == ()


def test_files_can_be_linked_to() -> None:
    target, built = aimed(to("../files/paper.pdf"))
    assert (target.kind, target.url) == ("asset", "/files/paper.pdf")
    assert built.findings == ()


def test_anchors_of_the_note_itself() -> None:
    assert aimed(to("#cells"))[0] == Target(kind="anchor", url="#cells")
    target, built = aimed(to("#nowhere"))
    assert target.kind == "missing"
    assert [(f.code, f.line) for f in built.findings] == [("KB304", 15)]


@pytest.mark.parametrize("written", ["#Part-Two", "#part_two", "#Part%20Two", "#part-2"])
def test_anchors_of_other_programs_are_understood(written: str) -> None:
    note = told(
        "content/a.md",
        references=[to(written)],
        blocks=[heading("Part: Two", 10, "part-two"), heading("x", 12, "part-2")],
    )
    built = site(note)
    assert built.findings == ()
    assert built.notes[0].targets[0].url in {"#part-two", "#part-2"}


@pytest.mark.parametrize(
    ("heading_text", "written"),
    [
        ("people.toml: who is who", "#peopletoml-who-is-who"),
        ("The ledger: content/links.toml", "#the-ledger-contentlinkstoml"),
        ("It's done (at last)", "#its-done-at-last"),
    ],
)
def test_anchors_of_forges_are_understood(heading_text: str, written: str) -> None:
    """They drop the marks that part words elsewhere."""
    note = told(
        "content/a.md", references=[to(written)], blocks=[heading(heading_text, 10, "own-name")]
    )
    built = site(note)
    assert built.findings == ()
    assert built.notes[0].targets[0].url == "#own-name"


def test_an_anchor_that_is_gone_leads_to_the_page_and_is_reported() -> None:
    target, built = aimed(to("there.md#gone"))
    assert target.url == "/notes/elsewhere/"
    (finding,) = built.findings
    assert finding.code == "KB304"
    assert "content/blog/there.md" in finding.message


@pytest.mark.parametrize("written", ["gone.md", "/gone/", "../../../../etc/passwd", ""])
def test_a_link_to_nothing_is_reported_where_it_stands(written: str) -> None:
    target, built = aimed(to(written, line=33))
    assert target == Target(kind="missing")
    (finding,) = built.findings
    assert (finding.code, finding.place) == ("KB304", "content/blog/here.md:33:1")


def test_a_web_address_without_scheme_is_told_apart() -> None:
    assert "https://www.x.example/y" in aimed(to("www.x.example/y"))[1].findings[0].hint
    assert "https" not in aimed(to("gone.html"))[1].findings[0].hint


def test_a_link_without_target_is_its_text_where_that_is_one() -> None:
    target, built = aimed(to("", text="https://x.example/y"))
    assert target == Target(kind="external", url="https://x.example/y")
    assert built.findings == ()


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://x.example/a b", "https://x.example/a b"),
        ("//x.example/a", "https://x.example/a"),
        ("mailto:a@x.example", "mailto:a@x.example"),
        ("tel:+1-555", "tel:+1-555"),
    ],
)
def test_links_to_elsewhere(written: str, url: str) -> None:
    assert aimed(to(written))[0] == Target(kind="external", url=url)


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " JavaScript:x",
        "vbscript:x",
        "file:///etc/x",
        "data:text/html,x",
        "\x01javascript:x",
    ],
)
def test_links_that_could_do_harm(written: str) -> None:
    assert aimed(to(written))[0] == Target(kind="unsafe")
    assert aimed(shows(written))[0] == Target(kind="unsafe")


def test_an_external_link_has_the_kind_that_was_read() -> None:
    url = "https://x.example/v"
    built = site(
        told("content/a.md", session("One", links=[link(url, "recording")]), references=[to(url)])
    )
    assert built.notes[0].targets[0].link_kind == "recording"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/images/a.jpg", "/images/a.jpg"),
        ("beside.png", "/blog/beside.png"),
        ("./beside.png", "/blog/beside.png"),
        ("../blog/beside.png", "/blog/beside.png"),
        ("/blog/beside.png", "/blog/beside.png"),
        ("blog/beside.png", "/blog/beside.png"),
        ("/static/images/a.jpg", "/images/a.jpg"),
        ("/images/a.jpg?w=300", "/images/a.jpg"),
        ("..\\..\\static\\images\\a.jpg", "/images/a.jpg"),
        ("/ünï cöde.png", "/%C3%BCn%C3%AF%20c%C3%B6de.png"),
        ("/%C3%BCn%C3%AF%20c%C3%B6de.png", "/%C3%BCn%C3%AF%20c%C3%B6de.png"),
    ],
)
def test_pictures_where_they_lie(written: str, url: str) -> None:
    target, built = aimed(shows(written))
    assert (target.kind, target.url) == ("asset", url)
    assert built.findings == ()


def test_a_pictures_size_is_told() -> None:
    assert aimed(shows("/images/a.jpg"))[0].width == 640


@pytest.mark.parametrize("written", ["/old/a.jpg", "a.jpg", "/images/A.JPG"])
def test_a_picture_found_by_its_name_is_a_hint(written: str) -> None:
    target, built = aimed(shows(written))
    assert (target.kind, target.url) == ("asset", "/images/a.jpg")
    (finding,) = built.findings
    assert finding.code == "KB306"
    assert "/images/a.jpg" in finding.hint


@pytest.mark.parametrize("written", ["/gone.jpg", "twice.png", ""])
def test_a_missing_picture_is_an_error_where_it_stands(written: str) -> None:
    target, built = aimed(shows(written, line=41))
    assert target == Target(kind="missing")
    (finding,) = built.findings
    assert (finding.code, finding.place) == ("KB302", "content/blog/here.md:41:1")
    if written == "twice.png":
        assert "static/x/twice.png" in finding.hint


def test_pictures_elsewhere_and_inline() -> None:
    outside = Target(kind="external", url="https://x.example/a.jpg")
    assert aimed(shows("https://x.example/a.jpg"))[0] == outside
    inline = "data:image/png;base64,AAAA"
    assert aimed(shows(inline))[0] == Target(kind="external", url=inline)
    assert aimed(shows("https://blog.example/kb/images/a.jpg"), BLOG)[0].kind == "asset"


def covered(cover: str, *assets: Asset) -> Site:
    return site(told("content/a.md", cover=cover), assets=assets)


def test_a_missing_cover_is_a_warning_and_no_error() -> None:
    built = covered("/images/gone.jpg")
    assert [(f.code, f.line) for f in built.findings] == [("KB303", 4)]
    cover = built.notes[0].cover
    assert cover is not None
    assert cover.asset is None
    found = covered("/images/a.jpg", ASSETS[0])
    assert found.findings == ()
    assert found.notes[0].cover is not None
    assert found.notes[0].cover.asset == "/images/a.jpg"
    assert covered("https://x.example/a.jpg").findings == ()


def test_pictures_of_sessions_know_their_file_size_and_time() -> None:
    photo = asset("static/images/p.jpg", "/images/p.jpg", 800, taken="2017-05-08T10:00:00")
    built = site(
        told(
            "content/a.md",
            session("One", pictures=[picture("/images/p.jpg"), picture("gone.jpg")]),
            pictures=[picture("/images/p.jpg", "05-08T10:01:00")],
            references=[shows("/images/p.jpg"), shows("gone.jpg")],
        ),
        assets=[photo],
    )
    first, second = built.sessions[0].pictures
    assert (first.asset, first.width, first.taken) == (
        "/images/p.jpg",
        800,
        "2017-05-08T10:00:00",
    )
    assert (second.asset, second.source) == (None, "gone.jpg")
    assert built.notes[0].pictures[0].taken == "05-08T10:01:00"
    assert [finding.code for finding in built.findings] == ["KB302"]


def test_a_pictures_own_time_dates_its_day() -> None:
    photo = asset("static/p.jpg", "/p.jpg", taken="2017-05-08T10:00:00")
    built = site(
        told(
            "content/a.md",
            session("One", pictures=[picture("/p.jpg")]),
            event=event("Harbour Conf", "Boston", 2017, "monday"),
            date="2017-05-13",
        ),
        assets=[photo],
    )
    assert built.sessions[0].date == "2017-05-08"


def test_notes_at_the_sites_root_find_their_pictures() -> None:
    built = site(
        told("post.md", references=[shows("images/a.jpg"), shows("/images/a.jpg")]),
        assets=[asset("images/a.jpg", "/images/a.jpg")],
        settings=Settings(content=ContentSettings(folder=".")),
    )
    assert [target.url for target in built.notes[0].targets] == ["/images/a.jpg"] * 2
    assert built.findings == ()
