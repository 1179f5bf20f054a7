"""Asking the web for the links that the notes cite, and keeping what it says in the ledger.

Only `kb check --links` comes here: no build does, and nothing else imports what connects.
"""

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kb
from kb.asking.ask import Manners, ask_all
from kb.asking.record import noted
from kb.building import lock
from kb.building.checking import look
from kb.building.files import FileFault, inside, read_source, write_whole
from kb.building.options import ALONE, Hooks, Options
from kb.building.project import Project, ProjectFault
from kb.building.scan import LARGEST_DATA, LEDGER
from kb.graph.links import canonical
from kb.graph.places import whole
from kb.model.finding import Finding, in_order
from kb.model.ledger import Answer, Ledger, LinkEntry
from kb.model.site import LinkRecord
from kb.model.value import Value, replace
from kb.reading.ledger import read_ledger
from kb.reading.ledger_text import NotWritable, revised
from kb.reading.urls import is_complete

_PATIENCE = 60.0
"""Seconds for which a build that runs meanwhile is waited for."""
_SEVERAL = 3
"""Of so many hosts one is there, or this machine is not connected."""
_BOM = b"\xef\xbb\xbf"


class Offline(Exception):
    """Nobody could be reached: that says something of this machine, and nothing of the links."""


class Asked(Value, frozen=True):
    """How one link is."""

    url: str
    verdict: str
    """As in `Answer`; `known` where it was good a short while ago, or is not to be asked."""
    said: str
    moved: str
    dead: bool
    archive: str
    first_cited: str
    last_good: str
    failing: tuple[str, ...]
    """The days of its streak of failures."""
    where: tuple[str, ...]
    """`path:line` of each citation."""


class Checked(Value, frozen=True):
    """What came of asking for all links."""

    links: tuple[Asked, ...]
    findings: tuple[Finding, ...]
    """Of a build, and of the links."""
    ledger: str
    """Path of the ledger, relative to the site's folder."""
    written: bool
    """Whether the ledger is another now."""


def check_links(
    project: Project,
    options: Options,
    hooks: Hooks = ALONE,
    how: Manners | None = None,
    *,
    every: int = 0,
) -> Checked:
    """Ask for all links that the notes cite, and bring the ledger up to date.

    Args:
        project: the site.
        options: how the notes are read; the day of all answers is that of `now`.
        hooks: `progress` is told of `links`.
        how: how servers are asked.
        every: days for which a link that was good is not asked again.

    What was answered before an interruption is kept.

    Raises:
        ProjectFault: the ledger has faults, or the theme is missing; nobody was asked.
        Offline: of several hosts none could be reached; nothing was written.
        Held: another process is building for too long.
        FileFault: the ledger cannot be written.
    """
    ledger, _ = _read(project)
    knowledge, findings = look(project, options, hooks)
    records = {one.key: one for one in knowledge.site.links if is_complete(whole(one.url))}
    today = options.now[:10]
    entries = _by_key(ledger)
    wanted = {
        whole(record.url): key
        for key, record in sorted(records.items())
        if _is_due(entries.get(key), today, every)
    }
    answers: dict[str, Answer] = {}

    def told(url: str, answer: Answer) -> None:
        answers[wanted[url]] = _plain(answer, wanted[url])
        hooks.progress("links", len(answers), len(wanted))

    hooks.progress("links", 0, len(wanted))
    now: Mapping[str, LinkEntry] = {}
    try:
        ask_all(wanted, how or manners(), told)
    finally:
        silent = _silent_hosts(answers)
        if not silent:
            now, written = _keep(project, options, records, answers)
    if silent:
        what = f"none of {silent} hosts could be reached; nothing was written"
        raise Offline(f"{what}\n    See whether this machine is connected to the internet.")
    states = [_state(records[key], answers.get(key), now.get(key)) for key in sorted(records)]
    told_of = [
        finding
        for key in sorted(records)
        for finding in _findings(records[key], answers.get(key), now.get(key))
    ]
    return Checked(tuple(states), in_order([*findings, *told_of]), _name(project), written)


def _silent_hosts(answers: Mapping[str, Answer]) -> int:
    """Return how many hosts there are where none of several could be reached, else 0."""
    told = [answer for answer in answers.values() if answer.verdict != "unasked"]
    hosts = {key.partition("/")[0] for key in answers}
    lost = told and not any(answer.reached for answer in told)
    return len(hosts) if lost and len(hosts) >= _SEVERAL else 0


def manners(**chosen: Any) -> Manners:
    """Return how servers are asked, with the `chosen` fields of `Manners`."""
    return Manners(agent=f"kb/{kb.__version__} (link check)", **chosen)


def _is_due(entry: LinkEntry | None, today: str, every: int) -> bool:
    if entry is None:
        return True
    if entry.skip:
        return False
    if not every or not entry.last_good or entry.failures:
        return True
    age = dt.date.fromisoformat(today) - dt.date.fromisoformat(entry.last_good)
    return age.days >= every


def _plain(answer: Answer, key: str) -> Answer:
    """Return `answer` without moves that lead to the same link in another spelling."""
    moved = "" if canonical(answer.moved) == key else answer.moved
    landed = "" if canonical(answer.landed) == key else answer.landed
    return replace(answer, moved=moved, landed=landed)


# -- the ledger --------------------------------------------------------------------------------


def _name(project: Project) -> str:
    return (project.content / LEDGER).relative_to(project.root).as_posix()


