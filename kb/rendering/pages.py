"""Which pages there are: cheap to list, each with the one view that its template may see."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from typing import NamedTuple, TypeVar

from kb.model.made import Made, MenuEntry
from kb.model.site import EventRecord
from kb.rendering.booklets import booklet_of
from kb.rendering.calendar import calendar_of
from kb.rendering.cards import card_of, cards_wanted
from kb.rendering.catalog import Catalog
from kb.rendering.data import data_pages
from kb.rendering.events import events_pages, pages_of_event
from kb.rendering.feeds import feeds_of, site_feeds
from kb.rendering.home import home_pages
from kb.rendering.hosting import host_pages, redirect_pages
from kb.rendering.links import links_pages
from kb.rendering.made import made_pages
from kb.rendering.notes import note_page, notes_pages
from kb.rendering.people import pages_of_speaker, speakers_pages
from kb.rendering.talks import session_page, talks_pages
from kb.rendering.topics import pages_of_topic, topics_pages
from kb.rendering.twins import list_page, twin_of
from kb.rendering.views import NoteView, Page, Ref, SiteView
from kb.rendering.words import Words

K = TypeVar("K")
T = TypeVar("T")


class Group(NamedTuple):
    """Some pages to be made."""

    make: Callable[[], Iterator[Page]]
    """Makes them."""
    place: str = ""
    """Groups of one place read the same records and fill the same folders; `""` for none."""
    chapter: str = ""
    """Pages of one chapter show the same parts, which are kept until another begins; `""` for data
    files and pages that show few, which belong to none."""


Listed = tuple[str, str]
"""A page that search engines may list: its URL, and the ISO date of its last change or `""`."""
OF_EVENTS, OF_OTHERS = "events", "others"
"""The chapters. A talk's row on pages of events is another than on those of people and topics."""
FEW = 32
"""Things whose pages are made together."""
MANY = 128
"""How many sessions an event has at most whose pages are made in one place."""


def all_pages(catalog: Catalog, words: Words, made: Sequence[Made] = ()) -> Iterator[Page]:
    """Yield every file of the site but the theme's own and the assets; `made` is by plugins."""
    listed: list[Listed] = []
    for group in page_groups(catalog, words, made):
        for page in group.make():
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
    yield Group(partial(home_pages, catalog, words))
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
            yield Group(partial(make, catalog, words))
    places = places_of(catalog.events.values())
    yield from _some(events, lambda one: pages_of_event(one, catalog, words), places)
    yield from _some(events, lambda one: booklet_of(one, catalog, words), places)
    yield from _some(sessions, lambda one: (session_page(one, catalog, words),), places)
    yield from _some(people, lambda one: pages_of_speaker(one, catalog, words))
    yield from _some(topics, lambda one: pages_of_topic(one, catalog, words))
    yield from _some(notes, lambda one: (note_page(one, catalog, words),), places)
    yield Group(partial(made_pages, made, catalog))
    yield Group(partial(redirect_pages, catalog))
    yield Group(partial(site_feeds, catalog, words))
    yield from _some(events, lambda one: feeds_of(one, catalog, words), places)
    yield from _some(people, lambda one: feeds_of(one, catalog, words))
    yield from _some(topics, lambda one: feeds_of(one, catalog, words))
    yield from _some(events, lambda one: calendar_of(one, catalog), places)
    yield from _some(sessions, lambda one: twin_of(one, catalog, words), places)
    yield Group(lambda: iter((list_page(catalog, words),)))
    if cards_wanted(catalog):
        yield from _some(events, lambda one: card_of(one, catalog, words), places)
        yield from _some(sessions, lambda one: card_of(one, catalog, words), places)
        yield from _some(people, lambda one: card_of(one, catalog, words))
    yield Group(partial(data_pages, catalog))


def places_of(events: Iterable[EventRecord]) -> Mapping[str, str]:
    """Return where the pages of events, their sessions and notes are made, by what names these.

    Pages made in one place, one after the other, read the same records. That is a place for each
    event, and several where it has many sessions: else one process would have all the work.
    """
    found: dict[str, str] = {}
    for one in events:
        if len(one.sessions) <= MANY:
            found |= dict.fromkeys((one.url, *one.sessions, *one.notes), one.url)
        else:
            found |= {url: f"{one.url}#{number // MANY}" for number, url in enumerate(one.sessions)}
    return found


def _some(
    things: Mapping[K, T],
    make: Callable[[T], Iterable[Page]],
    places: Mapping[str, str] | None = None,
) -> Iterator[Group]:
    """Yield what makes the pages of `things`, a few things each; `make` makes those of one.

    Those of one group are of one of the `places`; what is of none is made where all else is that
    is made of the same few things.
    """
    known: Mapping[str, str] = places or {}
    for place, some in groupby(things, lambda key: known.get(str(key), "")):
        while few := tuple(islice(some, FEW)):
            chapter = OF_EVENTS if place else OF_OTHERS
            yield Group(partial(_made_of, make, things, few), place or str(few[0]), chapter)


def _made_of(
    make: Callable[[T], Iterable[Page]], things: Mapping[K, T], few: Iterable[K]
) -> Iterator[Page]:
    for key in few:
        yield from make(things[key])


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
