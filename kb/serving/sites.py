"""Builds a kb site for the preview, by the way that `kb build` goes."""

import contextlib
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import kb.building.pages
import kb.building.whole  # noqa: F401 - both before copies of the process build: once for all
from kb.building.ahead import Ahead, Newer, known_of, last_known, notes_by_page
from kb.building.files import FileFault, make_folder, read_file, write_whole
from kb.building.lock import Held
from kb.building.moments import built_at, right_now
from kb.building.options import Hooks, Learned, Options, Report
from kb.building.pipeline import build
from kb.building.project import Project, ProjectFault, open_project
from kb.building.snapshot import Lost
from kb.model.finding import Finding
from kb.model.value import replace
from kb.rendering.views import VIEWS, Frame, SiteView
from kb.serving.builder import Asks, Built, Fault, Fresh, NotBuilt, Show, Sight, Wanted
from kb.serving.sight import sight_of

TEMPLATE = "KB401"
BROKEN = frozenset({"KB101", "KB102", "KB103", "KB104", "KB105", "KB108", "KB109"})
"""Errors after which a note does not say what its writer meant."""
PREVIEW = ".kb-preview"
"""Folder of the site that holds what a preview with drafts shows; may be deleted at any time."""
MOST_LINES = 100
"""Findings that are shown with their line of the file."""
_LARGEST = 2_097_152
_LONGEST_LINE = 300


def names_in(path: str) -> tuple[str, ...]:
    """Return what the template at `path` may speak of; for a part of others, what all may."""
    view = VIEWS.get(path.rpartition("/templates/")[2])
    kinds = {"view": view, "page": Frame, "site": SiteView}
    return tuple(
        f"{name}.{field}"
        for name, kind in kinds.items()
        if kind is not None
        for field in kind.__struct_fields__
    )


