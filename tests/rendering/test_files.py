"""Files for programs: data with its schema, Markdown twins, files for hosts."""

import csv
import io
import json
import re

import pytest

from kb.model.note import Block, FrontMatter, Lines, Note, Run
from kb.model.site import LinkRecord, Site, records_of
from kb.model.value import from_json
from kb.rendering.catalog import Catalog
from kb.rendering.data import FILES
from kb.rendering.site import render_site
from kb.rendering.twins import markdown
from tests.rendering import sample

BASE = "https://notes.example/kb/"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    settings = sample.settings(base_url=BASE)
    outputs = render_site(sample.site(), sample.notes(), settings, sample.theme())
    return {output.path: output.data for output in outputs}


def test_data_files_have_the_shape_of_the_schema(files: dict[str, bytes]) -> None:
    names = ("talks", "speakers", "topics", "events", "links")
    schema = json.loads(files["data/schema.json"])
    shapes: tuple[type, ...] = FILES
    for name, shape in zip(names, shapes, strict=True):
        value: object = from_json(files[f"data/{name}.json"], shape)
        assert getattr(value, name), name
        assert shape.__name__ in schema["$defs"]


def test_talks_data_leaves_social_sessions_out(files: dict[str, bytes]) -> None:
    talks = json.loads(files["data/talks.json"])["talks"]
    assert "Lunch on deck" not in {talk["title"] for talk in talks}
    fast = next(talk for talk in talks if talk["title"] == "Fast boats")
    assert fast["event"]["name"] == "Harbour Days Bergen 2017"
    assert fast["told"][0]["first"] == 5


def test_csv_is_read_back_and_runs_no_formula() -> None:
    link = LinkRecord("k", "https://a.example/?a,b", "code", "a.example", '=HYPERLINK("x"), "y"')
    outputs = render_site(Site(links=(link,)), {}, sample.settings(), sample.theme())
    (data,) = (output.data for output in outputs if output.path == "data/links.csv")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [row["url"] for row in rows] == ["https://a.example/?a,b"]
    assert rows[0]["title"] == '\'=HYPERLINK("x"), "y"'


def test_a_twin_is_the_talk_in_markdown(files: dict[str, bytes]) -> None:
    text = files["talks/harbour-2017/slow-boats/index.md"].decode()
    assert text.startswith("# Slow boats\n")
    assert "- Speakers: Ada North" in text
    assert "> They are slow." in text
    assert "```python\nx = 1\n```" in text
    assert "events/harbour-2017/lunch/index.md" not in files


def test_a_twin_holds_the_footnotes_that_it_cites() -> None:
    words = (Run("They hold.", 3),)
    cite = Block("paragraph", 3, 3, runs=words, html=('They hold.<a href="#fn-1">1</a>',))
    said = Block("paragraph", 9, 9, runs=(Run("Mostly.", 9),), html=("Mostly.",))
    foot = Block("footnote", 9, 9, anchor="fn-1", children=(said,))
    other = Block("footnote", 10, 10, anchor="fn-2", children=(said,))
    notes = Block("footnotes", 9, 10, children=(foot, other))
    note = Note("n.md", "0" * 64, FrontMatter(), "N", (cite, notes))
    settings = sample.settings(base_url=BASE)
    desk = Catalog(records_of(Site()), {}, settings).desk("/")
    assert markdown(note, (), [Lines(3, 4)], desk) == "They hold.\n\n[^1]: Mostly."


def test_llms_txt_lists_every_twin(files: dict[str, bytes]) -> None:
    links = re.findall(r"\]\(([^)]+)\)", files["llms.txt"].decode())
    assert {f"{BASE}{path}" for path in files if path.endswith(".md")} == set(links)


def test_pages_mark_what_a_card_shows_of_them(files: dict[str, bytes]) -> None:
    """Hover cards are read out of the pages themselves; there is no file of them."""
    for page in (
        "talks/harbour-2017/fast-boats",
        "speakers/ada",
        "topics/boats",
        "events/harbour-2017",
    ):
        text = files[f"{page}/index.html"]
        assert b'class="kicker"' in text, page
        assert b"data-card" in text or b'class="speakers"' in text, page
    assert not [path for path in files if path.startswith("cards/")]


def test_sitemap_lists_each_page_once_with_its_complete_address(files: dict[str, bytes]) -> None:
    found = re.findall(r"<loc>([^<]+)</loc>", files["sitemap.xml"].decode())
    assert len(found) == len(set(found))
    assert f"{BASE}talks/harbour-2017/fast-boats/" in found
    assert BASE in found
    assert not [one for one in found if "404" in one]


def test_without_a_base_the_sitemap_begins_at_the_root() -> None:
    outputs = render_site(sample.site(), sample.notes(), sample.settings(), sample.theme())
    data = {output.path: output.data for output in outputs}
    assert b"<loc>/talks/harbour-2017/fast-boats/</loc>" in data["sitemap.xml"]
    assert b"Sitemap" not in data["robots.txt"]


def test_hosts_are_told_of_policy_and_redirects(files: dict[str, bytes]) -> None:
    headers = files["_headers"].decode()
    assert "Content-Security-Policy: default-src 'none'; script-src 'self';" in headers
    assert "/kb/2017/05/harbour/ /kb/notes/harbour-days/ 301" in files["_redirects"].decode()
