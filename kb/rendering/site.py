"""The whole published site: `Site` → `Output`s, top to bottom."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from types import CodeType

from kb.model.made import Made, MenuEntry
from kb.model.note import Note
from kb.model.output import Output
from kb.model.settings import Settings
from kb.model.site import Records, Site, records_of
from kb.rendering.briefs import Briefs
from kb.rendering.catalog import Catalog
from kb.rendering.hosting import host_pages
from kb.rendering.notes import note_page
from kb.rendering.pages import Group, Listed, all_pages, listing, page_groups, site_view
from kb.rendering.talks import session_page
from kb.rendering.theme import Theme, ThemeFiles
from kb.rendering.touched import Touched, touched_pages
from kb.rendering.views import Entry, Page
from kb.rendering.writers import WRITERS


class Renderer:
    """A site about to be rendered: lists its pages cheaply, renders each on its own.

    Building may skip a page whose `key(page)` it knows, and may make and render groups of pages in
    other processes (fork after making the renderer, or make one there from the same arguments).
    """

    def __init__(
        self,
        records: Records,
        notes: Mapping[str, Note],
        settings: Settings,
        theme: ThemeFiles,
        *,
        menu: Iterable[MenuEntry] = (),
        made: Iterable[Made] = (),
        compiled: Mapping[str, CodeType] | None = None,
        briefs: Briefs | None = None,
        entries: MutableMapping[str, Entry] | None = None,
    ) -> None:
        """`menu` and `made` are what plugins add: to the navigation, and to the pages.

        `compiled` are templates that another renderer has compiled, as its theme tells them;
        `briefs` are those of `records`, where they were made before; `entries` is empty, and where
        entries of feeds are kept.
        """
        self._made = tuple(made)
        self._catalog = Catalog(records, notes, settings, briefs, entries)
        self._chapter = ""
        self.theme = Theme(theme, site_view(self._catalog, menu), settings.theme.dates, compiled)

    def pages(self) -> Iterator[Page]:
        """Yield every file to make but the theme's own, always in the same order."""
        return all_pages(self._catalog, self.theme.words, self._made)

    def groups(self) -> Iterator[Group]:
        """Yield what makes `pages`, some each, but for those that `last_pages` makes."""
        return page_groups(self._catalog, self.theme.words, self._made)

    def turn_to(self, chapter: str) -> None:
        """Let go what is kept of another `Group.chapter` than that of which pages are made now."""
        if chapter and chapter != self._chapter:
            self._chapter = chapter
            self._catalog.forget()
            self.theme.forget()

    def listed(self, page: Page) -> tuple[Listed, ...]:
        """Return what `last_pages` has to be told of `page`, which a group made."""
        return listing(page)

    def last_pages(self, listed: Iterable[Listed]) -> Iterator[Page]:
        """Yield the pages that come after all groups, of which all that is `listed` is told."""
        return host_pages(self._catalog, listed)

    def pages_of_note(self, path: str) -> Iterator[Page]:
        """Yield the pages that the note at `path` tells: its own, and those of its sessions."""
        record = self._catalog.records.get(path)
        if record is None:
            return
        yield note_page(record, self._catalog, self.theme.words)
        for url in record.sessions:
            if url in self._catalog.sessions:
                yield session_page(self._catalog.sessions[url], self._catalog, self.theme.words)

    def pages_touched(self, touched: Touched) -> Iterator[Page]:
        """Yield the pages that may show `touched`, all but `data/talks.json`."""
        return touched_pages(touched, self._catalog, self.theme.words)

    def key(self, page: Page) -> str:
        """Return what the bytes of `page` depend on: equal keys, equal bytes.

        Raises:
            TemplateFault: a template cannot be compiled.
        """
        return page.key("" if page.template in WRITERS else self.theme.key(page.template))

    def render(self, page: Page) -> Output:
        """Return the file of `page`.

        Raises:
            TemplateFault: its template cannot be rendered.
        """
        writer = WRITERS.get(page.template)
        return Output(page.path, writer(page.view)) if writer else self.theme.render(page)

    def static(self) -> Iterator[Output]:
        """Yield the theme's own files."""
        return self.theme.static()


def render_site(
    site: Site, notes: Mapping[str, Note], settings: Settings, theme: ThemeFiles
) -> Iterator[Output]:
    """Yield every file of the published site but the assets, which building copies.

    Raises:
        TemplateFault: a template cannot be compiled or rendered.
    """
    renderer = Renderer(records_of(site), notes, settings, theme)
    yield from renderer.static()
    for page in renderer.pages():
        yield renderer.render(page)
