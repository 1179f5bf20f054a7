"""A plugin of MkDocs (https://www.mkdocs.org/dev-guide/plugins/): kb's pages in its site."""

import os
import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mkdocs.config.base import Config
from mkdocs.config.config_options import ListOfItems, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import _TocToken, get_toc

from kb.building.project import CONFIGURATION
from kb.building.scan import is_data, literal
from kb.embedding.book import Book, safe
from kb.embedding.knowledge import EmbeddingFault, Place, findings_of, read_notes, told
from kb.embedding.links import Heading
from kb.model.note import Note
from kb.model.site import Url

_log = get_plugin_logger("kb")


class KbConfig(Config):
    """What stands below `- kb:` in mkdocs.yml."""

    notes = ListOfItems(Type(str), default=[])
    """Globs of the notes, relative to docs_dir; none for all pages."""
    exclude = ListOfItems(Type(str), default=[])
    """Globs of pages that are no notes."""
    folder = Type(str, default="")
    """Folder of the site that kb's pages go to; its root unless given."""
    nav = Type(str, default="Conferences")
    """Title of kb's section of the navigation; empty for none."""
    talks_in_notes = Type(bool, default=True)
    """Whether the page of a note lists the talks that it tells of."""
    drafts = Type(bool, default=False)
    """Whether notes that are drafts are read."""


class KbPlugin(BasePlugin[KbConfig]):
    """Adds pages of talks, speakers, topics and events, made of the notes in docs_dir."""

    # MkDocs calls `on_files`, which tells all of this, before what asks for it.
    _book: Book
    _notes: dict[str, Note]
    """By path below docs_dir."""
    _where: dict[str, str]
    """What kb calls a page → its URL from the root of the site."""
    _made: dict[str, Url]
    """Path of a page that kb makes, below docs_dir → what kb calls it."""
    _base: str

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let `mkdocs serve` look after site.toml, too."""
        own = _root(config) / CONFIGURATION
        if own.is_file() and str(own) not in config.watch:
            config.watch.append(str(own))
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Read the notes, and add the pages that they make to `files`."""
        root = _root(config)
        self._base = _below(root, config)
        hidden = [one.src_uri for one in files if one.inclusion.is_excluded()]
        try:
            knowledge = read_notes(self._place(root, config, hidden))
        except EmbeddingFault as fault:
            raise PluginError(f"kb: {fault}") from fault
        for finding in findings_of(knowledge):
            say = {"error": _log.warning, "warning": _log.info}.get(finding.severity, _log.debug)
            say(told(finding))
        for file in list(files):
            if is_data(file.src_uri):
                files.remove(file)  # it is kb's, and no page
        self._book = book = Book(knowledge)
        self._notes = {self._page_of(note.path): note for note in knowledge.notes}
        self._where = {}
        for url, path in book.notes.items():
            self._put(url, files.get_file_from_path(self._page_of(path)))
        for asset in knowledge.site.assets:
            self._put(asset.url, files.get_file_from_path(self._page_of(asset.path)))
        self._made = {}
        for url in book.urls:
            path = self._path_of(url)
            known = files.get_file_from_path(path)
            if known is None:
                level = InclusionLevel.NOT_IN_NAV
                known = File.generated(config, path, content="", inclusion=level)
                files.append(known)
                self._made[path] = url
            else:
                _log.info(f"{path} is yours and stays; `folder` would put kb's page elsewhere")
            self._put(url, known)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Add a section with the lists, unless the configured navigation has one of them."""
        pages: list[Page] = []
        for url, title in self._book.lists:
            file = files.get_file_from_path(self._path_of(url))
            if file is None or file.page is None:
                continue
            if file.page in nav.pages:
                return nav
            file.page.title = safe(title)
            pages.append(file.page)
        if not self.config.nav or not pages:
            return nav
        section = Section(self.config.nav, list(pages))
        for page in pages:
            page.parent = section
        nav.items.append(section)
        nav.pages.extend(pages)
        return nav

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Give kb's pages their titles, and notes with TOML front matter theirs."""
        path = page.file.src_uri
        if path in self._made:
            url = self._made[path]
            page.meta = {
                "title": safe(self._book.title(url)),
                "description": safe(self._book.description(url)),
            }
            return ""
        note = self._notes.get(path)
        if note is None or note.matter.format != "toml":
            return markdown
        matter = note.matter
        known: dict[str, Any] = {
            "title": safe(note.title),
            "description": safe(matter.description),
            "tags": list(matter.tags),
        }
        page.meta = {key: value for key, value in known.items() if value} | dict(page.meta)
        return "\n".join(markdown.split("\n")[matter.last_line :])

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Write kb's pages, and what kb adds to notes."""
        path = page.file.src_uri
        if path in self._made:
            made = self._book.fragment(self._made[path], self._where)
            title = safe(made.title)
            head = Heading(1, "kb-title", title)
            page.toc = get_toc(_tokens((head, *made.headings)))
            return f'<h1 id="{head.id}" dir="auto">{title}</h1>\n{made.html}'
        note = self._notes.get(path)
        if note is None or not self.config.talks_in_notes:
            return html
        talks = self._book.talks_of(note.path, self._where)
        return f"{html}\n{talks}" if talks else html

    def _place(self, root: Path, config: MkDocsConfig, hidden: list[str]) -> Place:
        theme = config.theme
        language = theme.get("language") or theme.get("locale") or ""
        return Place(
            root,
            self._base,
            title=config.site_name,
            base_url=config.site_url or "",
            language=str(language).replace("_", "-"),
            include=tuple(self.config.notes),
            exclude=(*self.config.exclude, *map(literal, hidden)),
            drafts=self.config.drafts,
        )

    def _put(self, url: str, file: File | None) -> None:
        if file is not None and not file.inclusion.is_excluded():
            self._where[url] = "" if file.url in {".", "./"} else file.url

    def _page_of(self, path: str) -> str:
        """Return the path below docs_dir of a path below the folder of mkdocs.yml."""
        return path.removeprefix(f"{self._base}/") if self._base != "." else path

    def _path_of(self, url: str) -> str:
        """Return the path, below docs_dir, of the page that kb calls `url`."""
        name = unquote(url).strip("/")
        path = f"{name}/index.md" if "/" not in name else f"{name}.md"
        return posixpath.join(self.config.folder.strip("/"), path)


def _root(config: MkDocsConfig) -> Path:
    """Return the folder of mkdocs.yml, or that above docs_dir where docs_dir is not below it."""
    docs = Path(os.path.realpath(config.docs_dir))
    root = Path(os.path.realpath(config.config_file_path or ".")).parent
    return root if docs.is_relative_to(root) else docs.parent


def _below(root: Path, config: MkDocsConfig) -> str:
    return Path(os.path.realpath(config.docs_dir)).relative_to(root).as_posix()


def _tokens(headings: tuple[Heading, ...]) -> list[_TocToken]:
    """Return headings as Python-Markdown's `toc_tokens`: a tree by their levels."""
    top: list[_TocToken] = []
    above: list[_TocToken] = []
    for heading in headings:
        token = _TocToken(level=heading.level, id=heading.id, name=heading.html, children=[])
        while above and above[-1]["level"] >= heading.level:
            above.pop()
        (above[-1]["children"] if above else top).append(token)
        above.append(token)
    return top
