"""Builds a kb site for the preview, by the way that `kb build` goes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kb.building.files import FileFault, read_file
from kb.building.lock import Held
from kb.building.options import Cancelled as GivenUp
from kb.building.options import Hooks, Options, Report
from kb.building.pipeline import build
from kb.building.project import Project, ProjectFault, open_project
from kb.model.finding import Finding
from kb.serving.builder import Built, Cancelled, Fault, NotBuilt, Switch

TEMPLATE = "KB401"
_LARGEST_TEMPLATE = 1_048_576


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

    def ignored(self) -> tuple[Path, ...]:
        """Return the folders that builds write."""
        return (self._project.output, self._project.cache, self._project.index)

    def build(
        self,
        hints: frozenset[Path] | None,
        switch: Switch,
        cancelled: Callable[[], bool],
    ) -> Built:
        """Build what changed; `hints` are not needed, since every file is looked at.

        Raises:
            Cancelled: a newer change came.
            NotBuilt: site.toml has errors, another build holds the lock, the disk refuses.
        """
        del hints
        start = time.perf_counter()
        try:
            self._project = open_project(self.folder, self.output)
            settings = self._project.settings.build
            options = Options(
                now=self._clock().isoformat(),
                drafts=self._drafts or settings.drafts,
                future=self._future or settings.future,
                jobs=settings.jobs,
            )
            report = build(self._project, options, Hooks(switch=switch, cancelled=cancelled))
        except GivenUp as given_up:
            raise Cancelled from given_up
        except ProjectFault as fault:
            raise NotBuilt(str(fault), fault.findings) from fault
        except (FileFault, Held) as fault:
            raise NotBuilt(str(fault)) from fault
        return self._built(report, time.perf_counter() - start)

    def _built(self, report: Report, seconds: float) -> Built:
        faults = [finding for finding in report.findings if finding.code == TEMPLATE]
        return Built(
            sources=report.sources,
            written=frozenset(report.written),
            removed=frozenset(report.removed),
            findings=report.findings,
            seconds=seconds,
            fault=self._fault(faults[0]) if faults else None,
        )

    def _fault(self, finding: Finding) -> Fault:
        try:
            data = read_file(self.folder, finding.path, _LARGEST_TEMPLATE)
        except (FileFault, ValueError):
            data = b""
        return Fault(finding.path, finding.line, finding.message, data.decode("utf-8", "replace"))
