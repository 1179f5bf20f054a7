"""Every format, read back by what others read it with; hostile text stays text."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from kb.building.formats import FORMATS
from kb.exporting.material import Material
from kb.exporting.spreadsheets import TABLES
from kb.model.note import FrontMatter, Lines, Note
from kb.model.site import (
    Billed,
    Citation,
    Credit,
    ProgrammeRecord,
    SessionRecord,
    Site,
    Telling,
    Url,
)
from kb.model.value import replace
from tests.exporting import bibtex
from tests.exporting.material import material
from tests.rendering import sample
from tests.rendering.test_hostile import DATES, TEXT
from tests.rendering.test_hostile import site as hostile_site


def made(name: str, given: Material | None = None) -> dict[str, bytes]:
    outputs = list(FORMATS[name].make(material() if given is None else given))
    assert len({one.path for one in outputs}) == len(outputs)
    return {one.path: one.data for one in outputs}


def single(name: str, given: Material | None = None) -> str:
    (data,) = made(name, given).values()
    return data.decode()


def hostile(words: list[str], date: str) -> Material:
    notes = {"n.md": Note("n.md", "0", FrontMatter(), words[0])}
    conf = sample.settings(title=words[1], description=words[2], base_url="https://n.example/")
    return Material(hostile_site(words, date), notes, conf)


def talk(number: int, title: str = "A talk", **changes: Any) -> SessionRecord:
    telling = Telling("n.md", Lines(1, 2))
    url = Url(f"/talks/e/t-{number}/")
    return SessionRecord(url, title, changes.pop("kind", "talk"), None, (telling,), **changes)


def cited(url: str, kind: str = "recording", text: str = "") -> Citation:
    return Citation(url, url, kind, text, "", None, "n.md", 1)


def of_talks(*talks: SessionRecord, **changes: object) -> Material:
    return Material(Site(sessions=talks), {}, sample.settings(**changes))


_ALL = "import sys; from tests.exporting.test_formats import *; print([*map(made, FORMATS)])"


def test_the_same_site_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    shown = [
        subprocess.run(
            [sys.executable, "-c", _ALL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert shown[0] == shown[1]
    assert b"site.json" in shown[0]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_site_is_no_fault(name: str) -> None:
    made(name, Material(Site(), {}, sample.settings()))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=6, max_size=6), DATES)
def test_hostile_text_stays_text(words: list[str], date: str) -> None:
    one = hostile(words, date)
    title = one.site.sessions[0].title
    assert ET.fromstring(single("opml", one)) is not None
    (entry,) = bibtex.entries(single("bibtex", one))
    assert bibtex.shown(entry[1].get("title", "")) == re.sub(
        "[\x00-\x1f\x7f-\x9f]", "", " ".join(title.split())
    )
    Calendar.from_ical(single("ics", one))
    for path, data in made("csv", one).items():
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        assert {len(row) for row in rows} == {len(TABLES[path.removesuffix(".csv")])}
    for path, data in made("pyvideo", one).items():
        assert json.loads(data)
        assert all(part not in {"", ".", ".."} for part in path.split("/"))


# csv


def table(name: str, one: Material | None = None) -> list[dict[str, str]]:
    text = made("csv", one)[f"{name}.csv"].decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_tables_hold_every_record() -> None:
    site = sample.site()
    talks = [one for one in site.sessions if one.is_talk]
    assert [row["url"] for row in table("talks")] == [one.url for one in talks]
    assert len(table("talks")) + len(table("sessions")) == len(site.sessions)
    for name, many in (("events", site.events), ("topics", site.topics), ("notes", site.notes)):
        assert [row["url"] for row in table(name)] == [one.url for one in many]
    assert [row["name"] for row in table("speakers")] == [one.name for one in site.people]
    assert len(table("citations")) == sum(len(one.citations) for one in site.links)
    told = [(one.url, credit.person) for one in talks for credit in one.speakers]
    assert [(row["talk"], row["speaker"]) for row in table("talk_speakers")] == told


def test_a_talk_has_its_names_and_words() -> None:
    row = next(row for row in table("talks") if row["title"] == "Fast boats")
    (record,) = (one for one in sample.site().sessions if one.title == "Fast boats")
    assert row["speakers"] == "; ".join(one.name for one in record.speakers)
    assert row["event"] == "Harbour Days Bergen 2017"
    assert row["text"].startswith("The code is here\n")
    assert row["recording"] == "; ".join(u.url for u in record.citations if u.kind == "recording")
    assert row["notes"] == f"{sample.NOTE}:{record.tellings[0].lines.first}"


def billed() -> Material:
    """Return the sample site, in which an event has a programme."""
    sessions = (
        Billed("Fast boats", "2017-05-08", "09:00", room="Pier", speakers=("A", "B")),
        Billed("Unseen", url="https://programme.example/2", session=Url("/gone/")),
    )
    site = sample.site()
    first = replace(site.events[0], programme=ProgrammeRecord("s.toml", sessions=sessions))
    return Material(replace(site, events=(first, *site.events[1:])), {}, sample.settings())


def test_a_programme_is_a_table() -> None:
    rows = table("programme", billed())
    assert [(row["title"], row["speakers"]) for row in rows] == [
        ("Fast boats", "A; B"),
        ("Unseen", ""),
    ]
    assert {row["event"] for row in rows} == {"Harbour Days Bergen 2017"}


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(title: str) -> None:
    (row,) = table("talks", of_talks(talk(1, title)))
    assert row["title"] == f"'{title}"


# bibtex


def bibliography(*talks: SessionRecord, **changes: object) -> dict[str, dict[str, str]]:
    found = list(bibtex.entries(single("bibtex", of_talks(*talks, **changes))))
    assert len({key.lower() for key, _ in found}) == len(found)
    return dict(found)


def test_every_talk_has_an_entry() -> None:
    found = dict(bibtex.entries(single("bibtex")))
    talks = [one for one in sample.site().sessions if one.is_talk]
    assert [bibtex.shown(one["title"]) for one in found.values()] == [one.title for one in talks]
    entry = found["harbour-2017:fast-boats"]
    assert entry["year"] == "2017"
    assert entry["month"] == "may"
    assert entry["howpublished"].endswith("at Harbour Days Bergen 2017")


def test_keys_are_unique_whatever_the_urls_are() -> None:
    odd = (
        "/talks/e/%E9%83%AD/",
        "/talks/e/%E5%AD%B8/",
        "/talks/E/x/",
        "/talks/e/X/",
        "/talks/e/x/",
    )
    talks = [
        SessionRecord(Url(url), "T", "talk", None, (Telling("n.md", Lines(1, 2)),)) for url in odd
    ]
    assert len(bibliography(*talks)) == len(odd)


def test_names_are_told_apart() -> None:
    spoken = ("Ada North", "Band and Sons", "North, Ada", "and", "Others", "A & B")
    speakers = tuple(Credit(Url("/s/"), name) for name in spoken)
    (entry,) = bibliography(talk(1, speakers=speakers)).values()
    assert [bibtex.shown(one) for one in bibtex.names(entry["author"])] == list(spoken)


def test_urls_stay_whole() -> None:
    urls = ("https://a.example/100%25_of~x#y&z", "https://a.example/{b}\\c d")
    first, second = bibliography(
        *(talk(place, citations=(cited(url),)) for place, url in enumerate(urls))
    ).values()
    assert first["url"] == urls[0]
    assert second["url"] == "https://a.example/%7Bb%7D%5Cc%20d"
    (entry,) = bibliography(talk(1, citations=(cited("javascript:alert(1)"),))).values()
    assert "url" not in entry
    (entry,) = bibliography(talk(1), base_url="https://n.example/").values()
    assert entry["url"] == "https://n.example/talks/e/t-1/"


# opml


def outlines(one: Material) -> Iterator[ET.Element]:
    root = ET.fromstring(single("opml", one))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    for element in root.iter("outline"):
        assert element.get("text")
        needed = {"link": "url", "rss": "xmlUrl"}.get(element.get("type") or "")
        assert needed is None or element.get(needed)
        yield element


def test_links_are_listed_by_talk() -> None:
    site = sample.site()
    urls = {one.get("url") for one in outlines(material()) if one.get("type") == "link"}
    assert urls == {use.url for one in site.sessions for use in one.citations} | {
        use.url for one in site.notes for use in one.citations
    }
    assert not [one for one in outlines(material()) if one.get("type") == "rss"]


def test_feeds_are_listed_where_their_address_is_known() -> None:
    one = material(base_url="https://n.example/notes/")
    feeds = {found.get("xmlUrl") for found in outlines(one) if found.get("type") == "rss"}
    assert "https://n.example/notes/feed.xml" in feeds
    assert "https://n.example/notes/events/harbour-2017/feed.xml" in feeds
    assert all(str(url).startswith("https://n.example/notes/") for url in feeds)


def test_only_addresses_of_the_web_are_listed() -> None:
    uses = (cited("javascript:alert(1)"), cited("https://a.example/"), cited("mailto:a@b.example"))
    found = [one.get("url") for one in outlines(of_talks(talk(1, citations=uses)))]
    assert [url for url in found if url] == ["https://a.example/"]


# ics


def test_the_calendar_holds_events_and_dated_sessions() -> None:
    calendar = Calendar.from_ical(single("ics"))
    found = [str(event["summary"]) for event in calendar.walk("VEVENT")]
    dated = [one.title for one in sample.site().sessions if one.date]
    assert sorted(found) == sorted(["Harbour Days Bergen 2017", *dated])
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(set(uids)) == len(uids)


def test_a_session_of_no_event_is_in_the_calendar() -> None:
    calendar = Calendar.from_ical(single("ics", of_talks(talk(1, "Alone", date="2020-02-02"))))
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == ["Alone"]


# pyvideo


def records(*talks: SessionRecord, **changes: object) -> dict[str, Any]:
    files = made("pyvideo", of_talks(*talks, **changes))
    return {path: json.loads(data) for path, data in files.items()}


def test_a_recorded_talk_is_a_record() -> None:
    one = talk(
        1,
        "Boats",
        date="2017-05-08",
        abstract_text="Of boats.",
        speakers=(Credit(Url("/s/a/"), "Ada North"), Credit(Url("/s/b/"), "Ada North")),
        citations=(
            cited("https://youtu.be/abcdefghijk"),
            cited("https://files.example/x.mp4"),
            cited("https://slides.example/1", "slides", "The slides"),
            cited("javascript:alert(1)", "code"),
        ),
    )
    found = records(one, base_url="https://n.example/")
    assert found["other-talks/category.json"] == {
        "description": None,
        "slug": "other-talks",
        "title": "Other talks",
    }
    assert found["other-talks/videos/t-1.json"] == {
        "copyright_text": None,
        "description": "Of boats.",
        "duration": None,
        "language": "eng",
        "recorded": "2017-05-08",
        "related_urls": [
            {"label": "The slides", "url": "https://slides.example/1"},
            {"label": "Notes", "url": "https://n.example/talks/e/t-1/"},
        ],
        "speakers": ["Ada North"],
        "tags": [],
        "thumbnail_url": "https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg",
        "title": "Boats",
        "videos": [
            {"type": "youtube", "url": "https://youtu.be/abcdefghijk"},
            {"type": "mp4", "url": "https://files.example/x.mp4"},
        ],
    }


def test_a_talk_without_a_recording_is_none_and_no_lunch_either() -> None:
    lunch = talk(2, "Lunch", kind="social", citations=(cited("https://youtu.be/abcdefghijk"),))
    assert records(talk(1), lunch) == {}


def test_each_event_is_a_folder() -> None:
    files = made("pyvideo")
    recorded = {
        one.event
        for one in sample.site().sessions
        if one.is_talk and any(use.kind == "recording" for use in one.citations)
    }
    folders = {path.partition("/")[0] for path in files}
    assert folders == {str(url).split("/")[2] for url in recorded}
    for folder in folders:
        category = json.loads(files[f"{folder}/category.json"])
        assert category["slug"] == folder
        assert category["title"].startswith("Harbour Days")