def _broken(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the notes that cannot be read as they are meant."""
    return tuple(sorted({finding.path for finding in findings if finding.code in BROKEN}))


def preview_project(folder: Path) -> Project:
    """Return the site in `folder`, with an output folder that is the preview's alone.

    So drafts that a preview shows never lie in the folder that is published.

    Raises:
        ProjectFault: it is no site, or its configuration has errors.
        FileFault: the folder cannot be made.
    """
    own = folder / PREVIEW
    make_folder(own)
    write_whole(own / ".gitignore", b"*\n")
    return open_project(folder, own / "site")


class SiteBuilder:
    """A `Builder` of one site; site.toml is read anew for each build."""

    def __init__(
        self,
        project: Project,
        *,
        drafts: bool = False,
        future: bool = False,
    ) -> None:
        """`drafts` and `future` show what would otherwise be left out."""
        self.folder = project.root
        self.output = project.output
        self._project = project
        self._drafts = drafts
        self._future = future
        self._ahead: Ahead | None = None
        self._watched: tuple[str, ...] = ()
        """Pages that were open at the last build."""
        self._broken: tuple[str, ...] = ()
        self._pages: Mapping[str, tuple[str, ...]] | None = None

    def ignored(self) -> tuple[Path, ...]:
        """Return the folders that builds write."""
        return (self._project.output, self._project.cache, self._project.index)

    def close(self) -> None:
        """Hold nothing."""

    def build(self, wanted: Wanted, asks: Asks) -> Built:
        """Build what changed; every file is looked at, whatever the hints.

        Raises:
            Cancelled: a newer change came.
            NotBuilt: site.toml has errors, another build holds the lock, the disk refuses.
        """
        start = time.perf_counter()
        hooks = Hooks(
            switch=lambda: asks.switch(self._broken),
            cancelled=asks.cancelled,
            learned=lambda learned: self._learned(learned, wanted.pages, asks.ahead),
        )
        if pages := self.ahead(wanted):
            asks.ahead(pages)
        try:
            self._project = open_project(self.folder, self.output)
            report = build(self._project, self._options(full=wanted.full), hooks)
        except ProjectFault as fault:
            raise NotBuilt(str(fault), fault.findings) from fault
        except (FileFault, Held) as fault:
            raise NotBuilt(str(fault)) from fault
        return self._built(report, time.perf_counter() - start)

    def warm(self, cancelled: Callable[[], bool]) -> Mapping[str, tuple[str, ...]] | None:
        """Read the notes, where the last build found that it need not."""
        if self._ahead is not None or cancelled():
            return None
        try:
            self._open(None)
        except (FileFault, ProjectFault) as fault:
            raise NotBuilt(str(fault)) from fault
        return self._pages

    def took(self, built: Built) -> None:
        """Know what another process has built: what it knew lies on the disk."""
        self._broken = built.broken
        if not built.sources and self._ahead is not None:
            return
        self._ahead = None
        with contextlib.suppress(FileFault, ProjectFault):
            self._project = open_project(self.folder, self.output)
            self._open(self._pages if built.shown_notes is None else built.shown_notes)

    def _open(self, pages: Mapping[str, tuple[str, ...]] | None) -> None:
        """Open what the last build knew."""
        known = last_known(self._project)
        try:
            if known is not None and pages is None:
                pages = notes_by_page(known.records)
                known = last_known(self._project)  # anew, without the records that were read for it
            self._ahead = Ahead(self._project, known, pages) if known is not None else None
        except Lost:
            self._ahead = None
        self._pages = self._ahead.by_url if self._ahead is not None else pages
        if self._ahead is not None and self._pages:
            # What these pages are made of is then at hand when they change.
            self._ahead.known_pages(self._watched or tuple(self._pages)[:1], ())

    def look(self, page: str) -> Sight:
        """Return what kb sees in the notes that `page` shows.

        Raises:
            NotBuilt: the notes are not read yet.
        """
        if self._ahead is None:
            raise NotBuilt("the notes are being read; look again in a moment")
        site, notes = self._ahead.around(page)
        return sight_of(site, page, notes, right_now())

    def ahead(self, wanted: Wanted) -> Mapping[str, bytes]:
        """Return the open pages of changed notes, rendered before all others, where it can be."""
        self._watched = wanted.pages
        if self._ahead is None or not wanted.pages:
            return {}
        changed = None
        if wanted.hints is not None:
            changed = {unicodedata.normalize("NFC", hint) for hint in wanted.hints}
        pages: dict[str, bytes] = {}
        for name in sorted(self._ahead.notes_of(wanted.pages)):
            if changed is None or str(self.folder / name) in changed:
                pages |= self._ahead.pages(name, wanted.pages)
        return pages

    def fresh(self, page: str, *, thorough: bool) -> Fresh:
        """Return what `page` is, from its notes as they are now; nothing new before a build."""
        if self._ahead is None:
            return Fresh()
        newest = self._ahead.fresh(page, self._options(), BROKEN, thorough=thorough)
        return Fresh(newest.value) if isinstance(newest, Newer) else Fresh("page", newest)

    def _options(self, *, full: bool = False) -> Options:
        settings = self._project.settings.build
        options = built_at(right_now(), settings, drafts=self._drafts, future=self._future)
        return replace(options, full=full)

    def _learned(self, learned: Learned, open_pages: tuple[str, ...], show: Show) -> None:
        """Take note of what all notes say; show open pages of it before the rest is rendered."""
        self._broken = _broken(learned.findings)
        self._ahead = Ahead(self._project, known_of(learned))
        if open_pages and (pages := self._ahead.known_pages(open_pages, self._broken)):
            show(pages)

    def _new_pages(self) -> Mapping[str, tuple[str, ...]] | None:
        """Return the notes by page, where they are not as they were."""
        if self._ahead is None or self._ahead.by_url == self._pages:
            return None
        self._pages = self._ahead.by_url
        return self._pages

    def _built(self, report: Report, seconds: float) -> Built:
        faults = [finding for finding in report.findings if finding.code == TEMPLATE]
        return Built(
            sources=report.sources,
            written=frozenset(report.written),
            removed=frozenset(report.removed),
            findings=report.findings,
            seconds=seconds,
            fault=self._fault(faults[0]) if faults else None,
            broken=_broken(report.findings),
            shown_notes=self._new_pages(),
            lines=self._lines(report.findings[:MOST_LINES]),
        )

    def _lines(self, findings: Iterable[Finding]) -> dict[str, str]:
        texts: dict[str, list[str]] = {}
        lines: dict[str, str] = {}
        for finding in findings:
            if finding.path not in texts:
                texts[finding.path] = self._text(finding.path).splitlines()
            text = texts[finding.path]
            if 0 < finding.line <= len(text):
                lines[finding.place] = text[finding.line - 1][:_LONGEST_LINE]
        return lines

    def _text(self, path: str) -> str:
        try:
            return read_file(self.folder, path, _LARGEST).decode("utf-8", "replace")
        except (FileFault, ValueError):
            return ""

    def _fault(self, finding: Finding) -> Fault:
        text = self._text(finding.path)
        return Fault(finding.path, finding.line, finding.message, text, names_in(finding.path))
