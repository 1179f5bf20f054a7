"""Feeds, held against the rules of RFC 4287 and of JSON Feed 1.1."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from kb.model.settings import FeedSettings
from kb.model.site import Url, records_of
from kb.model.value import replace
from kb.rendering.catalog import Catalog
from kb.rendering.feeds import identifier, stamp
from kb.rendering.site import render_site
from tests.rendering import sample

ATOM = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def feeds(base: str) -> dict[str, bytes]:
    settings = sample.settings(base_url=base)
    outputs = render_site(sample.site(), sample.notes(), settings, sample.theme())
    return {
        output.path: output.data
        for output in outputs
        if output.path.rpartition("/")[2] in {"feed.xml", "feed.json"}
    }


@pytest.mark.parametrize("base", ["", "https://notes.example/kb/"])
def test_atom_feeds_keep_the_rules(base: str) -> None:
    found = {path: data for path, data in feeds(base).items() if path.endswith(".xml")}
    assert {"feed.xml", "events/harbour-2017/feed.xml", "speakers/ada/feed.xml"} <= set(found)
    for path, data in found.items():
        feed = ET.fromstring(data)
        assert feed.tag == f"{ATOM}feed"
        ids = [one.text or "" for one in feed.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids)), path
        assert all(re.match(r"[a-z]+:", one) for one in ids), path
        for element in (feed, *feed.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                assert len(element.findall(f"{ATOM}{name}")) == 1, (path, name)
            assert RFC3339.fullmatch(element.findtext(f"{ATOM}updated") or "")
        assert feed.find(f"{ATOM}author") is not None
        links = feed.findall(f"{ATOM}link")
        assert [link.get("rel") for link in links] == ["self", "alternate"]
        for entry in feed.findall(f"{ATOM}entry"):
            assert len(entry.findall(f"{ATOM}link[@rel='alternate']")) == 1
            # RFC 4287, 4.1.1.1: an entry has content or an alternate link; ours has both or a link.
            href = entry.find(f"{ATOM}link")
            assert href is not None
            assert (href.get("href") or "").startswith(base or ("../", "./", "talks/"))


def test_without_a_base_links_are_relative_to_the_feed() -> None:
    feed = ET.fromstring(feeds("")["speakers/ada/feed.xml"])
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == "../../talks/harbour-2017/fast-boats/"


def test_content_has_complete_links_only() -> None:
    feed = ET.fromstring(feeds("https://notes.example/kb/")["feed.xml"])
    content = feed.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert 'href="https://notes.example/kb/talks/harbour-2017/slow-boats/"' in content
    assert 'href="../' not in content


@pytest.mark.parametrize("base", ["", "https://notes.example/kb/"])
def test_json_feeds_keep_the_rules(base: str) -> None:
    for path, data in feeds(base).items():
        if path.endswith(".json"):
            feed = json.loads(data)
            assert feed["version"] == "https://jsonfeed.org/version/1.1"
            assert feed["title"]
            for item in feed["items"]:
                assert item["id"]
                assert "content_html" in item or "content_text" in item


def test_a_feed_holds_as_many_entries_as_settings_say() -> None:
    settings = sample.settings(feeds=FeedSettings(limit=2))
    outputs = render_site(sample.site(20), sample.notes(), settings, sample.theme())
    data = next(one.data for one in outputs if one.path == "topics/boats/feed.json")
    assert len(json.loads(data)["items"]) == 2


def test_a_note_with_a_weight_heads_the_list_but_not_the_feed() -> None:
    made = sample.site()
    newest = max(made.notes, key=lambda one: one.date)
    old = replace(newest, path="content/old.md", url=Url("/notes/old/"), title="Old", weight=1)
    old = replace(old, date="1999-01-01", sessions=(), targets=())
    made = replace(made, notes=(old, *made.notes))
    outputs = render_site(made, sample.notes(), sample.settings(), sample.theme())
    data = {output.path: output.data.decode() for output in outputs}
    page = data["notes/index.html"]
    assert 0 < page.index("<h2>Pinned</h2>") < page.index(f"<h2>{newest.date[:4]}</h2>")
    assert page.count("<h2>Pinned</h2>") == 1
    items = json.loads(data["feed.json"])["items"]
    assert items[0]["title"] == newest.title
    assert "Old" in [one["title"] for one in items]


@pytest.mark.parametrize(
    ("date", "full"),
    [
        ("2017-05-13", "2017-05-13T00:00:00Z"),
        ("2017-05-13T06:40:53+00:00", "2017-05-13T06:40:53+00:00"),
        ("2017-05-13T06:40:53Z", "2017-05-13T06:40:53Z"),
        ("2017-05-13T06:40", "2017-05-13T06:40:00Z"),
        ("2017-05-13T06:40+02:00", "2017-05-13T06:40:00+02:00"),
        ("2017-05-13T06:40:53", "2017-05-13T06:40:53Z"),
        ("2017", "2017-01-01T00:00:00Z"),
        ("", "1970-01-01T00:00:00Z"),
    ],
)
def test_stamps(date: str, full: str) -> None:
    assert stamp(date) == full
    assert RFC3339.fullmatch(full)


def test_identifiers_without_a_base_stay_and_differ() -> None:
    catalog = Catalog(records_of(sample.site()), {}, sample.settings())
    one, two = identifier("/a/", catalog), identifier("/b/", catalog)
    assert one != two
    assert one == identifier("/a/", catalog)
    assert one.startswith("urn:uuid:")
