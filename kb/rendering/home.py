"""The home page, the search page, and the page for what is not there."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from kb.model.site import LinkRecord, Url
from kb.rendering import structured
from kb.rendering.briefs import PROGRAMME
from kb.rendering.catalog import Catalog, Desk, output_path
from kb.rendering.frames import frame
from kb.rendering.hrefs import fit
from kb.rendering.views import Frame, HomeView, MissingView, Page, SearchView
from kb.rendering.words import Words

EVENTS = 6
SHELF = 12


def home_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield home, search (where there is one) and 404."""
    yield home_page(catalog)
    if catalog.settings.search.browser:
        yield search_page(catalog, words)
    yield missing_page(catalog, words)


def home_page(catalog: Catalog) -> Page:
    """Return the home page."""
    desk = catalog.desk("/")
    settings = catalog.settings
    talks = (url for url, one in catalog.briefs.sessions.items() if one.is_talk)
    people, topics = catalog.briefs.people, catalog.briefs.topics
    heard = Counter({url: one.talks for url, one in people.items() if one.talks})
    around = frame(
        desk,
        "/",
        settings.title,
        "home",
        description=settings.description or settings.title,
        things=(structured.website(catalog),),
    )
    view = HomeView(
        tuple(desk.event_card(one) for one in islice(catalog.events.values(), EVENTS)),
        desk.rows(islice(talks, 8)),
        tuple(desk.note_row(one) for one in islice(catalog.records.values(), 6)),
        desk.people_counted(heard, SHELF),
        desk.topics_counted(rising(catalog), SHELF),
        desk.topics_counted({url: one.talks for url, one in topics.items()}, SHELF),
        tuple(desk.link(one) for one in islice(_reading(catalog), 8)),
        catalog.talk_count,
        len(catalog.people),
        len(catalog.events),
        len(catalog.topics),
        len(catalog.links),
    )
    return Page(output_path("/"), "home.html", around, view)


def _reading(catalog: Catalog) -> Iterator[LinkRecord]:
    """Yield links, most cited first, without the recordings and slides of single talks."""
    for link in catalog.links.values():
        if fit(link.url) and link.kind not in PROGRAMME:
            yield link


def rising(catalog: Catalog) -> Counter[Url]:
    """Return the topics whose share of talks grew most with the newest year, with their talks.

    Only what notes or the vocabulary name counts, and only where two talks of that year are on it;
    where there is but one year, nothing rises.
    """
    desk = catalog.desk("/")
    by_year: dict[str, Counter[Url]] = defaultdict(Counter)
    for session in catalog.briefs.sessions.values():
        if session.is_talk:
            by_year[desk.year(session)].update(use.topic for use in session.named)
    now = by_year.pop(max(by_year, default=""), Counter())
    before: Counter[Url] = sum(by_year.values(), Counter())
    if not before:
        return Counter()
    share_now, share_before = max(1, now.total()), before.total()
    growth = {
        topic: count / share_now - before[topic] / share_before for topic, count in now.items()
    }
    order = sorted(
        (topic for topic in growth if growth[topic] > 0 and now[topic] > 1),
        key=lambda topic: (-growth[topic], topic),
    )
    return Counter({topic: now[topic] for topic in order[:SHELF]})


def search_page(catalog: Catalog, words: Words) -> Page:
    """Return the search page."""
    desk = catalog.desk("/search/")
    title = words.say("nav.search")
    around = frame(
        desk,
        "/search/",
        title,
        "search",
        "search",
        description=f"{title} · {catalog.settings.title}",
        crumbs=(desk.home(),),
    )
    told = {(desk.year(one), one.kind) for one in catalog.briefs.sessions.values()}
    years = {year for year, _ in told if year}
    view = SearchView(
        tuple(sorted(years, reverse=True)),
        desk.event_refs(islice(catalog.events, 50)),
        tuple(sorted({kind for _, kind in told})),
    )
    return Page(output_path("/search/"), "search.html", around, view)


def missing_page(catalog: Catalog, words: Words) -> Page:
    """Return the page for what is not there.

    Hosts show it at any depth, so its links start at the host's root, or where base_url says.
    """
    root = urlsplit(catalog.base).path.rstrip("/") + "/"
    desk = Desk(catalog, root)
    around: Frame = frame(
        desk,
        "/404.html",
        words.say("missing.title"),
        "404",
        crumbs=(desk.home(),),
        index=False,
    )
    return Page("404.html", "404.html", around, MissingView(root))
