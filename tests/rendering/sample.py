"""A small site made of values: few records, every awkward kind of content."""

import json
from collections.abc import Iterable
from pathlib import Path

from kb.model.facts import Evidence, SessionKind
from kb.model.note import Block, FrontMatter, Lines, Note, Reference
from kb.model.settings import Settings
from kb.model.site import (
    Asset,
    Backlink,
    Billed,
    Citation,
    Credit,
    DayRecord,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    Picture,
    ProgrammeRecord,
    Redirect,
    Related,
    SessionRecord,
    Site,
    Target,
    Telling,
    Told,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.rendering.theme import ThemeFiles

THEME = Path(__file__).parents[2] / "themes" / "default"
NOTE = "harbour-days.md"
LONG = "A very long title that goes on " + "and on " * 30 + "until it stops"
HEADINGS = ("fast-boats", "slow-boats", "kuai")
PICTURE = Url("/pictures/pier.jpg")
HOSTILE = '</script><script>alert(1)</script> & "quotes" <b>'


PROGRAMME = ProgrammeRecord(
    "content/schedules/harbour-2017.toml",
    "Harbour Days 2017",
    "v2",
    "https://harbour.example/schedule/",
    (
        Billed("Opening <b>", "2017-05-08", "09:00", "09:30", "Quay", "", ("Jo Doe",)),
        Billed(
            "Fast Boats",
            "2017-05-08",
            "09:30",
            "11:00",
            "Quay",
            "Hulls & keels",
            ("Ada North", "郭學聰"),
            "https://harbour.example/1/",
            Url("/talks/harbour-2017/fast-boats/"),
        ),
        Billed("Slow", "2017-05-08", "10:00", "10:20", "Room 2", url="https://harbour.example/2/"),
        Billed("Slower", "2017-05-08", "10:10", "10:30", "Room 2", speakers=("חיים כהן",)),
        Billed("By night", "2017-05-08", "23:00", "01:00", "Room 10"),
        Billed("Any time", "2017-05-08", room="Room 2"),
        Billed("Some day", start="10:00"),
    ),
)
"""Rooms that overlap, a night, and sessions of no time, no day and no room."""


def theme(**changes: str) -> ThemeFiles:
    """Return the default theme; `changes` put templates (`home_html=…`) over its own."""
    templates = {
        str(path.relative_to(THEME / "templates")): path.read_text("utf-8")
        for path in sorted((THEME / "templates").rglob("*.*"))
    }
    templates.update({name.replace("_", ".", 1): text for name, text in changes.items()})
    static = {path.name: path.read_bytes() for path in sorted((THEME / "static").iterdir())}
    strings = {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in sorted((THEME / "strings").glob("*.json"))
    }
    return ThemeFiles(templates, static, strings)


def evidence(line: int, text: str = "") -> Evidence:
    """Return evidence read from a line."""
    return Evidence(line, "heading", 0.9, text)


def told(first: int, last: int, text: str = "") -> tuple[Told, ...]:
    """Return a place in the note."""
    return (Told(NOTE, Lines(first, last), evidence(first, text)),)


def blocks() -> tuple[Block, ...]:
    """Return a note's body: headings that skip levels, lists, links of every kind, pictures."""
    return (
        Block(
            "heading",
            5,
            5,
            4,
            "Fast boats",
            (),
            '<h4 id="fast-boats">',
            "</h4>\n",
            ("Fast boats",),
            (),
            "fast-boats",
        ),
        Block(
            "bullets",
            6,
            9,
            1,
            "",
            (),
            "<ul>\n",
            "</ul>\n",
            (),
            (
                Block(
                    "item",
                    6,
                    6,
                    0,
                    "The code is here",
                    (),
                    "<li>",
                    "</li>\n",
                    (
                        "The code is ",
                        0,
                        "here</a>",
                    ),
                ),
                Block(
                    "item",
                    7,
                    9,
                    0,
                    "See the other talk",
                    (),
                    "<li>",
                    "</li>\n",
                    (
                        "See ",
                        1,
                        "the other talk</a> and ",
                        2,
                        "the top</a>",
                    ),
                ),
            ),
        ),
        Block("paragraph", 10, 10, 0, "A picture", (), "<p>", "</p>\n", (3,)),
        Block(
            "paragraph",
            11,
            11,
            0,
            "Bad ones",
            (),
            "<p>",
            "</p>\n",
            (4, "gone</a>, ", 5, "evil</a>, ", 6, " and ", 7),
        ),
        Block(
            "heading",
            20,
            20,
            6,
            "Slow boats",
            (),
            '<h6 id="slow-boats">',
            "</h6>\n",
            ("Slow boats",),
            (),
            "slow-boats",
        ),
        Block(
            "quote",
            21,
            22,
            0,
            "",
            (),
            "<blockquote>\n",
            "</blockquote>\n",
            (),
            (
                Block(
                    "paragraph",
                    21,
                    22,
                    0,
                    "They are slow.",
                    (),
                    "<p>",
                    "</p>\n",
                    ("They are slow.",),
                ),
            ),
        ),
        Block(
            "code",
            23,
            25,
            0,
            "x = 1",
            (),
            '<pre><code class="language-python">',
            "</code></pre>\n",
            ('x <span class="o">=</span> <span class="mi">1</span>',),
            (),
            "",
            "python",
        ),
        Block(
            "heading",
            30,
            30,
            5,
            "郭學聰: 快船",
            (),
            '<h5 id="kuai">',
            "</h5>\n",
            ("郭學聰: 快船",),
            (),
            "kuai",
        ),
        Block(
            "paragraph", 31, 31, 0, "שלום עולם, again", (), "<p>", "</p>\n", ("שלום עולם, again",)
        ),
    )


REFERENCES = (
    Reference("link", "https://code.example/boats", "here", line=6),
    Reference("link", "other", "the other talk", line=7),
    Reference("link", "#slow-boats", "the top", line=7),
    Reference("picture", "pier.jpg", "The pier at noon", line=10),
    Reference("link", "nowhere.md", "gone", line=11),
    Reference("link", "javascript:alert(1)", "evil", line=11),
    Reference("picture", "lost_photo.jpg", "", line=11),
    Reference("picture", "https://far.example/x.png", "Far", line=11),
)


def targets(slow: Url) -> tuple[Target, ...]:
    """Return where the note's references lead."""
    return (
        Target("external", "https://code.example/boats", link_kind="code"),
        Target("page", f"{slow}", "Slow boats"),
        Target("anchor", "#slow-boats"),
        Target("asset", PICTURE, width=640, height=480),
        Target("missing"),
        Target("unsafe"),
        Target("missing"),
        Target("external", "https://far.example/x.png", link_kind="article"),
    )


def people(count: int) -> tuple[PersonRecord, ...]:
    """Return as many people."""
    return tuple(
        PersonRecord(Url(f"/speakers/person-{n:03}/"), f"Person Number {n:03}")
        for n in range(count)
    )


def session(
    slug: str,
    title: str,
    event: EventRecord,
    lines: tuple[int, int],
    *,
    kind: SessionKind = "talk",
    speakers: Iterable[PersonRecord] = (),
    topics: Iterable[TopicRecord] = (),
    date: str = "",
    start: str = "",
    day: str = "",
    citations: tuple[Citation, ...] = (),
    pictures: tuple[Picture, ...] = (),
    related: tuple[Related, ...] = (),
    backlinks: tuple[Backlink, ...] = (),
    abstract: str = "",
) -> SessionRecord:
    """Return a session told by the sample note."""
    anchor = slug if slug in HEADINGS else ""
    folder = "events" if kind == "social" else "talks"
    place = event.url.removeprefix("/events/")
    return SessionRecord(
        Url(f"/{folder}/{place}{slug}/"),
        title,
        kind,
        event.url,
        (
            Telling(
                NOTE,
                Lines(*lines),
                (Lines(lines[0] + 1, lines[1]),),
                anchor=anchor,
            ),
        ),
        day,
        date,
        date or f"{event.year}-06-01",
        start=start,
        abstract_text=abstract,
        speakers=tuple(Credit(one.url, one.name, "Harbour Ltd", "captain") for one in speakers),
        topics=tuple(
            TopicUse(one.url, one.name, one.guessed, told(7, 7, f"First words on {one.name}"))
            for one in topics
        ),
        citations=citations,
        pictures=pictures,
        related=related,
        backlinks=backlinks,
    )


def site(extra_talks: int = 0) -> Site:
    """Return the sample site; `extra_talks` more talks make its lists long."""
    old = EventRecord(Url("/events/harbour-2016/"), "Harbour Days", "Harbour Days 2016", year=2016)
    new = EventRecord(
        Url("/events/harbour-2017/"),
        "Harbour Days",
        "Harbour Days Bergen 2017",
        "Bergen",
        2017,
        start="2017-05-08",
        end="2017-05-11",
        about="Boats & people.",
        previous=old.url,
        homepage="https://harbour.example/",
        programme=PROGRAMME,
    )
    ada, kuo, haim = (
        PersonRecord(
            Url("/speakers/ada/"),
            "Ada North",
            ("A. North",),
            links=("https://ada.example/",),
            organisations=("Harbour Ltd",),
            about="Builds boats.",
        ),
        PersonRecord(Url("/speakers/kuo/"), "郭學聰"),
        PersonRecord(Url("/speakers/haim/"), "חיים כהן"),
    )
    many = people(40)
    boats = TopicRecord(Url("/topics/boats/"), "boats", ("ships",), about="What floats.")
    knots = TopicRecord(Url("/topics/knots/"), "knots", broader=(boats.url,))
    guess = TopicRecord(Url("/topics/tar/"), "tar", guessed=True)
    slow_url = Url("/talks/harbour-2017/slow-boats/")
    code = Citation(
        "code.example/boats",
        "https://code.example/boats",
        "code",
        "here",
        "The code is here",
        Url("/talks/harbour-2017/fast-boats/"),
        NOTE,
        6,
    )
    film = Citation(
        "film.example/1",
        "https://film.example/1?a=1&b=2",
        "recording",
        "",
        "",
        Url("/talks/harbour-2017/fast-boats/"),
        NOTE,
        6,
    )
    pier = Picture(PICTURE, "pier.jpg", "The pier at noon", NOTE, 10, 640, 480, "2017-05-08T12:00")
    gone = Picture(None, "lost_photo.jpg", "", NOTE, 11)
    fast = session(
        "fast-boats",
        "Fast boats",
        new,
        (5, 11),
        kind="keynote",
        speakers=(ada, kuo),
        topics=(boats, knots, guess),
        date="2017-05-08",
        start="09:00",
        day="2017-05-08",
        citations=(code, film),
        pictures=(pier, gone),
        abstract="Why boats should be fast.",
        related=(Related(slow_url, ("Also by Ada North", "Both about boats"), 1.0),),
        backlinks=(Backlink(Url(f"{slow_url}#slow-boats"), "Slow boats", "As Ada said of speed."),),
    )
    slow = session(
        "slow-boats",
        "Slow boats",
        new,
        (20, 25),
        speakers=(ada,),
        topics=(boats,),
        date="2017-05-08",
        start="11:00",
        day="2017-05-08",
    )
    quick = session(
        "kuai",
        "快船: 一個很長的故事",
        new,
        (30, 31),
        kind="panel",
        speakers=(haim, *many),
        topics=(boats,),
        day="tuesday",
    )
    lunch = session("lunch", "Lunch on deck", new, (20, 22), kind="social", day="tuesday")
    hostile = session("hostile", HOSTILE, new, (20, 22), abstract=HOSTILE)
    long = session("long", LONG, old, (20, 22), speakers=(ada,), topics=(knots,))
    more = tuple(
        session(f"extra-{n:04}", f"Extra talk {n}", old, (20, 22), speakers=(ada,), topics=(boats,))
        for n in range(extra_talks)
    )
    sessions = (fast, slow, quick, lunch, hostile, long, *more)
    new = _fill(
        new,
        sessions,
        (
            DayRecord("2017-05-08", "monday", "2017-05-08", 1.0, (fast.url, slow.url)),
            DayRecord("tuesday", "tuesday", "", 0.0, (quick.url, lunch.url)),
            DayRecord("", sessions=(hostile.url,)),
        ),
    )
    old = _fill(old, sessions, (DayRecord("", sessions=(long.url, *(one.url for one in more))),))
    persons = tuple(_of_person(one, sessions) for one in (ada, kuo, haim, *many))
    topics = tuple(_of_topic(one, sessions) for one in (boats, knots, guess))
    note = NoteRecord(
        NOTE,
        Url("/notes/harbour-days/"),
        "Harbour days, Monday",
        "2017-05-13",
        event=new.url,
        description="What I heard at the harbour.",
        sessions=tuple(one.url for one in sessions[:4]),
        topics=(TopicUse(boats.url, "boats"),),
        tags=("boats",),
        authors=("Someone",),
        cover=pier,
        targets=targets(slow.url),
        extra={"mood": "sunny"},
    )
    links = (
        LinkRecord(
            "code.example/boats",
            "https://code.example/boats",
            "code",
            "code.example",
            "here",
            (code,),
            "2017-05-08",
            "2017-05-08",
        ),
        LinkRecord(
            "film.example/1",
            "https://film.example/1?a=1&b=2",
            "recording",
            "film.example",
            "film.example/1",
            (film,),
            "2017-05-08",
            "2017-05-08",
        ),
    )
    return Site(
        (new, old),
        sessions,
        persons,
        topics,
        links,
        (note,),
        (Asset("static/pictures/pier.jpg", PICTURE, "0" * 64, 10, 640, 480),),
        (Redirect(Url("/2017/05/harbour/"), note.url), Redirect(Url("/old.html"), Url("/"))),
    )


def _fill(
    event: EventRecord, sessions: tuple[SessionRecord, ...], days: tuple[DayRecord, ...]
) -> EventRecord:
    own = [one for one in sessions if one.event == event.url]
    return EventRecord(
        event.url,
        event.name,
        event.title,
        event.place,
        event.year,
        "Harbour Days",
        "",
        event.start,
        event.end,
        event.homepage,
        event.about,
        f"{event.year}-01-01",
        days,
        tuple(one.url for one in own),
        tuple(dict.fromkeys(credit.person for one in own for credit in one.speakers)),
        tuple(dict.fromkeys(use.topic for one in own for use in one.topics)),
        (NOTE,) if event.year == 2017 else (),
        event.previous,
        None,
        programme=event.programme,
        talks=sum(one.is_talk for one in own),
    )


def _of_person(person: PersonRecord, sessions: tuple[SessionRecord, ...]) -> PersonRecord:
    own = [one for one in sessions if any(two.person == person.url for two in one.speakers)]
    return PersonRecord(
        person.url,
        person.name,
        person.aliases,
        tuple(one.url for one in own),
        tuple(dict.fromkeys(one.event for one in own if one.event)),
        tuple(dict.fromkeys(use.topic for one in own for use in one.topics)),
        (),
        person.organisations,
        person.links,
        person.about,
        talks=sum(one.is_talk for one in own),
    )


def _of_topic(topic: TopicRecord, sessions: tuple[SessionRecord, ...]) -> TopicRecord:
    own = [one for one in sessions if any(two.topic == topic.url for two in one.topics)]
    return TopicRecord(
        topic.url,
        topic.name,
        topic.synonyms,
        topic.broader,
        (),
        topic.guessed,
        tuple(one.url for one in own),
        tuple(dict.fromkeys(credit.person for one in own for credit in one.speakers)),
        tuple(dict.fromkeys(one.event for one in own if one.event)),
        (NOTE,),
        topic.about,
        talks=sum(one.is_talk for one in own),
    )


def notes() -> dict[str, Note]:
    """Return the notes of the sample site."""
    return {
        NOTE: Note(
            NOTE,
            "0" * 64,
            FrontMatter(),
            "Harbour days, Monday",
            blocks(),
            REFERENCES,
            lines=40,
            words=100,
        ),
    }


def settings(**changes: object) -> Settings:
    """Return settings of the sample site, with `changes`."""
    values: dict[str, object] = {
        "title": "Harbour notes",
        "description": "Notes & sketches.",
        "author": "Someone",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


def picture() -> bytes:
    """Return the bytes of a tiny picture (a GIF: browsers look at bytes, not names)."""
    return bytes.fromhex("47494638396101000100800000336699ffffff2c00000000010001000002024401003b")
