"""Feeds: Atom (RFC 4287) and JSON Feed 1.1 (https://jsonfeed.org).

There are two for each event, speaker and topic, and a talk is in many of them: each entry is
written once, and a feed is its head and the entries that were written.
"""

import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import unquote

from kb.model.pattern import Pattern
from kb.model.site import NoteRecord
from kb.model.value import to_json
from kb.rendering.briefs import SessionBrief
from kb.rendering.catalog import Catalog, Desk, Thing, name_of, relative, root_of
from kb.rendering.isolation import isolated
from kb.rendering.prose import whole
from kb.rendering.talks import describe, manner
from kb.rendering.views import Entry, FeedView, Page
from kb.rendering.words import Words

UNDATED = "1970-01-01T00:00:00Z"
"""RFC 4287 demands a date of every entry; nothing tells one for these."""
_FORBIDDEN = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What XML may not hold (XML 1.0, 2.2)."""


def newest(notes: Iterable[NoteRecord], limit: int) -> tuple[NoteRecord, ...]:
    """Return those of `notes` that the feeds of the site tell."""
    told = (one for one in notes if not one.draft)
    return tuple(sorted(told, key=lambda one: one.date[:10], reverse=True)[:limit])


def site_feeds(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the feeds of the site: its newest notes."""
    settings = catalog.settings
    notes = newest(catalog.records.values(), settings.feeds.limit)
    entries = tuple(note_entry(one, catalog, words) for one in notes)
    for page in _both("/", settings.title, settings.description, entries, catalog):
        yield page
        if page.template == "feed.xml":
            for path in settings.feeds.also:
                yield Page(path.strip("/"), page.template, None, page.view)


