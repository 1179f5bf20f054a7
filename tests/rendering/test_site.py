"""The whole rendered site: links, ids, sizes, safety, and that the same input makes the same."""

import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from kb.model.output import Output
from kb.model.settings import Settings
from kb.model.site import Site, records_of
from kb.rendering.hosting import POLICY
from kb.rendering.site import Renderer, render_site
from tests.rendering import sample

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
VOID |= {"track", "wbr", "circle", "rect", "path"}


class Reader(HTMLParser):
    """Collects what a page refers to, its ids, and whether its elements nest."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.metas: dict[str, str] = {}
        self.levels: list[int] = []
        self.faults: list[str] = []
        self.json: list[str] = []
        self._open: list[str] = []
        self.feed(data.decode())
        self.close()
        self.faults += [f"<{name}> is never closed" for name in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "link" and found.get("rel") in {"alternate", "prev", "next"}:
            self.links.append(found["href"])
        if tag in {"img", "script"} and "src" in found:
            self.loads.append(found["src"])
            sizes = found.get("srcset", "")
            self.loads += [size.split()[0] for size in sizes.split(", ") if size]
        if tag == "link" and found.get("rel") in {"stylesheet", "icon"}:
            self.loads.append(found["href"])
        if tag == "meta":
            self.metas[found.get("http-equiv") or found.get("name", "")] = found.get("content", "")
        if "style" in found or any(name.startswith("on") for name in found):
            self.faults.append(f"<{tag}> has a style or a handler that the policy forbids")
        if tag == "script" and "src" not in found and found.get("type") != "application/ld+json":
            self.faults.append("a script stands in the page")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.levels.append(int(tag[1]))
        if tag == "a" and "a" in self._open:
            self.faults.append("a link stands in a link")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script" and data.strip():
            self.json.append(data)


def render(site: Site, settings: Settings) -> dict[str, bytes]:
    """Return the files of a site by path."""
    outputs = list(render_site(site, sample.notes(), settings, sample.theme()))
    files = {output.path: output.data for output in outputs}
    assert len(files) == len(outputs), "two outputs want the same path"
    return files


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    found = render(sample.site(), sample.settings())
    return {**found, "pictures/pier.jpg": b"", "pictures/pier.jpg.480.webp": b""}


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Reader]:
    return {path: Reader(data) for path, data in files.items() if path.endswith(".html")}


def target(path: str, link: str) -> tuple[str, str]:
    """Return the file and the anchor that a relative link of the page `path` leads to."""
    parts = urlsplit(link)
    folder = path.rpartition("/")[0]
    steps = folder.split("/") if folder else []
    if parts.path.startswith("/"):
        steps = []
    if not parts.path:
        return path, unquote(parts.fragment)
    for step in parts.path.split("/")[:-1]:
        if step == "..":
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    name = parts.path.rpartition("/")[2] or "index.html"
    if name in {".", ".."}:
        raise AssertionError(link)
    return unquote("/".join([*steps, name])), unquote(parts.fragment)


def test_every_link_and_anchor_leads_somewhere(
    files: dict[str, bytes], pages: dict[str, Reader]
) -> None:
    checked = 0
    for path, page in pages.items():
        for link in page.links + page.loads:
            if urlsplit(link).scheme:
                continue
            file, anchor = target(path, link)
            assert file in files, f"{path}: {link}"
            if anchor and file in pages:
                assert anchor in pages[file].ids, f"{path}: {link}"
            checked += 1
    assert checked > 500


def test_pages_nest_and_keep_to_the_policy(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        assert not page.faults, path
        assert page.metas["Content-Security-Policy"] == POLICY


def test_ids_are_unique(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path


def test_headings_start_at_one_and_skip_no_level(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        assert page.levels[0] == 1, path
        assert page.levels.count(1) == 1, path
        for above, below in zip(page.levels, page.levels[1:], strict=False):
            assert below <= above + 1, (path, page.levels)


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).scheme], path


def test_structured_data_is_json_and_cannot_end_its_block(files: dict[str, bytes]) -> None:
    page = Reader(files["talks/harbour-2017/hostile/index.html"])
    (text,) = page.json
    graph = json.loads(text)["@graph"]
    assert graph[0]["@type"] == "Event"
    assert graph[0]["name"] == sample.HOSTILE
    assert "<script>alert" not in files["talks/harbour-2017/hostile/index.html"].decode()


def test_xml_is_well_formed() -> None:
    files = render(sample.site(), sample.settings(base_url="https://notes.example/kb/"))
    for path, data in files.items():
        if path.endswith(".xml"):
            ET.fromstring(data)


def test_lists_stay_below_150_kilobytes() -> None:
    files = render(sample.site(1200), sample.settings())
    for path, data in files.items():
        if path.endswith(".html"):
            assert len(data) < 150_000, path
    assert "talks/page-2/index.html" in files
    assert "topics/boats/page-2/index.html" in files
    assert "events/harbour-2016/page-2/index.html" in files


def test_every_talk_is_on_a_list_however_long() -> None:
    site = sample.site(450)
    files = render(site, sample.settings())
    listed = set()
    for path, data in files.items():
        if path.startswith("talks/") and path.count("/") <= 2:
            listed |= {target(path, link)[0] for link in Reader(data).links}
    for session in site.sessions:
        if session.is_talk:
            assert f"{session.url[1:]}index.html" in listed


def test_pages_can_be_listed_without_rendering_and_rendered_alone() -> None:
    renderer = Renderer(
        records_of(sample.site()), sample.notes(), sample.settings(), sample.theme()
    )
    pages = list(renderer.pages())
    assert pages == list(renderer.pages())
    page = next(page for page in pages if page.path == "talks/harbour-2017/fast-boats/index.html")
    output = renderer.render(page)
    assert isinstance(output, Output)
    assert b"Fast boats" in output.data


def test_a_key_changes_with_the_view_and_with_the_templates_that_show_it() -> None:
    site, notes = sample.site(), sample.notes()
    path = "talks/harbour-2017/fast-boats/index.html"

    def key(**changes: str) -> str:
        renderer = Renderer(records_of(site), notes, sample.settings(), sample.theme(**changes))
        return renderer.key(next(page for page in renderer.pages() if page.path == path))

    assert key() == key(home_html="other")
    assert key() != key(talk_html='{% extends "base.html" %}')
    assert key() != key(base_html="other")


def test_a_site_with_nothing_in_it_still_has_a_home() -> None:
    files = render(Site(), sample.settings())
    assert b"Harbour notes" in files["index.html"]
    assert "404.html" in files


def test_a_page_that_is_not_there_links_from_the_root_of_the_host() -> None:
    files = render(sample.site(), sample.settings(base_url="https://notes.example/kb/"))
    links = Reader(files["404.html"]).links
    assert "/kb/" in links
    assert not [link for link in links if link.startswith("..")]


def test_names_of_topics_are_parted_once(files: dict[str, bytes]) -> None:
    """The style sheet puts a dot between the children of `.meta`: one child holds the names."""
    page = files["topics/knots/index.html"].decode()
    assert '<span><a href="../../topics/boats/">boats</a></span></p>' in page


def test_redirects_lead_to_the_new_page(files: dict[str, bytes]) -> None:
    page = Reader(files["2017/05/harbour/index.html"])
    assert page.metas["refresh"] == "0; url=../../../notes/harbour-days/"
    assert Reader(files["old.html"]).metas["refresh"] == "0; url=./"


@pytest.mark.parametrize(
    ("language", "html", "header"),
    [
        ("de", '<html lang="de">', '<header class="top">'),
        ("pl", '<html lang="pl">', '<header class="top" lang="en" dir="ltr">'),
        ("he", '<html lang="he" dir="rtl"', '<header class="top" lang="en" dir="ltr">'),
    ],
)
def test_pages_say_their_language(language: str, html: str, header: str) -> None:
    home = render(sample.site(), sample.settings(language=language))["index.html"].decode()
    assert html in home
    assert header in home


def test_pages_are_the_same_whatever_was_kept_of_others() -> None:
    records, notes, settings = records_of(sample.site(300)), sample.notes(), sample.settings()
    kept, turning = (Renderer(records, notes, settings, sample.theme()) for _ in range(2))
    chapters = set()
    for one, other in zip(kept.groups(), turning.groups(), strict=True):
        turning.turn_to(other.chapter)
        chapters.add(other.chapter)
        pages = [*one.make()]
        assert [*other.make()] == pages
        assert [*map(turning.render, pages)] == [*map(kept.render, pages)]
    assert len(chapters) > 2
