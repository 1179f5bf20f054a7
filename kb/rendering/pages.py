"""Which pages there are: cheap to list, each with the one view that its template may see."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from kb.model.made import Made, MenuEntry
from kb.rendering.booklets import booklet_pages
from kb.rendering.calendar import calendar_pages
from kb.rendering.cards import card_pages
from kb.rendering.catalog import Catalog
from kb.rendering.data import data_pages
from kb.rendering.events import event_pages, events_pages
from kb.rendering.feeds import feed_pages, site_feeds
from kb.rendering.home import home_pages
from kb.rendering.hosting import host_pages, redirect_pages
from kb.rendering.links import links_pages
from kb.rendering.made import made_pages
from kb.rendering.notes import note_pages, notes_pages
from kb.rendering.people import speaker_pages, speakers_pages
from kb.rendering.talks import session_pages, talks_pages
from kb.rendering.topics import topic_pages, topics_pages
from kb.rendering.twins import list_page, twin_pages
from kb.rendering.views import Entry, NoteView, Page, Ref, SiteView
from kb.rendering.words import Words

K = TypeVar("K")
T = TypeVar("T")
Group = Callable[[], Iterator[Page]]
"""Makes some pages."""
Listed = tuple[str, str]
"""A page that search engines may list: its URL, and the ISO date of its last change or `""`."""
FEW = 32
"""Things whose pages are made together."""


def all_pages(catalog: Catalog, words: Words, made: Sequence[Made] = ()) -> Iterator[Page]:
    """Yield every file of the site but the theme's own and the assets; `made` is by plugins."""
    listed: list[Listed] = []
    for make in page_groups(catalog, words, made):
        for page in make():
            listed += listing(page)
            yield page
    yield from host_pages(catalog, listed)


def page_groups(catalog: Catalog, words: Words, made: Sequence[Made] = ()) -> Iterator[Group]:
    """Yield what makes the files of `all_pages` but those of `host_pages`, some files each.

    Each makes the same files whether or not others were called before, so that processes may share
    them; made in this order, they are in that of `all_pages`.
    """
    events, sessions, people = catalog.events, catalog.sessions, catalog.people
    topics, notes = catalog.topics, catalog.records
    entries: dict[str, Entry] = {}
    yield partial(home_pages, catalog, words)
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
            yield partial(make, catalog, words)
    yield from _some(events, lambda few: event_pages(few, catalog, words))
    yield from _some(events, lambda few: booklet_pages(few, catalog, words))
    yield from _some(sessions, lambda few: session_pages(few, catalog, words))
    yield from _some(people, lambda few: speaker_pages(few, catalog, words))
    yield from _some(topics, lambda few: topic_pages(few, catalog, words))
    yield from _some(notes, lambda few: note_pages(few, catalog, words))
    yield partial(made_pages, made, catalog)
    yield partial(redirect_pages, catalog)
    yield partial(site_feeds, catalog, words)
    yield from _some(events, lambda few: feed_pages(few, catalog, words, entries))
    yield from _some(people, lambda few: feed_pages(few, catalog, words, entries))
    yield from _some(topics, lambda few: feed_pages(few, catalog, words, entries))
    yield from _some(events, lambda few: calendar_pages(few, catalog))
    yield from _some(sessions, lambda few: twin_pages(few, catalog, words))
    yield lambda: iter((list_page(catalog, words),))
    yield from _some(events, lambda few: card_pages(few, catalog, words))
    yield from _some(sessions, lambda few: card_pages(few, catalog, words))
    yield from _some(people, lambda few: card_pages(few, catalog, words))
    yield partial(data_pages, catalog)


def _some(things: Mapping[K, T], make: Callable[[Sequence[T]], Iterator[Page]]) -> Iterator[Group]:
    """Yield what makes the pages of `things`, a few things each, which it looks up then."""
    rest = iter(things)
    while few := tuple(islice(rest, FEW)):
        yield partial(_looked_up, make, things, few)


def _looked_up(
    make: Callable[[Sequence[T]], Iterator[Page]], things: Mapping[K, T], few: Iterable[K]
) -> Iterator[Page]:
    return make([things[key] for key in few])


def listing(page: Page) -> tuple[Listed, ...]:
    """Return how the sitemap lists `page`, if it does."""
    if page.frame is None or not page.frame.index:
        return ()
    view = page.view
    return ((page.frame.url, view.updated or view.date if isinstance(view, NoteView) else ""),)


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


def site_view(catalog: Catalog, menu: Iterable[MenuEntry] = ()) -> SiteView:
    """Return what all templates may see of the site; `menu` is what plugins add to it."""
    settings = catalog.settings
    return SiteView(
        settings.title,
        settings.description,
        settings.author,
        settings.language,
        catalog.base,
        sections(catalog),
        settings.params,
        tuple(Ref(one.url, one.title) for one in menu),
        settings.search.browser,
    )