def feeds_of(thing: Thing, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the feeds of an event, speaker or topic: its talks, as entries that others share."""
    known = catalog.entries
    root = _root(thing.url, catalog)
    entries = []
    for url in thing.sessions[: catalog.settings.feeds.limit]:
        # Written for another depth, it has other links.
        found = known.get(name := root + url)
        if found is None and (brief := catalog.briefs.sessions.get(url)) is not None:
            found = known[name] = session_entry(brief, root, catalog, words)
        if found is not None:
            entries.append(found)
    for page in _both(thing.url, name_of(thing), thing.about, tuple(entries), catalog):
        yield page
        if page.template == "feed.xml":
            for path in _old_feeds(thing.url, catalog):
                yield Page(path, page.template, None, page.view)


def _old_feeds(url: str, catalog: Catalog) -> Iterator[str]:
    """Yield where an older site had the feed of what is at `url` now: beside its old pages.

    Only with a base_url, since links that are not complete would lead elsewhere from there.
    """
    if not catalog.base:
        return
    names = sorted({path.rsplit("/", 1)[-1] for path in catalog.settings.feeds.also})
    for source in catalog.old_urls.get(url, ()) if names else ():
        if source.endswith("/"):
            yield from (f"{unquote(source)[1:]}{name}" for name in names)


def _root(url: str, catalog: Catalog) -> str:
    """Return what the links of a feed begin with: base_url, or the way from it to the root."""
    return f"{catalog.base}/" if catalog.base else root_of(f"{url}feed.xml")


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
            catalog.settings.language,
            entries,
        )
        yield Page(path, template, None, view)


def identifier(url: str, catalog: Catalog) -> str:
    """Return an IRI that stays: the complete URL, or a UUID made of the relative one."""
    if catalog.base:
        return catalog.absolute(url)
    name = bytearray(hashlib.sha256(f"{catalog.settings.title}\n{url}".encode()).digest()[:16])
    name[6] = name[6] & 0x0F | 0x80  # version 8 (RFC 9562), which this Python cannot set itself
    name[8] = name[8] & 0x3F | 0x80
    digits = name.hex()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"urn:uuid:{'-'.join(parts)}"


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
    """Return a note as an entry of the site's feed, whole where links in it can be complete."""
    note = catalog.notes.get(record.path)
    html = ""
    if note is not None and catalog.base:
        desk = Desk(catalog, f"{catalog.base}/")
        html = whole(note, record.targets, manner(desk, record, words, 2)).text
    return entry(
        identifier(record.url, catalog),
        url=relative(record.url, _root("/", catalog)),
        title=record.title,
        updated=stamp(record.updated or record.date),
        summary=record.description,
        html=html,
        people=record.authors,
        topics=record.tags,
    )


def session_entry(brief: SessionBrief, root: str, catalog: Catalog, words: Words) -> Entry:
    """Return a session as an entry of feeds whose links begin with `root`.

    It tells what the session is about; the notes stand on its page.
    """
    return entry(
        identifier(brief.url, catalog),
        url=relative(brief.url, root),
        title=brief.title,
        updated=stamp(brief.date or brief.sort_date),
        summary=describe(brief, catalog, words),
        html="",
        people=(one.name for one in brief.speakers),
        topics=(one.name for one in brief.named),
    )


def entry(
    name: str,
    *,
    url: str,
    title: str,
    updated: str,
    summary: str,
    html: str,
    people: Iterable[str],
    topics: Iterable[str],
) -> Entry:
    """Return an entry, written for both kinds of feed.

    Args:
        name: IRI that stays.
        url: of the page.
        title: plain text.
        updated: RFC 3339.
        summary: plain text.
        html: the whole content; `""` where the summary has to do.
        people: who wrote or spoke.
        topics: what it is about.
    """
    authors = tuple(people)
    tags = tuple(topics)
    atom = (
        f"<entry>\n<id>{_xml(name)}</id>\n<title>{_xml(title)}</title>\n"
        f"<updated>{updated}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{_xml(url)}"/>\n'
        + "".join(f"<author><name>{_xml(one)}</name></author>\n" for one in authors)
        + "".join(f'<category term="{_xml(one)}"/>\n' for one in tags)
        + (f"<summary>{_xml(summary)}</summary>\n" if summary else "")
        + (f'<content type="html">{escape(_FORBIDDEN.sub("", html))}</content>\n' if html else "")
        + "</entry>\n"
    )
    item: dict[str, object] = {"id": name, "url": url, "title": title, "date_published": updated}
    if html:
        item |= {"summary": summary, "content_html": html}
    else:
        item["content_text"] = summary
    if authors:
        item["authors"] = [{"name": one} for one in authors]
    if tags:
        item["tags"] = tags
    return Entry(updated, atom, to_json(item).decode().rstrip())


def _xml(text: str) -> str:
    return escape(text if text.isascii() and text.isprintable() else _cleaned(text))


def _cleaned(text: str) -> str:
    return _FORBIDDEN.sub("", isolated(text))


def to_atom(view: FeedView) -> bytes:
    """Return a feed as Atom."""
    subtitle = f"<subtitle>{_xml(view.subtitle)}</subtitle>\n" if view.subtitle else ""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_xml(view.language)}">\n'
        f"<id>{_xml(view.id)}</id>\n<title>{_xml(view.title)}</title>\n{subtitle}"
        f"<updated>{view.updated}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href="{_xml(view.self_url)}"/>\n'
        f'<link rel="alternate" type="text/html" href="{_xml(view.home)}"/>\n'
        f"<author><name>{_xml(view.author)}</name></author>\n<generator>kb</generator>\n"
    )
    entries = "".join([one.atom for one in view.entries])
    return f"{head}{entries}</feed>\n".encode("utf-8", "replace")


def to_json_feed(view: FeedView) -> bytes:
    """Return a feed as JSON Feed 1.1."""
    head = to_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": view.title,
            "description": view.subtitle,
            "home_page_url": view.home,
            "feed_url": view.self_url,
            "authors": [{"name": view.author}],
        }
    )
    items = ",\n".join([one.json for one in view.entries])
    return b"".join((head.rstrip()[:-1], b',"items":[\n', items.encode(), b"\n]}\n"))
