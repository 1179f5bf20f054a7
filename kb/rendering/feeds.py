"""Feeds: Atom (RFC 4287, by the template `feed.xml`) and JSON Feed 1.1 (https://jsonfeed.org)."""

import hashlib
import uuid
from collections.abc import Iterator

from kb.model.site import (
    EventRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    TopicRecord,
    Url,
)
from kb.model.value import to_json
from kb.rendering.catalog import Catalog, Desk
from kb.rendering.isolation import isolated
from kb.rendering.prose import whole
from kb.rendering.talks import describe, manner, talk_view
from kb.rendering.views import Entry, FeedView, Html, Page
from kb.rendering.words import Words

UNDATED = "1970-01-01T00:00:00Z"
"""RFC 4287 demands a date of every entry; nothing tells one for these."""


Thing = EventRecord | PersonRecord | TopicRecord
"""What has feeds of its own."""


def feed_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield all feeds: of the site (its notes), of each event, speaker and topic (their talks)."""
    yield from site_feeds(catalog, words)
    known: dict[Url, Entry] = {}
    for things in (catalog.events, catalog.people, catalog.topics):
        for thing in things.values():
            yield from feeds_of(thing, catalog, words, known)


def site_feeds(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the feeds of the site: its newest notes."""
    settings = catalog.settings
    newest = sorted(catalog.records.values(), key=lambda one: one.date[:10], reverse=True)
    notes = tuple(one for one in newest if not one.draft)[: settings.feeds.limit]
    entries = tuple(note_entry(one, catalog, words) for one in notes)
    yield from _both("/", settings.title, settings.description, entries, catalog)


def feeds_of(
    thing: Thing, catalog: Catalog, words: Words, known: dict[Url, Entry]
) -> Iterator[Page]:
    """Yield the feeds of an event, speaker or topic: its talks.

    `known` holds the entries that were made before, and takes those that are made now.
    """
    entries = []
    for url in thing.sessions[: catalog.settings.feeds.limit]:
        if url in catalog.sessions:
            if url not in known:
                known[url] = session_entry(catalog.sessions[url], catalog, words)
            entries.append(known[url])
    title = (thing.title or thing.name) if isinstance(thing, EventRecord) else thing.name
    yield from _both(thing.url, title, thing.about, tuple(entries), catalog)


def _both(
    url: str, title: str, subtitle: str, entries: tuple[Entry, ...], catalog: Catalog
) -> Iterator[Page]:
    for template in ("feed.xml", "feed.json"):
        path = f"{url}{template}".lstrip("/")
        view = FeedView(
            identifier(url, catalog),
            title if url == "/" else f"{isolated(title)} · {catalog.settings.title}",
            subtitle,
            catalog.absolute(url) if catalog.base else "./",
            catalog.absolute(f"{url}{template}") if catalog.base else template,
            max((entry.updated for entry in entries), default=UNDATED),
            catalog.settings.author or catalog.settings.title,
            entries if catalog.base else _nearer(entries, catalog.desk(url)),
        )
        yield Page(path, template, None, view)


def _nearer(entries: tuple[Entry, ...], desk: Desk) -> tuple[Entry, ...]:
    """Return entries with URLs relative to the feed, where no base_url makes them complete."""
    return tuple(
        Entry(
            one.id,
            desk.href(one.url),
            one.title,
            one.updated,
            one.summary,
            one.html,
            one.people,
            one.topics,
        )
        for one in entries
    )


def identifier(url: str, catalog: Catalog) -> str:
    """Return an IRI that stays: the complete URL, or a UUID made of the relative one."""
    if catalog.base:
        return catalog.absolute(url)
    name = bytearray(hashlib.sha256(f"{catalog.settings.title}\n{url}".encode()).digest()[:16])
    name[6] = name[6] & 0x0F | 0x80  # version 8 (RFC 9562), which this Python cannot set itself
    name[8] = name[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(name)).urn


def stamp(date: str) -> str:
    """Return an ISO date or time as RFC 3339 asks: with a time and a zone."""
    if len(date) < 10:
        return f"{date}-01-01T00:00:00Z" if len(date) == 4 else UNDATED
    if len(date) == 10:
        return f"{date}T00:00:00Z"
    zoned = date.endswith("Z") or "+" in date[10:] or "-" in date[10:]
    seconds = date if date.count(":") - date[19:].count(":") >= 2 else f"{date[:16]}:00{date[16:]}"
    return seconds.replace(" ", "T", 1) + ("" if zoned else "Z")


def note_entry(record: NoteRecord, catalog: Catalog, words: Words) -> Entry:
    """Return a note as a feed's entry, whole where links in it can be complete."""
    note = catalog.notes.get(record.path)
    html = Html()
    if note is not None and catalog.base:
        desk = Desk(catalog, f"{catalog.base}/")
        html = whole(note, record.targets, manner(desk, record, words, 2))
    return Entry(
        identifier(record.url, catalog),
        catalog.absolute(record.url),
        record.title,
        stamp(record.updated or record.date),
        record.description,
        html,
        record.authors,
        record.tags,
    )


def session_entry(record: SessionRecord, catalog: Catalog, words: Words) -> Entry:
    """Return a session as a feed's entry."""
    html = Html()
    if catalog.base:
        view = talk_view(record, Desk(catalog, f"{catalog.base}/"), words)
        html = Html("".join(one.abstract.text + one.notes.text for one in view.told))
    return Entry(
        identifier(record.url, catalog),
        catalog.absolute(record.url),
        record.title,
        stamp(record.date or record.sort_date),
        describe(record, catalog, words),
        html,
        tuple(one.name for one in record.speakers),
        tuple(one.name for one in record.topics if not one.guessed),
    )


def to_json_feed(view: FeedView) -> bytes:
    """Return a feed as JSON Feed 1.1."""
    items = [
        {
            "id": one.id,
            "url": one.url,
            "title": one.title,
            "date_published": one.updated,
            "summary": one.summary,
            **({"content_html": one.html.text} if one.html else {"content_text": one.summary}),
            **({"authors": [{"name": name} for name in one.people]} if one.people else {}),
            **({"tags": list(one.topics)} if one.topics else {}),
        }
        for one in view.entries
    ]
    return to_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": view.title,
            "description": view.subtitle,
            "home_page_url": view.home,
            "feed_url": view.self_url,
            "authors": [{"name": view.author}],
            "items": items,
        }
    )
