"""What asking the web has told of links: the ledger, and what one question brought."""

from typing import Literal

from kb.model.finding import Finding
from kb.model.value import Value

Verdict = Literal["good", "gone", "failing", "unsure", "unasked"]
"""`good`: it answered; `gone`: 404 or 410; `failing`: no answer, or a fault of the server;
`unsure`: a refusal, which says nothing of whether it is there; `unasked`: nobody was asked."""

DAYS_GONE = 2
"""On how many days a link must have been gone before it is called dead."""


class Answer(Value, frozen=True):
    """What came of asking for one URL."""

    verdict: Verdict
    said: str = ""
    """In words for people: `404 Not Found`, `no answer within 20 seconds`; `""` where good."""
    landed: str = ""
    """Where redirects led; `""` without any."""
    moved: str = ""
    """As far as permanent redirects led; `""` without any."""
    reached: bool = True
    """Whether anything at all answered."""


class LinkEntry(Value, frozen=True, forbid_unknown_fields=True):
    """One `[[links]]` of `content/links.toml`. Dates are ISO 8601."""

    url: str
    """As a note first cites it."""
    first_cited: str = ""
    last_good: str = ""
    """The last day on which it answered."""
    last_asked: str = ""
    """Where it was not good then: the last day on which somebody asked."""
    answer: str = ""
    """What was said then."""
    failures: tuple[str, ...] = ()
    """The days of its streak of failures: the first, and the last few."""
    gone: tuple[str, ...] = ()
    """Those of them on which it was gone."""
    moved: str = ""
    """Where it has moved for good."""
    archive: str = ""
    """Where a copy may be: proposed by kb, mended by the writer."""
    dead: bool | None = None
    """The writer's own word, over all that was found."""
    skip: bool = False
    """The writer's: never ask."""
    line: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether it is gone for good: the writer says so, or enough days do."""
        return len(set(self.gone)) >= DAYS_GONE if self.dead is None else self.dead


class Ledger(Value, frozen=True):
    """`content/links.toml`, read; empty where there is none."""

    entries: tuple[LinkEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
