"""A note beside its facts, and the order in which all of them are taken."""

from collections.abc import Sequence
from functools import lru_cache

from kb.model.facts import Evidence, Facts, SessionFacts
from kb.model.note import Lines, Note
from kb.model.site import Told
from kb.model.value import Value


class Written(Value, frozen=True):
    """One note and what was read out of it."""

    note: Note
    facts: Facts

    @property
    def path(self) -> str:
        """The note's path, which names it everywhere."""
        return self.note.path

    @property
    def date(self) -> str:
        """The day it is dated, ISO 8601, or `""`."""
        return self.note.matter.date[:10]


class Part(Value, frozen=True):
    """One session as one note tells it."""

    written: Written
    session: SessionFacts
    index: int
    """Place among the note's sessions, from 0."""

    @property
    def path(self) -> str:
        """Path of the note."""
        return self.written.path


def pair(notes: Sequence[Note], facts: Sequence[Facts]) -> tuple[Written, ...]:
    """Return notes and facts (in the same order) as pairs, by path, whatever order they came in.

    Raises:
        ValueError: the two do not belong together, which is a fault of the caller.
    """
    if [note.path for note in notes] != [fact.path for fact in facts]:
        raise ValueError("notes and facts must be in the same order, one for one")
    pairs = [Written(note=note, facts=fact) for note, fact in zip(notes, facts, strict=True)]
    return tuple(sorted(pairs, key=lambda written: written.path))


@lru_cache(maxsize=4096)
def _line(number: int) -> Lines:
    return Lines(number, number)


def told(written: Written, evidence: Evidence, lines: Lines | None = None) -> Told:
    """Return where `written` gives `evidence`; its own line unless `lines` are told."""
    where = lines or _line(evidence.line)
    return Told(note=evidence.path or written.path, lines=where, evidence=evidence)
