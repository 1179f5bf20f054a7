"""Pages of events, and their list."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice

from kb.model.site import DayRecord, EventRecord, Picture, Url
from kb.model.value import replace
from kb.rendering import structured
from kb.rendering.accents import accent
from kb.rendering.briefs import PROGRAMME, SessionBrief
from kb.rendering.cards import card_url, has_card
from kb.rendering.catalog import Catalog, Desk, day_number, in_chunks, output_path
from kb.rendering.frames import list_parts, thing_parts
from kb.rendering.programme import programme_view
from kb.rendering.views import Day, EventsView, EventView, Page, Ref, Row, Since, Slot
from kb.rendering.words import Words, is_day

SHOWN = 24
"""How many links or pictures an event's page shows."""


def events_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of events, newest first, split where it is long."""
    chunks = in_chunks(tuple(catalog.events.values()))
    labels = tuple(
        " – ".join(dict.fromkeys(str(one.year or "") for one in (chunk[0], chunk[-1])))
        if chunk
        else ""
        for chunk in chunks
    )
    for chunk, desk, around in list_parts("events", chunks, labels, catalog, words):
        view = EventsView(tuple(map(desk.event_card, chunk)))
        yield Page(output_path(around.url), "events.html", around, view)


def pages_of_event(record: EventRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the pages of an event; its programme goes on over more pages where it is long."""
    parts = thing_parts(
        record,
        "event",
        in_chunks(programme(record)),
        catalog,
        words,
        description=record.about or _describe(record, words),
        accent=accent(record.title),
        things=(structured.event(record, catalog),),
        image=card_url(record) if has_card(record, catalog) else _picture(record, catalog),
    )
    for chunk, desk, around in parts:
        before, after = desk.event(record.previous), desk.event(record.following)
        view = event_view(record, chunk, desk, first=around.url == record.url)
        framed = replace(around, previous=before, following=after)
        yield Page(output_path(around.url), "event.html", framed, view)


def _picture(record: EventRecord, catalog: Catalog) -> str:
    """Return the first picture that any session of the event shows, `""` where none does."""
    pictures = (one.asset for one in _pictures(catalog.briefs_among(record.sessions), catalog))
    return next((asset for asset in pictures if asset), "")


def _pictures(sessions: Iterable[SessionBrief], catalog: Catalog) -> Iterator[Picture]:
    """Yield the pictures of `sessions`, of those that have any of this site."""
    for one in sessions:
        if "pictures" in one.has:
            yield from catalog.sessions[one.url].pictures


def programme(record: EventRecord) -> tuple[tuple[DayRecord, Url], ...]:
    """Return the sessions of an event in order, each with its day."""
    found = tuple((day, url) for day in record.days for url in day.sessions)
    listed = {url for _, url in found}
    return found + tuple((DayRecord(""), url) for url in record.sessions if url not in listed)


def _describe(record: EventRecord, words: Words) -> str:
    when = words.span(record.start, record.end) if record.start else str(record.year or "")
    count = words.say("count.sessions", len(record.sessions))
    return " · ".join(part for part in (record.title, when, count) if part)


def event_view(
    record: EventRecord, chunk: tuple[tuple[DayRecord, Url], ...], desk: Desk, *, first: bool
) -> EventView:
    """Return what an event's page shows: all of it on its first page, then programme only."""
    catalog = desk.catalog
    days = tuple(
        day_view(day, tuple(url for _, url in pairs), desk)
        for day, pairs in groupby(chunk, key=lambda pair: pair[0])
    )
    sessions = catalog.briefs_among(record.sessions if first else ())
    records = [catalog.records[path] for path in record.notes if path in catalog.records]
    pictures = chain(
        _pictures(sessions, catalog), (one for note in records for one in note.pictures)
    )
    cited = chain(
        catalog.reading(one.url for one in sessions),
        (one for note in records for one in note.citations if one.kind not in PROGRAMME),
    )
    people = Counter(credit.person for session in sessions for credit in session.speakers)
    topics = Counter(topic for one in sessions if one.is_talk for topic in one.topics)
    return EventView(
        record.title,
        record.name,
        record.place,
        str(record.year or ""),
        record.start,
        record.end,
        record.edition,
        record.series,
        record.homepage,
        record.about,
        record.talks,
        days,
        desk.people_counted(people),
        desk.topics_counted(topics),
        desk.pictures(pictures)[:SHOWN] if first else (),
        desk.citations(cited, SHOWN) if first else (),
        desk.note_rows(record.notes) if first else (),
        since(record, desk) if first else None,
        desk.href(f"{record.url}calendar.ics") if has_calendar(record, catalog) else "",
        desk.href(catalog.booklet_url(record)) if len(record.sessions) > 1 else "",
        programme_view(record, desk) if first else None,
    )


def has_calendar(record: EventRecord, catalog: Catalog) -> bool:
    """Whether anything of the event has a date to put into a calendar."""
    return is_day(record.start) or any(
        is_day(one.date) for one in catalog.briefs_among(record.sessions)
    )


def day_view(day: DayRecord, urls: tuple[Url, ...], desk: Desk) -> Day:
    """Return one day with its sessions by time."""
    rows = desk.rows(urls)
    return Day(
        f"kb__{day.key or 'undated'}",
        day.date,
        day.weekday,
        day_number(day.key),
        any(row.start or row.part for row in rows),
        tuple(_slots(rows)),
    )


def _slots(rows: Iterable[Row]) -> Iterator[Slot]:
    for (start, finish, part), found in groupby(
        rows, key=lambda row: (row.start, row.finish, "" if row.start else row.part)
    ):
        yield Slot(start, finish, part, tuple(found))


def since(record: EventRecord, desk: Desk) -> Since | None:
    """Return what changed since the edition before, None where there was none."""
    before = desk.catalog.events.get(record.previous) if record.previous else None
    event = desk.event(record.previous)
    if before is None or event is None:
        return None

    def people(urls: Iterable[Url]) -> tuple[Ref, ...]:
        return tuple(islice(filter(None, map(desk.person, urls)), SHOWN))

    def topics(urls: Iterable[Url]) -> tuple[Ref, ...]:
        # What kb only guessed proves no change of interest.
        kept = (ref for ref in map(desk.topic, urls) if ref and not ref.guessed)
        return tuple(islice(kept, SHOWN))

    then, now = set(before.people), set(record.people)
    topics_then, topics_now = set(before.topics), set(record.topics)
    return Since(
        event,
        topics(url for url in record.topics if url not in topics_then),
        topics(url for url in before.topics if url not in topics_now),
        people(url for url in record.people if url not in then),
        people(url for url in record.people if url in then),
        people(url for url in before.people if url not in now),
    )
