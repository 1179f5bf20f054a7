"""What the notes say → pages of talks, speakers, topics and events as fragments of HTML.

A fragment is what stands below a page's title: the host's theme gives it title, frame and look.
Its links lead to where the host puts its pages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kb.building.learning import Knowledge
from kb.building.themes import embedded_theme
from kb.embedding.links import Heading, between, headings_of, linked
from kb.model.site import Url, records_of
from kb.rendering.catalog import Catalog, output_path
from kb.rendering.events import events_pages, pages_of_event
from kb.rendering.frames import frame
from kb.rendering.pages import site_view
from kb.rendering.people import pages_of_speaker, speakers_pages
from kb.rendering.talks import session_page, talks_pages
from kb.rendering.theme import Theme
from kb.rendering.topics import pages_of_topic, topics_pages
from kb.rendering.views import Frame, Group, Page, Ref, TalksView
from kb.rendering.words import Words

SECTIONS = ("events", "talks", "speakers", "topics")
"""Lists of things, in the order of the navigation."""
_HARMLESS = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’", "&": "&amp;"})


@dataclass(frozen=True)
class Fragment:
    """The content of one page."""

    url: Url
    """What kb calls it: root-relative."""
    title: str
    """Plain text."""
    description: str
    """Plain text."""
    html: str
    headings: tuple[Heading, ...]


class _Framed(NamedTuple):
    """A page that a host can have: what stands around it tells its address and title."""

    page: Page
    frame: Frame


class Book:
    """All pages that kb adds to a host's site; each is made when it is asked for."""

    def __init__(self, knowledge: Knowledge, link: Callable[[str, str], str] = between) -> None:
        """`link` returns what a page writes for a link: given its own and the other's address."""
        self._link = link
        records = records_of(knowledge.site)
        self._catalog = Catalog(records, knowledge.prose, knowledge.settings)
        dates = knowledge.settings.theme.dates
        self._theme = Theme(embedded_theme(), site_view(self._catalog), dates)
        self._pages = {
            page.frame.url: _Framed(page, page.frame)
            for page in _pages(self._catalog, self._theme.words)
            if page.frame is not None
        }

    @property
    def urls(self) -> tuple[Url, ...]:
        """Return the URLs of all pages, lists first."""
        return tuple(self._pages)

    @property
    def lists(self) -> tuple[tuple[Url, str], ...]:
        """Return the URLs and titles of the first pages of the lists that hold anything."""
        names = (f"/{name}/" for name in SECTIONS)
        return tuple((Url(url), self.title(Url(url))) for url in names if url in self._pages)

    @property
    def notes(self) -> Mapping[Url, str]:
        """Return what kb calls each note → its path."""
        return {one.url: path for path, one in self._catalog.records.items()}

    def title(self, url: Url) -> str:
        """Return the title of the page at `url`, plain text."""
        return self._pages[url].frame.title

    def description(self, url: Url) -> str:
        """Return one sentence about the page at `url`, plain text."""
        return self._pages[url].frame.description

    def fragment(self, url: Url, where: Mapping[str, str]) -> Fragment:
        """Return the page at `url`.

        Args:
            url: one of `urls`.
            where: what kb calls a page, note or file → its address in the host's site: the URL
                from that site's root, without `/` before it, unless `link` wants another. A link to
                anything else becomes plain text.
        """
        html = self._html(self._pages[url], where)
        return Fragment(url, self.title(url), self.description(url), html, headings_of(html))

    def talks_of(self, path: str, where: Mapping[str, str]) -> str:
        """Return a list of the talks that the note at `path` tells of, `""` where it has none.

        It is written for the note's own page in the host's site.
        """
        record = self._catalog.records.get(path)
        if record is None or not record.sessions or record.url not in where:
            return ""
        desk = self._catalog.desk(record.url)
        around = frame(desk, record.url, record.title, "note")
        rows = desk.rows(record.sessions)
        view = TalksView((Group(Ref("", record.title), rows),), len(rows))
        page = Page(output_path(record.url), "told.html", around, view)
        return self._html(_Framed(page, around), where)

    def _html(self, framed: _Framed, where: Mapping[str, str]) -> str:
        text = self._theme.render(framed.page).data.decode("utf-8")
        return linked(text, framed.frame.url, where, self._pages, self._link).strip() + "\n"


def _pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    lists = (
        (events_pages, catalog.events),
        (talks_pages, catalog.talk_count),
        (speakers_pages, catalog.people),
        (topics_pages, catalog.topics),
    )
    for make, many in lists:
        if many:
            yield from make(catalog, words)
    for event in catalog.events.values():
        yield from pages_of_event(event, catalog, words)
    for session in catalog.sessions.values():
        yield session_page(session, catalog, words)
    for person in catalog.people.values():
        yield from pages_of_speaker(person, catalog, words)
    for topic in catalog.topics.values():
        yield from pages_of_topic(topic, catalog, words)


def safe(text: str) -> str:
    """Return plain text fit for templates that print it as it is, once unescaped or not at all.

    Themes differ in whether they escape a page's title, and some take its entities apart again:
    so it holds neither marks of HTML nor quotes, nor entities that become some.
    """
    return text.translate(_HARMLESS)
