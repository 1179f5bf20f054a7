"""A plugin of Pelican (https://docs.getpelican.com/en/latest/plugins.html): kb's pages in its site.

Links are written as Pelican's own (`{filename}/…`, `{static}/…`), so that they suit each place that
it shows content in: pages, lists, feeds, with relative URLs or without.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pelican import signals
from pelican.contents import Page
from pelican.generators import Generator

from kb.building.learning import Knowledge
from kb.building.scan import literal
from kb.embedding.book import Book, safe
from kb.embedding.knowledge import EmbeddingFault, Place, findings_of, read_notes, told
from kb.model.site import Url

_log = logging.getLogger("pelican.plugins.kb")
_SOURCES = ".kb/pages"
"""Folder that kb's pages claim to come from, below PATH; there is none, so nothing clashes."""
_NOTES = (".md", ".markdown", ".mkd", ".mdown")


class KbGenerator(Generator):  # type: ignore[misc]
    """Writes pages of talks, speakers, topics and events, made of the articles and pages."""

    def generate_context(self) -> None:
        """Read the notes; put kb's lists into the menu, and talks below the notes."""
        self._book: Book | None = None
        self._pages: dict[Url, Any] = {}
        self._where: dict[str, str] = {}
        try:
            knowledge = read_notes(self._place())
        except EmbeddingFault as fault:
            _log.error("kb: %s", fault)
            return
        for finding in findings_of(knowledge):
            level = {"error": logging.WARNING, "warning": logging.INFO}.get(finding.severity)
            _log.log(level or logging.DEBUG, "kb: %s", told(finding))
        self._book = book = Book(knowledge, _as_given)
        known = self.context["generated_content"]
        for url, path in book.notes.items():
            if known.get(self._below(path)) is not None:
                self._where[url] = f"{{filename}}/{quote(self._below(path))}"
        taken = {content.save_as for content in known.values() if content is not None}
        for url in book.urls:
            self._add(url, book, taken)
        self._show_pictures(knowledge)
        if self.settings.get("KB_MENU", True):
            lists = [self._pages[url] for url, _ in book.lists if url in self._pages]
            self.context["pages"] = [*self.context.get("pages", ()), *lists]
        if self.settings.get("KB_TALKS_IN_NOTES", True):
            for path in book.notes.values():
                content = known.get(self._below(path))
                if content is not None and content.status == "published":
                    # Pelican has no other door.
                    content._content += book.talks_of(path, self._where)

    def generate_output(self, writer: Any) -> None:
        """Write the pages, now that Pelican knows all its files."""
        if self._book is None:
            return
        template = self.get_template(self.settings.get("KB_TEMPLATE", "page"))
        for url, page in self._pages.items():
            page._content = self._book.fragment(url, self._where).html
            writer.write_file(
                page.save_as,
                template,
                self.context,
                page=page,
                relative_urls=self.settings["RELATIVE_URLS"],
                url=page.url,
            )

    def _place(self) -> Place:
        settings = self.settings
        path = Path(os.path.realpath(settings["PATH"]))
        root = Path(os.path.realpath(settings.get("KB_ROOT", path.parent)))
        if not path.is_relative_to(root):
            raise EmbeddingFault(f"KB_ROOT, {root}, does not hold PATH, {path}")
        self._base = path.relative_to(root).as_posix()
        return Place(
            root,
            self._base,
            title=settings["SITENAME"],
            base_url=settings["SITEURL"],
            language=settings["DEFAULT_LANG"],
            include=tuple(settings.get("KB_NOTES", ())),
            exclude=(*settings.get("KB_EXCLUDE", ()), *map(literal, self._unread(path))),
        )

    def _unread(self, path: Path) -> Iterator[str]:
        """Yield the notes below `path` that Pelican does not publish: they are not kb's, either."""
        known: Mapping[str, Any] = self.context["generated_content"]
        for folder, _, names in os.walk(path):
            for name in sorted(names):
                below = Path(folder, name).relative_to(path).as_posix()
                if name.endswith(_NOTES):
                    content = known.get(below)
                    if content is None or content.status != "published":
                        yield below

    def _below(self, path: str) -> str:
        """Return the path below PATH of a path below the project's folder."""
        return path.removeprefix(f"{self._base}/") if self._base != "." else path

    def _add(self, url: Url, book: Book, taken: set[str]) -> None:
        """Make a page for `url` of `book`, unless one of Pelican's has its file."""
        folder = self.settings.get("KB_FOLDER", "").strip("/")
        name = f"{folder}{unquote(url)}".strip("/")
        save_as = f"{name}/index.html"
        if save_as in taken:
            _log.info("kb: %s is yours and stays; KB_FOLDER would put kb's page elsewhere", save_as)
            return
        metadata = {
            "title": safe(book.title(url)),
            "summary": safe(book.description(url)),
            "slug": name.replace("/", "-"),
            "url": f"{quote(name)}/",
            "save_as": save_as,
        }
        source = f"{_SOURCES}/{name}.md"
        path = Path(self.settings["PATH"], source)
        page = Page("", metadata, self.settings, str(path), self.context)
        self._pages[url] = page
        self.context["generated_content"][page.get_relative_source_path()] = page
        self._where[url] = f"{{filename}}/{quote(source)}"

    def _show_pictures(self, knowledge: Knowledge) -> None:
        """Let Pelican publish the pictures that kb's pages show."""
        site = knowledge.site
        paths = {asset.url: self._below(asset.path) for asset in site.assets}
        shown = {one.asset for record in site.sessions for one in record.pictures}
        for url in sorted(one for one in shown if one is not None and one in paths):
            self.context["static_links"].add(paths[url])
            self._where[url] = f"{{static}}/{quote(paths[url])}"


def _as_given(page: str, target: str) -> str:
    """Return the link to `target`: it is the same on each page."""
    return target


def _generators(pelican: Any) -> type[KbGenerator]:
    return KbGenerator


def register() -> None:
    """Let Pelican know of kb; it calls this once for a plugin."""
    signals.get_generators.connect(_generators)
