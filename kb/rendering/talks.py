"""Pages of sessions: talks, social sessions, and the list of talks."""

from collections.abc import Iterable, Iterator

from kb.model.facts import TALK_KINDS
from kb.model.site import NoteRecord, SessionRecord, Telling, Url
from kb.rendering import structured
from kb.rendering.briefs import SessionBrief
from kb.rendering.cards import card_url, has_card
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.frames import frame, list_parts
from kb.rendering.prose import Manner, fill, has_id
from kb.rendering.views import Frame, Group, Html, Page, Ref, Row, TalksView, TalkView, Told
from kb.rendering.words import Words

RELATED = 3
"""How many related talks a page names."""


def session_page(record: SessionRecord, catalog: Catalog, words: Words) -> Page:
    """Return the page of one session."""
    desk = catalog.desk(record.url)
    view = talk_view(record, desk, words)
    return Page(output_path(record.url), "talk.html", _frame(record, view, desk, words), view)


def _frame(record: SessionRecord, view: TalkView, desk: Desk, words: Words) -> Frame:
    catalog = desk.catalog
    event = desk.event(record.event)
    crumbs: tuple[Ref, ...] = (desk.home(),)
    if event is not None:
        crumbs += (Ref(desk.href("/events/"), words.say("nav.events")), event)
    else:
        crumbs += (Ref(desk.href("/talks/"), words.say("nav.talks")),)
    return frame(
        desk,
        record.url,
        record.title,
        "talk" if record.is_talk else "session",
        "talks" if event is None else "events",
        description=describe(catalog.briefs.sessions[record.url], catalog, words),
        crumbs=crumbs,
        accent=event.accent if event else "",
        things=(structured.session(record, catalog),),
        twin="index.md" if record.is_talk else "",
        image=card_url(record)
        if has_card(record, catalog)
        else next((one.asset for one in record.pictures if one.asset), ""),
        previous=desk.session(record.previous),
        following=desk.session(record.following),
    )


def twin_url(record: SessionRecord | SessionBrief) -> str:
    """Return the URL of a talk as Markdown."""
    return f"{record.url}index.md"


def describe(brief: SessionBrief, catalog: Catalog, words: Words) -> str:
    """Return one sentence about a session, for search engines and feeds."""
    if brief.about:
        return brief.about
    people = ", ".join(credit.name for credit in brief.speakers)
    event = catalog.events.get(brief.event) if brief.event else None
    parts = [words.kind(brief.kind), people, event.title if event else ""]
    return " · ".join(part for part in parts if part)


def talk_view(record: SessionRecord, desk: Desk, words: Words) -> TalkView:
    """Return what the page of a session shows."""
    links = desk.citations(record.citations)
    recording = next((one for one in links if one.kind == "recording" and not one.dead), None)
    pictures = desk.pictures(record.pictures)
    note = desk.catalog.records.get(record.tellings[0].note)
    language = note.language if note else ""
    return TalkView(
        desk.row(record.url),
        tuple(map(desk.credit, record.speakers)),
        tuple(
            Ref(
                desk.href(use.topic) if use.topic in desk.catalog.topics else "",
                use.name,
                guessed=use.guessed,
            )
            for use in record.topics
        ),
        record.track,
        recording,
        pictures[0] if pictures else None,
        tuple(one for one in links if one is not recording),
        "" if any(one.abstract for one in record.tellings) else record.abstract_text,
        # The first note's ids stay as they are, so that links to them keep.
        tuple(
            told(telling, desk, words, prefix=f"n{number}-" if number > 1 else "")
            for number, telling in enumerate(record.tellings, 1)
        ),
        pictures,
        tuple((desk.row(one.session), one.reasons) for one in record.related[:RELATED]),
        desk.backlinks(record.backlinks),
        cite(record, desk.catalog, words),
        "" if language == desk.catalog.settings.language else language,
        record.announced,
        desk.href(f"{record.event}#programme") if record.announced and record.event else "",
    )


def told(telling: Telling, desk: Desk, words: Words, *, level: int = 3, prefix: str = "") -> Told:
    """Return what one note tells of a session.

    Args:
        telling: of one note.
        desk: of the page.
        words: of the site.
        level: of its outermost headings.
        prefix: put before its ids, where another note's may be the same.
    """
    origin = desk.origin(telling.note, telling.lines.first, telling.lines.last, telling.anchor)
    note = desk.catalog.notes.get(telling.note)
    record = desk.catalog.records.get(telling.note)
    if note is None or record is None:
        return Told(origin, Html(), Html())
    how = manner(desk, record, words, level, prefix)
    abstract = fill(note, record.targets, (telling.abstract,), how) if telling.abstract else Html()
    notes = fill(note, record.targets, telling.notes, how)
    name = f"{prefix}{telling.anchor}" if telling.anchor else ""
    shown = name and (has_id(notes, name) or has_id(abstract, name))
    return Told(origin, notes, abstract, "" if shown else name)


def manner(desk: Desk, record: NoteRecord, words: Words, level: int, prefix: str = "") -> Manner:
    """Return how prose of the note `record` is written on the desk's pages."""
    return Manner(desk.root, level, desk.href(record.url), prefix, words=words.prose)


def cite(record: SessionRecord, catalog: Catalog, words: Words) -> str:
    """Return a citation of the talk: speakers, title, event, date."""
    people = "; ".join(credit.name for credit in record.speakers)
    event = catalog.events.get(record.event) if record.event else None
    date = words.date(record.date) if record.date else ""
    where = ", ".join(part for part in (event.title if event else "", date) if part)
    parts = [f"{people}." if people else "", f"“{record.title}”.", f"{where}." if where else ""]
    return " ".join(part for part in parts if part)


def talks_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of talks, newest event first, split where it is long."""
    talks = tuple(url for url, one in catalog.briefs.sessions.items() if one.kind in TALK_KINDS)
    chunks = in_chunks(talks)
    labels = tuple(_label(chunk, catalog, words) for chunk in chunks)
    for chunk, desk, around in list_parts("talks", chunks, labels, catalog, words):
        view = TalksView(_groups(chunk, desk, words), len(talks))
        yield Page(output_path(around.url), "talks.html", around, view)


def _groups(talks: Iterable[Url], desk: Desk, words: Words) -> tuple[Group, ...]:
    groups: dict[Url | None, list[Row]] = {}
    for url in talks:
        event = desk.catalog.briefs.sessions[url].event
        groups.setdefault(event, []).append(desk.row(url))
    return tuple(
        Group(desk.event(event) or Ref("", words.say("talks.no-event")), tuple(rows))
        for event, rows in groups.items()
    )


def _label(chunk: tuple[Url, ...], catalog: Catalog, words: Words) -> str:
    """Return what a page of the list holds: its years."""
    if not chunk:
        return ""
    sessions = catalog.briefs.sessions
    years = [catalog.desk("/").year(sessions[url]) for url in (chunk[0], chunk[-1])]
    known = [year or words.say("undated") for year in years]
    return known[0] if known[0] == known[1] else f"{known[0]} – {known[1]}"