def _place(project: Project) -> Path:
    """Return the file of the ledger, links resolved.

    Raises:
        ProjectFault: it leads out of the site.
    """
    real = os.path.realpath(project.content / LEDGER)
    if not inside(real, str(project.root)):
        raise ProjectFault(f"{_name(project)} is a link that leads out of the site")
    return Path(real)


def _read(project: Project) -> tuple[Ledger, bytes]:
    """Return the ledger and its bytes; none of either where there is no file.

    Raises:
        ProjectFault: it cannot be kept as it is.
    """
    name, place = _name(project), _place(project)
    if not os.path.lexists(place):
        return Ledger(), b""
    try:
        below = place.relative_to(project.root).as_posix()
        source = read_source(project.root, below, LARGEST_DATA, name)
    except FileFault as fault:
        raise ProjectFault(f"{name} cannot be read: {fault.reason}") from fault
    ledger = read_ledger(source)
    broken = tuple(one for one in ledger.findings if one.code != "KB113")
    if broken:
        raise ProjectFault(f"{name} has errors", "Nobody was asked; mend it first.", broken)
    try:
        revised(_text(source.data), ())
    except NotWritable as fault:
        hint = "Nobody was asked; mend it first."
        raise ProjectFault(f"{name} cannot be kept: {fault}", hint) from fault
    return ledger, source.data


def _text(data: bytes) -> str:
    return data.removeprefix(_BOM).decode()


def _by_key(ledger: Ledger) -> dict[str, LinkEntry]:
    found: dict[str, LinkEntry] = {}
    for entry in ledger.entries:
        found.setdefault(canonical(entry.url), entry)
    return found


def _keep(
    project: Project,
    options: Options,
    records: Mapping[str, LinkRecord],
    answers: Mapping[str, Answer],
) -> tuple[Mapping[str, LinkEntry], bool]:
    """Write the answers to the ledger as it is now; return its entries, and whether it changed."""
    today = options.now[:10]
    with lock.hold(project.lock, max(options.patience, _PATIENCE)):
        ledger, data = _read(project)  # the writer may have changed it meanwhile
        entries = _by_key(ledger)
        changed: dict[str, LinkEntry] = {}
        for key, answer in sorted(answers.items()):
            record = records[key]
            before = entries.get(key) or LinkEntry(url=whole(record.url))
            cited = min(filter(None, (before.first_cited, record.first[:10])), default="")
            after = noted(replace(before, first_cited=cited), answer, today)
            if answer.verdict != "unasked" and after != before:
                changed[key] = after
        if not changed:
            return entries, False
        text = revised(_text(data), changed.values()).encode()
        written = (_BOM if data.startswith(_BOM) else b"") + text
        if written != data:
            write_whole(_place(project), written, sync=True)
        return {**entries, **changed}, written != data


# -- what is told of it ------------------------------------------------------------------------


def _state(record: LinkRecord, answer: Answer | None, entry: LinkEntry | None) -> Asked:
    known = entry or LinkEntry(url=record.url)
    return Asked(
        url=record.url,
        verdict=answer.verdict if answer else "known",
        said=answer.said if answer else known.answer,
        moved=known.moved,
        dead=known.is_dead,
        archive=known.archive,
        first_cited=known.first_cited or record.first,
        last_good=known.last_good,
        failing=known.failures,
        where=tuple(f"{one.note}:{one.line}" for one in record.citations),
    )


def _findings(
    record: LinkRecord, answer: Answer | None, entry: LinkEntry | None
) -> Iterator[Finding]:
    where, others = record.citations[0], len(record.citations) - 1
    also = f" (cited {others + 1} times)" if others else ""
    link = f"the link {record.url}{also}"
    if entry is not None and entry.is_dead:
        said = f"{link} is dead: {_since(entry)}"
        hint = f"a copy may be at {entry.archive}" if entry.archive else ""
        yield Finding("KB701", where.note, said, where.line, hint=hint)
    elif entry is not None and entry.failures:
        yield Finding(
            "KB702", where.note, f"{link}: {_since(entry)}", where.line, hint=_next(entry)
        )
    elif answer is not None and answer.verdict == "good":
        elsewhere = answer.moved or (answer.landed if _is_front(answer.landed, record.url) else "")
        if elsewhere:
            front = _is_front(elsewhere, record.url)
            said = "leads to a front page now" if front else "has moved for good"
            hint = "see whether it is gone" if front else "write the new address"
            message = f"{link} {said}: {elsewhere}"
            yield Finding("KB703", where.note, message, where.line, hint=hint)


def _since(entry: LinkEntry) -> str:
    days: Sequence[str] = entry.failures
    said = entry.answer or "your ledger says so"
    if not days:
        return said
    when = f"on {days[0]}" if len(days) == 1 else f"on {len(days)} days since {days[0]}"
    good = f", last good on {entry.last_good}" if entry.last_good else ""
    return f"{said} {when}{good}"


def _next(entry: LinkEntry) -> str:
    if entry.gone:
        return "ask again on another day: gone twice, it is called dead"
    return "ask again on another day"


def _is_front(landed: str, url: str) -> bool:
    """Return whether a link to some page has led to the front page of a host."""
    paths: Iterable[str] = (urlsplit(one).path.strip("/") for one in (landed, url))
    there, here = paths
    return bool(landed) and not there and not urlsplit(landed).query and bool(here)
