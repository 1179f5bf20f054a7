"""What one note may say at most: each session and speaker becomes a page, and pages take time.

No note that a person writes comes near; text made to hold up a build does.
"""

from collections.abc import Sequence
from typing import TypeVar

from kb.model.facts import Facts, SessionFacts
from kb.model.finding import Finding, in_order
from kb.model.value import Value, replace

MOST = {
    "sessions": 1_000,
    "speakers": 2_000,
    "topics": 3_000,
    "links": 5_000,
    "pictures": 5_000,
}
"""How many of each a note may tell of."""
MOST_SPEAKERS = 250
"""Speakers of one session: the page of each names all others."""

T = TypeVar("T", bound=Value)


def within_bounds(facts: Facts) -> Facts:
    """Return `facts` with the first of all that there is too much of, and a finding for each."""
    bounds = _Bounds()
    topics = bounds.first("topics", facts.topics)
    links = bounds.first("links", facts.links)
    pictures = bounds.first("pictures", facts.pictures)
    sessions = tuple(bounds.session(one) for one in bounds.first("sessions", facts.sessions))
    people = bounds.first("speakers", facts.people)
    if not bounds.over:
        return facts
    findings = [_too_many(facts.path, kind) for kind in MOST if kind in bounds.over]
    return replace(
        facts,
        sessions=sessions,
        topics=topics,
        links=links,
        pictures=pictures,
        people=people,
        findings=in_order([*facts.findings, *findings]),
    )


class _Bounds:
    """How much more a note may tell of."""

    def __init__(self) -> None:
        self._left = dict(MOST)
        self.over: set[str] = set()
        """Of what there was too much."""

    def first(self, kind: str, found: Sequence[T], most: int | None = None) -> tuple[T, ...]:
        """Return those of `found` that may be told of, at most `most` where that is given."""
        left = self._left[kind]
        taken = tuple(found[: left if most is None else min(left, most)])
        self._left[kind] -= len(taken)
        if len(taken) < len(found):
            self.over.add(kind)
        return taken

    def session(self, session: SessionFacts) -> SessionFacts:
        """Return `session` with what may be told of it."""
        return replace(
            session,
            speakers=self.first("speakers", session.speakers, MOST_SPEAKERS),
            topics=self.first("topics", session.topics),
            links=self.first("links", session.links),
            pictures=self.first("pictures", session.pictures),
        )


def _too_many(path: str, kind: str) -> Finding:
    only = f" of one session, or {MOST[kind]:,} in all" if kind == "speakers" else ""
    most = MOST_SPEAKERS if kind == "speakers" else MOST[kind]
    return Finding(
        "KB208",
        path,
        f"the note tells of more than {most:,} {kind}{only}; the others are on its own page alone",
        1,
        hint="split the note",
    )
