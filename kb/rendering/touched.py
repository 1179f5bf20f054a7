"""The pages on which the words of a few sessions and notes stand, and no others.

Where a note has other words, and what pages show of it beside them (titles, speakers, topics, days)
is as it was, these are all the pages that can have changed.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kb.model.site import NoteRecord, SessionRecord, Url
from kb.model.value import to_json
from kb.rendering.booklets import booklet_of
from kb.rendering.calendar import calendar_of
from kb.rendering.catalog import Catalog
from kb.rendering.data import link_files, talk_data
from kb.rendering.events import has_calendar, pages_of_event
from kb.rendering.feeds import feeds_of, site_feeds
from kb.rendering.home import home_page
from kb.rendering.links import links_pages
from kb.rendering.notes import note_page
from kb.rendering.people import pages_of_speaker
from kb.rendering.talks import session_page
from kb.rendering.topics import pages_of_topic
from kb.rendering.twins import twin_page
from kb.rendering.views import Entry, Page
from kb.rendering.words import Words


@dataclass(frozen=True)
class Touched:
    """What has other words."""

    sessions: Collection[Url]
    """Whose notes, or links, are told otherwise."""
    notes: Collection[str]
    """By path."""
    related: Collection[Url] = ()
    """Sessions to which others are related now, and nothing else."""
    links: bool = False
    """Whether the list of all links is another."""


def touched_pages(touched: Touched, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield every page that may show `touched`, each once; all but `data/talks.json`."""
    sessions = [catalog.sessions[url] for url in touched.sessions]
    paths = {one.note for session in sessions for one in session.tellings} | {*touched.notes}
    notes = [catalog.records[path] for path in sorted(paths)]
    known: dict[str, Entry] = {}
    for url in sorted({*touched.sessions, *touched.related}):
        yield session_page(catalog.sessions[url], catalog, words)
    for session in sessions:
        if session.is_talk:
            yield twin_page(session, catalog, words)
    for note in notes:
        yield note_page(note, catalog, words)
    told: tuple[SessionRecord | NoteRecord, ...] = (*sessions, *notes)
    for event_url in sorted({one.event for one in told if one.event}):
        event = catalog.events[event_url]
        yield from pages_of_event(event, catalog, words)
        yield from booklet_of(event, catalog, words)
        yield from feeds_of(event, catalog, words, known)
        if has_calendar(event, catalog):
            yield calendar_of(event, catalog)
    for url in sorted({credit.person for session in sessions for credit in session.speakers}):
        yield from pages_of_speaker(catalog.people[url], catalog, words)
        yield from feeds_of(catalog.people[url], catalog, words, known)
    for url in sorted({use.topic for one in told for use in one.topics}):
        yield from pages_of_topic(catalog.topics[url], catalog, words)
        yield from feeds_of(catalog.topics[url], catalog, words, known)
    yield from site_feeds(catalog, words)
    if touched.links:
        yield home_page(catalog)
        yield from links_pages(catalog, words)
        yield from link_files(catalog)


def with_other_talks(
    data: bytes, talks: Iterable[tuple[SessionRecord, SessionRecord]], catalog: Catalog
) -> bytes | None:
    """Return `data/talks.json` with other `talks` (before, after); None where one is not in it.

    A file of all talks is large, and each stands in it as one piece.
    """
    changes: list[tuple[int, int, bytes]] = []
    for before, after in talks:
        piece = to_json(talk_data(before, catalog.events))
        start = data.find(piece)
        if start < 0:
            return None
        changes.append((start, start + len(piece), to_json(talk_data(after, catalog.events))))
    pieces: list[bytes] = []
    done = 0
    for start, end, now in sorted(changes):
        pieces += [data[done:start], now]
        done = end
    return b"".join([*pieces, data[done:]])
