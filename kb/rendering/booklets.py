"""An event as a booklet: all its sessions with their notes on one page, to be read or printed."""

from collections.abc import Iterator
from itertools import groupby

from kb.model.site import DayRecord, EventRecord, SessionRecord, Url
from kb.rendering.accents import accent
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.events import day_view, programme
from kb.rendering.frames import frame, numbered_labels
from kb.rendering.talks import told
from kb.rendering.views import BookletView, Chapter, Day, Page, Ref
from kb.rendering.words import Words


def booklet_of(record: EventRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield an event's booklet, in volumes where it is long; none where it has one session only."""
    if len(record.sessions) < 2:
        return
    chunks = in_chunks(programme(record))
    labels = numbered_labels(len(chunks), words)
    first = catalog.booklet_url(record)
    title = record.title
    for number, chunk in enumerate(chunks, 1):
        url = catalog.step_url(first, number)
        desk = catalog.desk(url)
        event = Ref(desk.href(record.url), title)
        around = frame(
            desk,
            url,
            f"{title} · {words.say('booklet')}",
            "booklet",
            "events",
            description=record.about or title,
            crumbs=(desk.home(), Ref(desk.href("/events/"), words.say("nav.events")), event),
            accent=accent(title),
            steps=desk.steps(first, labels, number),
            # All of it stands on the pages of the talks, which are the ones to be found.
            index=False,
        )
        view = BookletView(
            title,
            record.place,
            str(record.year or ""),
            record.start,
            record.end,
            tuple(_days(chunk, desk, words)),
        )
        yield Page(output_path(url), "booklet.html", around, view)


def _days(
    chunk: tuple[tuple[DayRecord, Url], ...], desk: Desk, words: Words
) -> Iterator[tuple[Day, tuple[Chapter, ...]]]:
    place = 0
    for day, pairs in groupby(chunk, key=lambda pair: pair[0]):
        chapters = []
        for _, url in pairs:
            record = desk.catalog.sessions.get(url)
            if record is not None:
                place += 1
                chapters.append(_chapter(record, place, desk, words))
        yield day_view(day, (), desk), tuple(chapters)


def _chapter(record: SessionRecord, place: int, desk: Desk, words: Words) -> Chapter:
    tellings = tuple(
        told(telling, desk, words, level=4, prefix=f"s{place}-{number}-")
        for number, telling in enumerate(record.tellings, 1)
    )
    abstract = "" if any(one.abstract for one in record.tellings) else record.abstract_text
    return Chapter(
        desk.row(record.url), tuple(map(desk.credit, record.speakers)), abstract, tellings
    )
