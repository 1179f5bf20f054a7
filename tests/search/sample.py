"""A small site about two harbour conferences, made of values, and its documents."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kb.model.facts import SessionKind
from kb.model.note import Block, FrontMatter, Lines, Note
from kb.model.settings import Settings
from kb.model.site import (
    Citation,
    Credit,
    DayRecord,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    Site,
    Telling,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.model.value import replace
from kb.rendering.site import render_site
from kb.search.browser_index import export_anew
from kb.search.documents import Document, documents
from tests.rendering.sample import theme

PEOPLE = ("Ada Quill", "Bo Łukasiewicz", "Cora Straße", "Dan Wells", "Mei 山田")
TOPICS = ("pilot boats", "tides", "C++", "harbour radio", "deep water")
EVENTS = (("Harbour Days", "Oslo", 2016), ("Harbour Days", "Porto", 2018))

TALKS: tuple[tuple[str, int, SessionKind, tuple[int, ...], tuple[int, ...], str], ...] = (
    ("Reading the tides by moonlight", 0, "talk", (0,), (1,),
     "A tide table is a promise made by astronomers. Ada keeps hers on the wall of the kitchen."),
    ("Pilot boats for small ports", 0, "keynote", (1,), (0,),
     "Small ports need small boats. The keynote compared three hulls and one raft with wheels."),
    ("Radio discipline on the quay", 0, "talk", (2, 3), (3,),
     "Say who you are, say where you are, say what you want. Nobody listening wants a story."),
    ("Dredging without tears", 0, "workshop", (3,), (4,),
     "Silt moves back overnight. Measure twice, dredge once, and publish the soundings."),
    ("Writing a chart plotter in C++", 0, "talk", (0,), (2, 4),
     "Templates draw coastlines faster than interpreters do. The C++ code fits on four pages."),
    ("What the lighthouse keeper knew", 0, "talk", (4,), (),
     "灯台の光は遠くまで届く。 The keeper counted ships and wrote each name in a ledger."),
    ("Tides, again", 1, "talk", (0,), (1,),
     "Two years later the tide tables are wrong by a minute, and everyone noticed."),
    ("Deep water moorings", 1, "panel", (1, 2), (4,),
     "Chains, ropes and arguments. The panel agreed that ropes rot and chains rust."),
    ("Harbour radio goes digital", 1, "lightning", (2,), (3,),
     "Node.js relays on every buoy, and a CI/CD pipeline that floats."),
    ("The well tempered crane", 1, "talk", (3,), (0, 4),
     "A crane sings when the wind stands right. Testing cranes means listening to them."),
    ("Pilots who test their boats", 1, "talk", (1,), (0, 1),
     "Every pilot tests the boat before the boat tests the pilot. Tested boats come home."),
)  # fmt: skip


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _event_url(number: int) -> Url:
    name, place, year = EVENTS[number]
    return Url(f"/events/{_slug(f'{name} {place} {year}')}/")


def _person(number: int) -> Url:
    return Url(f"/speakers/person-{number}/")


def _topic(number: int) -> Url:
    return Url(f"/topics/topic-{number}/")


def _path(event: int) -> str:
    return f"content/harbour-{EVENTS[event][2]}.md"


@cache
def site() -> tuple[Site, Mapping[str, Note]]:
    """Return the site and its notes."""
    blocks: dict[int, list[Block]] = {0: [], 1: []}
    sessions = []
    citations: list[Citation] = []
    for number, (title, event, kind, people, topics, text) in enumerate(TALKS):
        line = 10 + 10 * number
        blocks[event].append(
            Block("heading", line, line, 3, title, html=(title,), anchor=f"t{number}")
        )
        blocks[event].append(Block("paragraph", line + 2, line + 2, text=text, html=(text,)))
        url = Url(f"/talks/{_slug(' '.join(map(str, EVENTS[event])))}/{_slug(title)}/")
        year = EVENTS[event][2]
        date = f"{year}-06-{number + 1:02}"
        cited: tuple[Citation, ...] = ()
        if number % 3 == 0:
            cited = (
                Citation(f"example.org/{number}", f"https://example.org/{number}", "recording",
                         f"Recording of {title}", "The recording is worth an hour.", url,
                         _path(event), line + 3),
            )  # fmt: skip
            citations.extend(cited)
        sessions.append(
            SessionRecord(
                url=url, title=title, kind=kind, event=_event_url(event),
                tellings=(
                    Telling(_path(event), Lines(line, line + 5), (Lines(line + 1, line + 5),)),
                ),
                day=date, date=date, sort_date=date,
                speakers=tuple(Credit(_person(p), PEOPLE[p]) for p in people),
                topics=tuple(TopicUse(_topic(t), TOPICS[t]) for t in topics),
                citations=cited,
            )
        )  # fmt: skip
    by_person = {
        p: tuple(s.url for s, talk in zip(sessions, TALKS, strict=True) if p in talk[3])
        for p in range(len(PEOPLE))
    }
    by_topic = {
        t: tuple(s.url for s, talk in zip(sessions, TALKS, strict=True) if t in talk[4])
        for t in range(len(TOPICS))
    }
    events = tuple(
        EventRecord(
            url=_event_url(n), name=name, title=f"{name} {place} {year}", place=place, year=year,
            series=name, start=f"{year}-06-01", end=f"{year}-06-30", sort_date=f"{year}-06-01",
            days=tuple(DayRecord(s.day, "", s.date, 1.0, (s.url,)) for s in sessions
                       if s.event == _event_url(n)),
            sessions=tuple(s.url for s in sessions if s.event == _event_url(n)),
            notes=(_path(n),),
            talks=sum(s.is_talk for s in sessions if s.event == _event_url(n)),
        )
        for n, (name, place, year) in enumerate(EVENTS)
    )  # fmt: skip
    notes = {
        _path(n): Note(
            _path(n), f"{n}" * 64, FrontMatter(title=f"My {year} notes"), f"My {year} notes",
            (Block("paragraph", 2, 2, text="Rain on every single morning.", html=("Rain",)),
             *blocks[n]),
            lines=200,
        )
        for n, (_, _, year) in enumerate(EVENTS)
    }  # fmt: skip
    records = tuple(
        NoteRecord(
            _path(n), Url(f"/notes/harbour-{year}/"), f"My {year} notes", f"{year}-07-01",
            event=_event_url(n), sessions=events[n].sessions,
        )
        for n, (_, _, year) in enumerate(EVENTS)
    )  # fmt: skip
    links = tuple(
        LinkRecord(c.link, c.url, c.kind, "example.org", c.text, (c,), "2016-06-01", "2018-06-01")
        for c in citations
    )
    found = Site(
        events=events[::-1],
        sessions=tuple(sessions),
        people=tuple(
            PersonRecord(_person(p), name, ("B. Lukasiewicz",) if p == 1 else (), by_person[p],
                         talks=len(by_person[p]))
            for p, name in enumerate(PEOPLE)
        ),
        topics=tuple(
            TopicRecord(_topic(t), name, ("boats for pilots",) if t == 0 else (),
                        sessions=by_topic[t], talks=len(by_topic[t]))
            for t, name in enumerate(TOPICS)
        ),
        links=links,
        notes=records[::-1],
    )  # fmt: skip
    return found, notes


@cache
def sample_documents() -> tuple[Document, ...]:
    """Return the documents of the sample site, each talk tagged with its topics in capitals."""
    return tuple(
        replace(one, labels=tuple(topic.title() for topic in one.topics))
        for one in documents(*site())
    )


def many(count: int) -> tuple[Document, ...]:
    """Return `count` talks whose words are made from their numbers, for tests of size."""
    stems = (
        "anchor", "beacon", "cable", "derrick", "ebb", "fender", "gauge", "hull", "inlet",
        "jetty", "keel", "lock", "mast",
    )  # fmt: skip
    return tuple(
        Document(
            "talk",
            f"/talks/many/{number}/",
            f"{stems[number % 13].title()} number {number}",
            speakers=(PEOPLE[number % 5],),
            topics=(stems[number % 7],),
            topic_names=(stems[number % 7],),
            event="Many Harbours 2020",
            date=f"2020-01-{number % 28 + 1:02}",
            year=2020,
            body=(" ".join(f"{stem}{number % (7 + at)}" for at, stem in enumerate(stems)),),
        )
        for number in range(count)
    )


def write_site(folder: Path) -> None:
    """Publish the sample site, with its index, into `folder`."""
    found, notes = site()
    for output in (
        *render_site(found, notes, Settings(), theme()),
        *export_anew(sample_documents(), "en").outputs,
    ):
        path = folder / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)
