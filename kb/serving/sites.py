"""Builds a kb site for the preview, by the way that `kb build` goes."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from kb.building.files import FileFault, read_file
from kb.building.lock import Held
from kb.building.options import Cancelled as GivenUp
from kb.building.options import Hooks, Options, Report
from kb.building.pipeline import build, load
from kb.building.project import Project, ProjectFault, open_project
from kb.model.finding import Finding
from kb.model.site import Site
from kb.serving.builder import Built, Cancelled, Fault, NotBuilt, Sight, Switch, Wanted
from kb.serving.sight import notes_by_page, sight_of

TEMPLATE = "KB401"
BROKEN = frozenset({"KB101", "KB102", "KB103", "KB104", "KB105", "KB108", "KB109"})
"""Errors after which a note does not say what its writer meant."""
MOST_LINES = 100
"""Findings that are shown with their line of the file."""
_LARGEST = 2_097_152
_LONGEST_LINE = 300


class SiteBuilder:
    """A `Builder` of one site; site.toml is read anew for each build."""

    def __init__(
        self,
        project: Project,
        *,
        drafts: bool = False,
        future: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`drafts` and `future` show what would otherwise be left out."""
        self.folder = project.root
        self.output = project.output
        self._project = project
        self._drafts = drafts
        self._future = future
        self._clock = clock
        self._site: Site | None = None
        self._broken: tuple[str, ...] = ()
        self._pages: Mapping[str, tuple[str, ...]] | None = None

    def ignored(self) -> tuple[Path, ...]:
        """Return the folders that builds write."""
        return (self._project.output, self._project.cache, self._project.index)

    def close(self) -> None:
        """Hold nothing."""

    def build(
        self,
        wanted: Wanted,
        switch: Switch,
        cancelled: Callable[[], bool],
    ) -> Built:
        """Build what changed; every file is looked at, whatever the hints.

        Raises:
            Cancelled: a newer change came.
            NotBuilt: site.toml has errors, another build holds the lock, the disk refuses.
        """
        start = time.perf_counter()
        hooks = Hooks(
            switch=lambda: switch(self._broken), cancelled=cancelled, learned=self._learned
        )
        try:
            self._project = open_project(self.folder, self.output)
            report = build(self._project, self._options(full=wanted.full), hooks)
        except GivenUp as given_up:
            raise Cancelled from given_up
        except ProjectFault as fault:
            raise NotBuilt(str(fault), fault.findings) from fault
        except (FileFault, Held) as fault:
            raise NotBuilt(str(fault)) from fault
        return self._built(report, time.perf_counter() - start)

    def look(self, page: str) -> Sight:
        """Return what kb sees in the notes that `page` shows."""
        return sight_of(self._known(), page, self._clock().isoformat())

    def _options(self, *, full: bool = False) -> Options:
        settings = self._project.settings.build
        return Options(
            now=self._clock().isoformat(),
            drafts=self._drafts or settings.drafts,
            future=self._future or settings.future,
            full=full,
            jobs=settings.jobs,
        )

    def _learned(self, site: Site, findings: tuple[Finding, ...]) -> None:
        self._site = site
        self._broken = tuple(
            sorted({finding.path for finding in findings if finding.code in BROKEN})
        )

    def _known(self) -> Site:
        """Return the site as the last build saw it; a build with nothing to do saw none."""
        if self._site is None:
            knowledge = load(self._project, self._options())
            self._learned(knowledge.site, knowledge.findings)
            return knowledge.site
        return self._site

    def _built(self, report: Report, seconds: float) -> Built:
        faults = [finding for finding in report.findings if finding.code == TEMPLATE]
        pages = notes_by_page(self._known())
        shown = pages if pages != self._pages else None
        self._pages = pages
        return Built(
            sources=report.sources,
            written=frozenset(report.written),
            removed=frozenset(report.removed),
            findings=report.findings,
            seconds=seconds,
            fault=self._fault(faults[0]) if faults else None,
            broken=self._broken,
            shown_notes=shown,
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
        return Fault(finding.path, finding.line, finding.message, self._text(finding.path))
