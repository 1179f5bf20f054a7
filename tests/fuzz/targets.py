"""What is fuzzed: bytes in, nothing out; a broken promise is an exception.

Each target takes bytes as a hostile person would send them all the way through kb, and looks hard
at what comes out. `python -m tests.fuzz` lets atheris steer them, `test_fuzz` runs a few thousand
fixed inputs, and whatever was once found.
"""

import asyncio
import atexit
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from kb.building.reasons import Explained, Reason
from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.graph.build import build_site
from kb.importing import ghost, markup, wikitext
from kb.model.facts import Facts
from kb.model.note import Note, Source
from kb.model.schedule import Entry, Place, Programme, Schedule
from kb.model.settings import Settings
from kb.model.value import decode, encode
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note
from kb.reading.programmes import read_programme
from kb.rendering.site import render_site
from kb.schedules.fault import ScheduleFault
from kb.schedules.formats import read_schedule
from kb.schedules.matching import Noted, match
from kb.schedules.matter import Addition, Fences, with_additions
from kb.schedules.writing import programme_file
from kb.search.browser_index import export_anew
from kb.search.documents import documents
from kb.search.engine import results
from kb.search.memory_index import MemoryIndex
from kb.search.query import TEXT_LIMIT, Query, parse
from kb.search.ranking import rank
from kb.serving.answers import Answers, Request
from kb.serving.board import Board
from kb.serving.builder import Builder, Sight
from kb.serving.editor import Editor
from kb.serving.moving import Moving
from kb.serving.policy import Policy
from kb.serving.shelf import Shelf
from tests.hostile.pages import Page, faults
from tests.reading.reader import complaints, misplaced
from tests.rendering import sample
from tests.search.sample import sample_documents

FRIEND = b"""\
+++
title = "River Conf 2024 - Monday"
date = 2024-06-03
tags = ["water"]
+++

#### Pumps without electricity

- Mira Stone
- https://slides.example.org/pumps

* see [the other note](other.md) and [a talk](/talks/river-conf-2024/)
"""
"""A good note beside the one that is fuzzed: a bad one must leave it alone."""
THEME = sample.theme()
CANARY = b"CANARY"


@cache
def _friend() -> tuple[Note, Facts]:
    return _read(FRIEND, "content/friend.md")


def _read(data: bytes, path: str) -> tuple[Note, Facts]:
    note = read_note(Source(path, "0" * 64, data), ReadingOptions())
    return note, extract(note, Vocabulary(), ExtractionOptions())


def note_to_pages(data: bytes) -> None:
    """Hold that any bytes, as a note, make a sound site."""
    note, facts = _read(data, "content/other.md")
    assert not (wrong := complaints(note) + misplaced(note)), wrong
    assert decode(encode(note), Note) == note
    assert decode(encode(facts), Facts) == facts
    notes = {one.path: one for one in (_friend()[0], note)}
    said = settle([_friend()[1], facts], Vocabulary(), ExtractionOptions())
    settings = Settings(title="Fuzz", base_url="https://notes.example/")
    site = build_site(tuple(notes.values()), said, (), Vocabulary(), settings)
    seen: set[str] = set()
    for output in render_site(site, notes, settings, THEME):
        assert output.path not in seen, output.path
        seen.add(output.path)
        if not output.path.startswith("theme/"):
            assert not (wrong := faults(output.path, output.data)), wrong
    for output in export_anew(documents(site, notes), "en").outputs:
        assert output.data is not None


@cache
def _index() -> MemoryIndex:
    return MemoryIndex(sample_documents())


def query_to_answer(data: bytes) -> None:
    """Hold that any text is a query, and that its answer is in order."""
    text = data.decode("utf-8", "surrogateescape")
    query = parse(text)
    assert decode(encode(_clean(query)), Query) == _clean(query)
    index = _index()
    ranked = rank(query, index)
    assert len(set(ranked.documents)) == len(ranked.documents)
    assert rank(parse(text), index) == ranked
    found = [index.documents[number] for number in ranked.documents[:20]]
    answer = results(text[:TEXT_LIMIT], ranked, found, total=len(ranked.documents))
    for hit in answer.hits:
        for marks, words in ((hit.marks, hit.excerpt), (hit.title_marks, hit.title)):
            assert all(0 <= start < end <= len(words) for start, end in marks)
            assert list(marks) == sorted(marks)


def _clean(query: Query) -> Query:
    """Return `query` unless it holds what no UTF-8 text does, which no cache is asked to keep."""
    try:
        encode(query)
    except UnicodeEncodeError:
        return Query()
    return query


class _Looker:
    """A builder that is only asked what it sees."""

    def look(self, page: str) -> Sight:
        why = Reason("speaker", page, page, 3, "by-line", 0.9, page)
        return Sight(page, (page,), (Explained("talk", page, "/a/", (why,)),), (page,))


@cache
def _answers() -> Answers:
    folder = tempfile.TemporaryDirectory(prefix="kb-fuzz-")
    atexit.register(folder.cleanup)
    root = Path(folder.name).resolve()
    public = root / "public"
    (public / "a").mkdir(parents=True)
    (public / ".git").mkdir()
    (root / "secret").mkdir()
    for hidden in (root / "secret/passwd", public / ".git/config", public / ".env", root / "x"):
        hidden.write_bytes(CANARY)
    (public / "_headers").write_bytes(b"/*\n  X-Secret: " + CANARY.lower() + b"\n")
    for name in ("index.html", "a/index.html", "404.html"):
        (public / name).write_text("<!DOCTYPE html><title>t</title>")
    (public / "link").symlink_to(root / "secret/passwd")
    (public / "folder").symlink_to(root / "secret")
    (public / "up").symlink_to("..")
    shelf = Shelf(public)
    board = Board(root, Editor(str(root), "vscode://file{path}:{line}"))
    looker: object = _Looker()
    builder: Builder = looker  # type: ignore[assignment]
    return Answers(shelf, board, Policy.of("127.0.0.1", 8000), builder, Moving(builder))


