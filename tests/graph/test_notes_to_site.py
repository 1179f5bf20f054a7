"""From Markdown to records: what reading and extraction give is what the graph expects."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.graph.build import build_site
from kb.model.note import Source
from kb.model.settings import Settings
from kb.model.site import Asset, Site, Url
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note
from tests.graph.builders import asset, by_title, person

MONDAY = """\
+++
title = "Harbour Conf Boston 2017 - Monday Sessions"
date = 2017-05-13T06:40:53Z
slug = "harbour-monday"
tags = ["harbours"]
aliases = ["/2017/05/monday/"]
cover = "/images/gone.jpg"
+++

#### Ropes for Everyone

- Ada Lindqvist
- [https://www.youtube.com/watch?v=ropes1234](https://www.youtube.com/watch?v=ropes1234)

* Splicing beats knots
 * See [the splice tool](https://github.com/harbour/splice)

![](/images/Photo-May-08--2-52-01-PM.jpg)

#### Mentoring Lunch

- sponsored by Intel
- [https://harbour.example/schedule/7/mentoring-lunch](https://harbour.example/schedule/7/mentoring-lunch)

Ten minutes each.

#### Winches and Wires

- Ben Ost
- [https://www.youtube.com/watch?v=wires1234](https://www.youtube.com/watch?v=wires1234)

* Wires rust. The splice tool again: [here](http://www.github.com/harbour/splice/)
* A picture that is not there: ![](/images/nope.jpg)
"""

TUESDAY = """\
+++
title = "Harbour Conf Boston 2017 - Tuesday Sessions"
date = 2017-05-20T06:40:53Z
slug = "harbour-tuesday"

[event]
name = "Harbour Conf"
place = "Boston"
year = 2017
day = "Tuesday"
+++

#### Looking Back at Ropes

- Ada Lindqvist
- [https://www.youtube.com/watch?v=back12345](https://www.youtube.com/watch?v=back12345)

* As told on [Monday](./monday.md#ropes-for-everyone), splicing wins.
* The [whole day](/2017/05/monday/) was good.
* A [page that is gone](./wednesday.md).
"""


def built(files: Mapping[str, str], *assets: Asset, settings: Settings | None = None) -> Site:
    options = ExtractionOptions()
    vocabulary = Vocabulary()
    sources = [
        Source(path=path, digest=path, data=text.encode()) for path, text in sorted(files.items())
    ]
    notes = [read_note(source, ReadingOptions()) for source in sources]
    found = [extract(note, vocabulary, options) for note in notes]
    facts = settle(found, vocabulary, options)
    return build_site(notes, facts, assets, vocabulary, settings or Settings())


@pytest.fixture(scope="module")
def harbour() -> Site:
    photo = asset(
        "static/images/Photo-May-08--2-52-01-PM.jpg",
        "/images/Photo-May-08--2-52-01-PM.jpg",
        640,
    )
    return built({"content/monday.md": MONDAY, "content/tuesday.md": TUESDAY}, photo)


def test_talks_have_their_urls_and_speakers(harbour: Site) -> None:
    talks = [record for record in harbour.sessions if record.is_talk]
    assert [(record.title, [c.name for c in record.speakers]) for record in talks] == [
        ("Ropes for Everyone", ["Ada Lindqvist"]),
        ("Winches and Wires", ["Ben Ost"]),
        ("Looking Back at Ropes", ["Ada Lindqvist"]),
    ]
    assert talks[0].url == "/talks/harbour-conf-boston-2017/ropes-for-everyone/"
    lunch = by_title(harbour, "Mentoring Lunch")
    assert lunch.url == "/events/harbour-conf-boston-2017/mentoring-lunch/"
    assert len(person(harbour, "Ada Lindqvist").sessions) == 2


def test_the_photo_dates_monday_and_so_tuesday(harbour: Site) -> None:
    (event,) = harbour.events
    assert [(day.weekday, day.date) for day in event.days] == [
        ("monday", "2017-05-08"),
        ("tuesday", "2017-05-09"),
    ]
    assert by_title(harbour, "Looking Back at Ropes").date == "2017-05-09"
    assert event.days[1].told[0].evidence.rule == "day-picture"
    assert event.told[-1] == event.days[1].told[0]


def test_one_link_of_two_spellings_is_cited_twice(harbour: Site) -> None:
    splice = harbour.links[0]
    assert splice.key == "github.com/harbour/splice"
    assert splice.title == "the splice tool"
    assert len(splice.citations) == 2
    assert splice.kind == "code"


def test_the_citing_sentence_is_on_the_cited_talk(harbour: Site) -> None:
    back = by_title(harbour, "Looking Back at Ropes")
    (found,) = by_title(harbour, "Ropes for Everyone").backlinks
    assert found.page.partition("#")[0] == back.url
    assert found.sentence == "As told on Monday, splicing wins."
    (monday,) = [note for note in harbour.notes if note.path == "content/monday.md"]
    assert [link.sentence for link in monday.backlinks] == [
        "As told on Monday, splicing wins.",
        "The whole day was good.",
    ]


def test_what_is_missing_is_told_with_its_line(harbour: Site) -> None:
    assert [(finding.code, finding.place) for finding in harbour.findings] == [
        ("KB303", "content/monday.md:7:1"),
        ("KB302", "content/monday.md:33:32"),
        ("KB304", "content/tuesday.md:20:5"),
    ]


def test_holes_are_filled_in_the_order_of_the_references(harbour: Site) -> None:
    (tuesday,) = [note for note in harbour.notes if note.path == "content/tuesday.md"]
    assert [target.kind for target in tuesday.targets] == ["external", "page", "page", "missing"]
    assert tuesday.targets[1].url == "/notes/harbour-monday/#ropes-for-everyone"


@pytest.mark.shared
def test_the_users_own_note(shared: Path) -> None:
    seed = shared / "seed"
    note = seed / "content" / "openstack-summit-boston-monday-sessions.md"
    pictures = [
        asset(
            f"static/{path.relative_to(seed / 'static')}",
            Url(f"/{path.relative_to(seed / 'static')}"),
            100,
        )
        for path in sorted(seed.glob("static/**/*.jpg"))
    ]
    site = built({f"content/{note.name}": note.read_text(encoding="utf-8")}, *pictures)
    assert sum(record.is_talk for record in site.sessions) == 6
    assert [record.name for record in site.people] == ["Mark Shuttleworth", "Monty Taylor"]
    lunch = by_title(site, "Speed Mentoring Lunch")
    assert lunch.kind == "social"
    assert lunch.url == "/events/openstack-summit-boston-2017/speed-mentoring-lunch/"
    (event,) = site.events
    assert [(day.date, len(day.sessions)) for day in event.days] == [("2017-05-08", 7)]
    shown = [picture for record in site.sessions for picture in record.pictures]
    assert len(shown) == 4
    assert all(picture.asset and picture.taken.startswith("05-08T") for picture in shown)
    assert [finding.code for finding in site.findings] == ["KB303"]
