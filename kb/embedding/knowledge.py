"""A folder of notes inside another generator's project → what the notes say."""

import os
from dataclasses import dataclass
from pathlib import Path

from kb.building.files import FileFault
from kb.building.learning import Knowledge
from kb.building.lock import Held
from kb.building.moments import right_now
from kb.building.options import Options
from kb.building.pipeline import load
from kb.building.project import (
    CACHE,
    CONFIGURATION,
    Project,
    ProjectFault,
    open_project,
    plugins_of,
)
from kb.building.workers import WorkerFault
from kb.model.finding import Finding
from kb.model.settings import ContentSettings, Settings
from kb.model.value import digest, replace

_HOSTS_OWN = frozenset({"KB110", "KB302", "KB303", "KB304", "KB305", "KB306", "KB307", "KB309"})
"""Findings about titles and addresses of notes, links and pictures: hosts have their own ways."""


class EmbeddingFault(Exception):
    """The notes cannot be read at all; `str()` is one line, with what to do about it."""


@dataclass(frozen=True)
class Place:
    """Where the notes lie in a host's project, and what the host says of its site."""

    root: Path
    """Folder of the host's configuration; `.kb/` (a cache) is kept there, `site.toml` heeded."""
    folder: str
    """Of the host's content, relative to `root`."""
    title: str = ""
    base_url: str = ""
    language: str = ""
    include: tuple[str, ...] = ()
    """Globs of notes, relative to `folder`; none for all Markdown files."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are no notes."""
    drafts: bool = False
    """Whether drafts are read; the future is the host's to hide."""


def read_notes(place: Place) -> Knowledge:
    """Return what the notes at `place` say.

    What was read is remembered in `.kb/`, so that the next time costs what changed.

    Raises:
        EmbeddingFault: `site.toml` has errors, or a folder cannot be read.
    """
    try:
        project = _project(place)
        options = Options(now=right_now(), drafts=place.drafts, future=True)
        return load(project, options)
    except ProjectFault as fault:
        first = _told(fault.findings[0]) if fault.findings else ""
        raise EmbeddingFault(" ".join(filter(None, (first or str(fault), fault.hint)))) from fault
    except (FileFault, Held, WorkerFault, ValueError) as fault:
        raise EmbeddingFault(str(fault)) from fault


def _project(place: Place) -> Project:
    root = Path(os.path.realpath(place.root))
    settings = Settings()
    findings: tuple[Finding, ...] = ()
    if (root / CONFIGURATION).is_file():
        project = open_project(root)
        settings, findings = project.settings, project.findings
    content = settings.content
    settings = replace(
        settings,
        title=place.title or settings.title,
        base_url=place.base_url or settings.base_url,
        language=place.language or settings.language,
        content=replace(
            content,
            folder=place.folder,
            static=(),
            include=place.include or ContentSettings().include,
            exclude=(*content.exclude, *place.exclude),
            articles=True,
        ),
    )
    output = root / CACHE / "embedded"
    return Project(root, settings, digest(settings), output, findings, plugins_of(settings))


def findings_of(knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return the findings that concern kb here: of data files, and of notes that tell of sessions.

    The other pages of the host are its own business, and so are addresses and what links lead to.
    """
    telling = {record.path for record in knowledge.site.notes if record.sessions}
    others = {note.path for note in knowledge.notes} - telling
    return tuple(
        finding
        for finding in knowledge.findings
        if finding.path not in others and finding.code not in _HOSTS_OWN
    )


def _told(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}." + (f" {finding.hint}." if finding.hint else "")


def told(finding: Finding) -> str:
    """Return a finding in one line."""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.place}: {finding.code}: {finding.message}{hint}"
