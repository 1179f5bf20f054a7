"""What an answer makes of a link's entry in the ledger. The day is handed in."""

from kb.model.ledger import Answer, LinkEntry
from kb.model.pattern import Pattern
from kb.model.value import replace

_KEPT = 10
"""Days of a streak that are written down: the first, and the last."""
_DATE = Pattern(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_ARCHIVE = "https://web.archive.org/web/"


def archive_copy(url: str, date: str) -> str:
    """Return where the web archive shows `url` as it was nearest to `date`.

    `date` is ISO 8601 or the beginning of one; without any, all copies are listed. The archive is
    not asked: whether there is a copy is for a person to see.
    """
    found = _DATE.match(date)
    when = "".join(part for part in found.groups() if part) if found else "*"
    return f"{_ARCHIVE}{when}/{url}"


def noted(entry: LinkEntry, answer: Answer, today: str) -> LinkEntry:
    """Return `entry` with what was answered `today` (ISO date)."""
    if answer.verdict == "unasked":
        return entry
    proposed = archive_copy(entry.url, entry.first_cited)
    if answer.verdict == "good":
        return replace(
            entry,
            last_good=today,
            last_asked="",
            answer="",
            failures=(),
            gone=(),
            moved=answer.moved,
            archive="" if entry.archive == proposed and not entry.dead else entry.archive,
        )
    asked = replace(entry, last_asked=today, answer=answer.said)
    if answer.verdict == "unsure":
        return asked
    gone = _with(entry.gone, today) if answer.verdict == "gone" else entry.gone
    failed = replace(asked, failures=_with(entry.failures, today), gone=gone)
    if failed.is_dead and not failed.archive:
        return replace(failed, archive=proposed)
    return failed


def _with(days: tuple[str, ...], today: str) -> tuple[str, ...]:
    """Return `days` and `today`: the first of a streak stays, and so do the last few."""
    every = sorted({*days, today})
    return tuple(every if len(every) <= _KEPT else [every[0], *every[-_KEPT + 1 :]])
