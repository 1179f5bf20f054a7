"""Which pages there are: cheap to list, each with the one view that its template may see."""

from collections.abc import Iterator

from kb.rendering.booklets import booklet_pages
from kb.rendering.calendar import calendar_pages
from kb.rendering.cards import card_pages
from kb.rendering.catalog import Catalog
from kb.rendering.data import data_pages
from kb.rendering.events import event_pages, events_pages
from kb.rendering.feeds import feed_pages
from kb.rendering.home import home_pages
from kb.rendering.hosting import host_pages, redirect_pages
from kb.rendering.links import links_pages
from kb.rendering.notes import note_pages, notes_pages
from kb.rendering.people import speaker_pages, speakers_pages
from kb.rendering.talks import session_pages, talks_pages
from kb.rendering.topics import topic_pages, topics_pages
from kb.rendering.twins import twin_pages
from kb.rendering.views import Page, SiteView
from kb.rendering.words import Words


def html_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield all pages that people read."""
    yield from home_pages(catalog, words)
    for section, make in (
        ("events", events_pages),
        ("talks", talks_pages),
        ("speakers", speakers_pages),
        ("topics", topics_pages),
        ("links", links_pages),
        ("notes", notes_pages),
    ):
        # An empty list has no page, unless it is one that people look for first.
        if section in sections(catalog) or section in {"talks", "notes"}:
            yield from make(catalog, words)
    yield from event_pages(catalog, words)
    yield from booklet_pages(catalog, words)
    yield from session_pages(catalog, words)
    yield from speaker_pages(catalog, words)
    yield from topic_pages(catalog, words)
    yield from note_pages(catalog, words)


def all_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield every file of the site but the theme's own and the assets."""
    listed: list[tuple[str, str]] = []
    for page in html_pages(catalog, words):
        if page.frame is not None and page.frame.index:
            listed.append((page.frame.url, _changed(page, catalog)))
        yield page
    yield from redirect_pages(catalog)
    yield from feed_pages(catalog, words)
    yield from calendar_pages(catalog)
    yield from twin_pages(catalog, words)
    yield from card_pages(catalog, words)
    yield from data_pages(catalog)
    yield from host_pages(catalog, listed)


def _changed(page: Page, catalog: Catalog) -> str:
    return page.view.updated or page.view.date if page.template == "note.html" else ""  # type: ignore[union-attr]


def sections(catalog: Catalog) -> tuple[str, ...]:
    """Return the entries of the navigation: the lists that hold anything."""
    many = {
        "events": len(catalog.events),
        "talks": catalog.talk_count,
        "speakers": len(catalog.people),
        "topics": len(catalog.topics),
        "links": len(catalog.links),
        "notes": len(catalog.records),
    }
    return tuple(name for name, number in many.items() if number)


def site_view(catalog: Catalog) -> SiteView:
    """Return what all templates may see of the site."""
    settings = catalog.settings
    return SiteView(
        settings.title,
        settings.description,
        settings.author,
        settings.language,
        catalog.base,
        sections(catalog),
        settings.params,
    )
