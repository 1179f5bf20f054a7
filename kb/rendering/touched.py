"""The pages on which the words of a few sessions and notes stand, and no others.

Where a note has other words, and what pages show of it beside them (titles, speakers, topics, days)
is as it was, these are all the pages that can have changed.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kb.model.site import EventRecord, PersonRecord, SessionRecord, Url
from kb.rendering.booklets import booklet_of
from kb.rendering.calendar import calendar_of
from kb.rendering.catalog import Catalog, Thing
from kb.rendering.data import link_files
from kb.rendering.events import pages_of_event
from kb.rendering.feeds import feeds_of, site_feeds
from kb.rendering.home import home_page
from kb.rendering.links import links_pages
from kb.rendering.notes import note_page
from kb.rendering.people import pages_of_speaker
from kb.rendering.talks import session_page
from kb.rendering.topics import pages_of_topic
from kb.rendering.twins import twin_of
from kb.rendering.views import Page
from kb.rendering.words import Words


@dataclass(frozen=True)
class Touched:
    """What has other words."""

    prose: Collection[Url]
    """Sessions whose notes read otherwise."""
    sessions: Collection[Url]
    """Sessions whose records tell something else: links, or in which words a topic is told."""
    notes: Collection[str]
    """By path."""
    citing: Collection[str]
    """Those of the notes that cite other links outside their sessions."""
    related: Collection[Url] = ()
    """Sessions to which others are related now."""
    links: bool = False
    """Whether the list of all links is another."""
    newest: Collection[str] | None = None
    """Notes that the feeds of the site tell, by path; None where nobody knows."""


def touched_pages(touched: Touched, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield every page that may show `touched`, some twice; all but `data/talks.json`."""
    told = [catalog.sessions[url] for url in sorted({*touched.prose, *touched.sessions})]
    for url in sorted({*touched.prose, *touched.sessions, *touched.related}):
        yield session_page(catalog.sessions[url], catalog, words)
    for session in told:
        yield from twin_of(session, catalog, words)
    notes = {one.note for session in told for one in session.tellings}.union(touched.notes)
    for path in sorted(notes):
        yield note_page(catalog.records[path], catalog, words)
    for url in sorted({session.event for session in told if session.event}):
        yield from booklet_of(catalog.events[url], catalog, words)
    # Feeds hold prose where their links can be complete.
    for thing in _things(told if catalog.base else _those(touched.sessions, catalog), catalog):
        yield from feeds_of(thing, catalog, words)
    if touched.newest is None or not notes.isdisjoint(touched.newest):
        yield from site_feeds(catalog, words)
    yield from _lists(touched, catalog, words)
    if touched.links:
        yield home_page(catalog)
        yield from links_pages(catalog, words)
        yield from link_files(catalog)


def _those(urls: Iterable[Url], catalog: Catalog) -> list[SessionRecord]:
    return [catalog.sessions[url] for url in urls]


def _things(sessions: Iterable[SessionRecord], catalog: Catalog) -> Iterator[Thing]:
    """Yield the events, speakers and topics of `sessions`."""
    many = list(sessions)
    for url in sorted({one.event for one in many if one.event}):
        yield catalog.events[url]
    for url in sorted({credit.person for one in many for credit in one.speakers}):
        yield catalog.people[url]
    for url in sorted({use.topic for one in many for use in one.topics}):
        yield catalog.topics[url]


def _lists(touched: Touched, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the pages that list sessions and what they cite."""
    for thing in _things(_those(touched.sessions, catalog), catalog):
        if isinstance(thing, EventRecord):
            yield from _of_event(thing, catalog, words)
        elif isinstance(thing, PersonRecord):
            yield from pages_of_speaker(thing, catalog, words)
        else:
            yield from pages_of_topic(thing, catalog, words)
    for url in sorted({e for path in touched.citing if (e := catalog.records[path].event)}):
        yield from _of_event(catalog.events[url], catalog, words)


def _of_event(event: EventRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    yield from pages_of_event(event, catalog, words)
    yield from calendar_of(event, catalog)
