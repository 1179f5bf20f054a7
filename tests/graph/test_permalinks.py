"""Slugs and paths: readable, never empty, and never a way out of the site."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.graph.permalinks import (
    LONGEST_SLUG,
    Claims,
    PathRefused,
    hugo_slug,
    path_of,
    site_path,
    slug,
    url_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nova: Cells v2 Forum!", "nova-cells-v2-forum"),
        ("Don’t panic", "dont-panic"),
        ("AT&T and (CI/CD)^2", "at-and-t-and-ci-cd-2"),
        ("José Valim", "jose-valim"),
        ("Łukasz Ødegård", "lukasz-odegard"),
        ("郭學聰", "guo-xue-cong"),
        ("안녕하세요", "an-nyeong-ha-se-yo"),
        ("שלום", "slvm"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C", "c"),
        ("#hashtag", "hashtag"),
        ("NUL", "nul-page"),
        ("", "page"),
    ],
)
def test_slugs_are_readable(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_title_of_signs_still_has_a_slug_of_its_own() -> None:
    assert slug("🎉", "talk") == "tada"
    assert re.fullmatch(r"talk-[0-9a-f]{6}", slug("!!!", "talk"))
    assert slug("!!!") != slug("???")


def test_a_long_title_is_cut_at_a_word() -> None:
    title = "A rather long title " * 12
    assert len(slug(title)) <= LONGEST_SLUG
    assert slug(title).endswith(("a", "rather", "long", "title"))
    assert len(slug("x" * 500)) == LONGEST_SLUG


@given(st.text(max_size=200))
def test_slugs_are_parts_of_paths(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= LONGEST_SLUG + len("-page")


@given(st.text(max_size=90))
def test_hugo_slugs_are_parts_of_paths(text: str) -> None:
    name = hugo_slug(text)
    assert name
    assert not set(name) & set('/\\:*?"<>|#%')
    assert site_path(f"/{name}/") == f"{name}/"


def test_hugo_slugs_keep_their_own_letters() -> None:
    assert hugo_slug("Über Uns 2") == "über-uns-2"
    assert hugo_slug("  a  b.c_d ") == "a-b.c_d"
    assert hugo_slug("Boston - Monday: What's new in C++?") == "boston-monday-whats-new-in-c++"
    assert hugo_slug("a -- b") == "a--b"
    assert hugo_slug("-rf") == "-rf"
    assert hugo_slug("..") == "page-" + slug("..").removeprefix("page-")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/2017/05/post/", "2017/05/post/"),
        ("2017/post", "2017/post/"),
        ("/post.html", "post.html"),
        ("/a/index.html", "a/"),
        ("/index.html", ""),
        ("/", ""),
        ("/caf%C3%A9/", "café/"),
        ("/cafe\u0301/", "café/"),
        ("/a//b/", "a/b/"),
        ("/100%/", "100%/"),
    ],
)
def test_a_writers_path_is_read_as_hugo_does(written: str, path: str) -> None:
    assert site_path(written) == path


@pytest.mark.parametrize(
    "written",
    [
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/javascript:alert(1)",
        "data:text/html,x",
        "C:\\x",
        "../../etc/x",
        "/a/../b",
        "/a/./b",
        "/%2e%2e/x",
        "/%2E%2E%2fx",
        "/%252e%252e/x",
        "/a%5cb",
        "/%00x",
        "/a\x00b",
        "/a\nb",
        "/\u202eabc/",
        "/con/",
        "/a/nul.txt/",
        "/.git/config",
        "/a./",
        "/a /",
        "/%ff/",
        "/x?y=1",
        "/x#y",
        '/"onload="x',
        "/" + "x" * 400,
    ],
)
def test_a_path_that_could_leave_the_site_is_refused(written: str) -> None:
    with pytest.raises(PathRefused):
        site_path(written)


@given(st.text(alphabet=st.sampled_from("ab./\\%2eE5cCfF:?#\x00é\u202e ~-"), max_size=24))
def test_whatever_is_accepted_stays_inside(written: str) -> None:
    try:
        path = site_path(written)
    except PathRefused:
        return
    url = url_of(path)
    assert url.startswith("/")
    assert not url.startswith("//")
    assert not {"", ".", ".."} & set(path.rstrip("/").split("/")) or path == ""
    assert path_of(url) == path
    assert site_path(url) == path


def test_places_that_one_disk_cannot_tell_apart_have_one_owner() -> None:
    claims = Claims()
    assert claims.take("notes/café/", "first") == ""
    for path in ("notes/CAFÉ/", "notes/cafe\u0301/", "notes/café/index.html"):
        assert claims.take(path, "second") == "first"


def test_a_file_and_a_folder_cannot_have_one_name() -> None:
    claims = Claims()
    claims.take("a.html", "file")
    assert claims.take("a.html/b/", "page") == "file"
    claims.take("x/y/", "page")
    assert claims.take("x", "file") == "page"
    assert claims.take("x/other.html", "file") == ""


@pytest.mark.parametrize(
    "path", ["", "talks/", "search/", "data/x.json", "theme/a.css", "feed.xml", "TALKS/", "talks"]
)
def test_what_is_kbs_own_is_never_given_away(path: str) -> None:
    assert Claims().take(path, "note").startswith("kb's own")


def test_a_taken_name_gives_way_to_the_next() -> None:
    claims = Claims()
    names = ("ada", "ada-x")
    assert claims.take_free("speakers/", names, "one") == "/speakers/ada/"
    assert claims.take_free("speakers/", names, "two") == "/speakers/ada-x/"
    third = claims.take_free("speakers/", names, "three")
    again = Claims()
    for path in ("speakers/ada/", "speakers/ada-x/"):
        again.take(path, "anybody")
    assert third == again.take_free("speakers/", names, "three")
    assert claims.take_free("speakers/", names, "three").startswith(third.rstrip("/"))