def request_to_file(data: bytes) -> None:
    """Hold that no request gets anything but what is published, and each gets an answer.

    The bytes are a request as on the wire: its line, then headers.
    """
    lines = data.decode("latin-1").split("\n")
    method, _, rest = lines[0].partition(" ")
    target, _, version = rest.rpartition(" HTTP/")
    headers: Mapping[str, str] = {
        "host": "localhost:8000",
        **{
            name.strip().lower(): value.strip()
            for name, colon, value in (line.partition(":") for line in lines[1:])
            if colon
        },
    }
    request = Request(method, target or rest, headers, version or "1.1")
    answers = _answers()
    answer = answers.refusal(request) or asyncio.run(answers.answer(request))
    assert 200 <= answer.status < 500 or answer.status == 505  # another HTTP
    assert CANARY not in answer.body
    for name, value in answer.headers.items():
        assert value.isascii(), (name, value)
        assert not set("\r\n\0") & {*name, *value}, (name, value)
    assert "access-control-allow-origin" not in answer.headers
    if answer.status == 308:
        assert re.match(r"/(?![/\\])", answer.headers["location"])
    if answer.headers.get("content-type", "").startswith("text/html") and answer.body:
        assert not (wrong := Page(answer.body.decode()).wrong), wrong


class _Nowhere:
    """A vault in which every name is found."""

    def find(self, name: str) -> str | None:
        return f"in/{name}"

    def anchor(self, name: str, part: str) -> str:
        return part


def import_to_note(data: bytes) -> None:
    """Hold that any bytes, as a post's HTML or a note of Obsidian's, make a note that is sound."""
    text = data.decode("utf-8", "replace")
    for markdown in (
        markup.to_markdown(text).markdown,
        wikitext.to_markdown(text, _Nowhere()).text,
    ):
        note, _ = _read(markdown.encode("utf-8", "replace"), "content/imported.md")
        assert not (wrong := complaints(note)), wrong
    rows = [
        {"id": 1, "slug": text, "title": text, "mobiledoc": text, "lexical": text, "html": text}
    ]
    blog = ghost.read_blog(
        {"data": {"posts": rows, "settings": [{"key": "permalinks", "value": text}]}}
    )
    for row in blog.posts:
        path = ghost.post_of(blog, row).note.path
        assert not set(path) & set("/\\\0\n"), path
        assert not path.startswith("."), path


_NOTED = (
    Noted("Pumps without electricity", ("Mira Stone",), "2024-06-03", start="10:00"),
    Noted("Canals in winter", ("Jonas Weir",), weekday="monday"),
    Noted("Keynote", urls=("https://river.example/2024/11/",)),
)
_ENDINGS = (".json", ".xml", ".ics", ".csv")


def _schedule(data: bytes, name: str) -> Schedule | None:
    """Return the programme that `data` is; None where it is none, which one line tells."""
    told = ""
    try:
        return read_schedule(data, name)
    except ScheduleFault as fault:
        told = f"{fault.message}{fault.hint}"
    assert told
    assert "\n" not in told
    return None


def schedule_to_match(data: bytes) -> None:
    """Hold that any bytes are a programme or end in one line, and what becomes of a programme.

    The first byte tells what the file is called.
    """
    name = f"programme{_ENDINGS[data[0] % 4] if data else ''}"
    schedule = _schedule(data[1:], name)
    if schedule is None:
        return
    assert schedule.sessions
    assert len({one.id for one in schedule.sessions}) == len(schedule.sessions)
    assert decode(encode(schedule), Schedule) == schedule
    found = match(_NOTED, schedule)
    assert match(_NOTED, schedule) == found
    pairs = {pair.noted: pair.session for pair in found.pairs}
    assert len(set(pairs.values())) == len(pairs)
    assert sorted([*pairs, *found.noted]) == [0, 1, 2]
    entries = tuple(
        Entry(one, (Place("content/a.md", f"T{one.id}"),), 0.9, "matched")
        for one in schedule.sessions
    )
    kept = Programme("p.toml", "River Conf", title=schedule.title, entries=entries)
    source = Source("p.toml", "0" * 64, programme_file(kept))
    again, findings = read_programme(source)
    assert findings == ()
    assert [one.session for one in again.entries] == list(schedule.sessions)
    assert [one.told for one in again.entries] == [one.told for one in entries]
    facts = {"room": schedule.sessions[0].room, "abstract": schedule.sessions[0].abstract}
    addition = Addition(schedule.sessions[0].title, -1, -1, facts)
    note = with_additions(FRIEND, Fences(2, 5), [addition])
    read, _ = _read(note, "content/friend.md")
    assert read.matter.talks[0].room == " ".join(facts["room"].split())
    assert note.endswith(FRIEND.partition(b"+++\n\n")[2])


TARGETS_BY_NAME: Mapping[str, Callable[[bytes], None]] = {
    "note": note_to_pages,
    "query": query_to_answer,
    "request": request_to_file,
    "import": import_to_note,
    "schedule": schedule_to_match,
}
"""What `python -m tests.fuzz NAME` runs."""
