"""What a build is asked for, what it tells while it works, and what it answers."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from kb.model.finding import Finding
from kb.model.note import Note
from kb.model.schedule import Programme
from kb.model.settings import Settings
from kb.model.site import Site
from kb.model.value import Value
from kb.model.vocabulary import Vocabulary


class Options(Value, frozen=True):
    """How to build; settings of the site come with the project."""

    now: str
    """The moment that decides what is in the future or expired: ISO 8601 with offset."""
    drafts: bool = False
    future: bool = False
    full: bool = False
    """Whether to use nothing of earlier builds."""
    jobs: int = 0
    """Processes at most; 0 for one per core."""
    programmes: bool = True
    """Whether what published programmes add to the notes is part of what is told."""
    index: bool = True
    """Whether the local search index is brought up to date too."""
    patience: float = 2.0
    """Seconds to wait for another build to end."""


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False


class Learned(Protocol):
    """What the notes say: as much of it as a caller may see while a build works."""

    @property
    def settings(self) -> Settings:
        """Of the site."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What the writer told once for all notes."""

    @property
    def programmes(self) -> tuple[Programme, ...]:
        """What conferences announced."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that are part of the build, by path."""

    @property
    def site(self) -> Site:
        """All records."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """About notes, facts and site."""


def _unheard(learned: Learned) -> None:
    """Let nobody look."""


@dataclass(frozen=True)
class Hooks:
    """What a caller wants to hear and to decide while a build works."""

    progress: Callable[[str, int, int], None] = _silent
    """Told the stage, how many of its steps are done, and how many there are."""
    switch: Callable[[], AbstractContextManager[object]] = nullcontext
    """Held while files of the published site are moved."""
    cancelled: Callable[[], bool] = _never
    """Asked before publishing: True gives the build up."""
    learned: Callable[[Learned], None] = _unheard
    """Shown what the notes say, before anything is rendered; not called where nothing changed,
    nor where the short way was taken."""

    @property
    def is_watching(self) -> bool:
        """Whether the caller wants to be shown what the notes say."""
        return self.learned is not _unheard


ALONE = Hooks()
"""A caller that wants to hear nothing."""


class Cancelled(Exception):
    """The caller gave the build up; nothing was published."""


class Report(Value, frozen=True):
    """What a build read and made."""

    output: str
    """The folder of the published site."""
    notes: int = 0
    talks: int = 0
    speakers: int = 0
    topics: int = 0
    events: int = 0
    links: int = 0
    pictures: int = 0
    files: int = 0
    """Published files, all of them."""
    left_out: int = 0
    """Notes that are drafts, in the future or expired."""
    written: tuple[str, ...] = ()
    """Published files that have new bytes, relative to the output folder."""
    removed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Input files that changed since the last build, relative to the site's folder."""
    findings: tuple[Finding, ...] = ()
    published: bool = True
    """False where a broken template left the old site as it was."""
    remarks: tuple[str, ...] = ()
    """What kb did on its own account, such as throwing away a damaged cache."""
    stages: Mapping[str, float] = {}
    """Seconds by stage."""

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)
