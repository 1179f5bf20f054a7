"""Which event a published programme is of, and its record."""

from collections import Counter
from collections.abc import Mapping, Sequence

from kb.graph.events import Edition
from kb.graph.folding import fold
from kb.graph.sessions import Joined
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.schedule import Programme
from kb.model.site import Billed, ProgrammeRecord, Url


def know_programmes(
    programmes: Sequence[Programme],
    all_written: Sequence[Written],
    editions: Sequence[Edition],
    edition_of: Mapping[str, Edition],
) -> tuple[dict[str, Programme], list[Finding]]:
    """Return the programme of each event by `Edition.key`, and what is wrong with the others.

    The programme names its event. Where the event is called otherwise since, it is the one that
    most of its talks are told of.
    """
    titles = {fold(edition.title): edition.key for edition in editions}
    told: dict[str, Counter[str]] = {}
    for written in all_written:
        edition = edition_of.get(written.path)
        for session in written.facts.sessions:
            if edition and session.programme:
                path = session.programme.rpartition("#")[0]
                told.setdefault(path, Counter())[edition.key] += 1
    found: dict[str, Programme] = {}
    findings: list[Finding] = []
    for programme in sorted(programmes, key=lambda one: one.path):
        line = programme.lines[0] if programme.lines else 0
        votes = told.get(programme.path, Counter())
        most = min(votes, key=lambda one: (-votes[one], one), default="")
        key = titles.get(fold(programme.event)) or most
        if not key:
            message = f"no note is about “{programme.event}”"
            hint = "name the event as kb list events does"
            findings.append(Finding("KB204", programme.path, message, line, hint=hint))
        elif key in found:
            message = f"{found[key].path} is of the same event"
            findings.append(Finding("KB308", programme.path, message, line, hint="delete one"))
        else:
            found[key] = programme
    return found, findings


def programme_record(programme: Programme, noted: Mapping[str, Url]) -> ProgrammeRecord:
    """Return the record of a programme; `noted` is as in `noted_sessions`."""
    billed = [
        Billed(
            title=one.title,
            date=one.date,
            start=one.start,
            finish=one.finish,
            room=one.room,
            track=one.track,
            speakers=one.speakers,
            url=one.url,
            session=noted.get(f"{programme.path}#{one.id}"),
        )
        for one in (entry.session for entry in programme.entries)
    ]
    billed.sort(key=lambda one: (one.date or "9999", one.start or "99", one.room, one.title))
    return ProgrammeRecord(
        path=programme.path,
        title=programme.title,
        version=programme.version,
        url=programme.url,
        sessions=tuple(billed),
    )


def noted_sessions(sessions: Sequence[Joined], urls: Sequence[Url]) -> dict[str, Url]:
    """Return, by `SessionFacts.programme`, the page of what the notes tell of a programme."""
    return {
        part.session.programme: url
        for joined, url in zip(sessions, urls, strict=True)
        for part in joined.parts
        if part.session.programme
    }


_FACTS = ("speaker", "day", "time", "room", "track", "abstract", "recording")


def announced_facts(joined: Joined) -> tuple[str, ...]:
    """Return which facts of a session come from a programme: of `_FACTS`."""
    found: set[str] = {told.evidence.rule for told in joined.day.why}
    for part in joined.parts:
        session = part.session
        found.update(evidence.rule for evidence in session.why)
        found.update(mention.evidence.rule for mention in session.speakers)
        found.update(
            "recording-schedule"
            for link in session.links
            if link.kind == "recording" and link.evidence.rule == "link-schedule"
        )
    return tuple(name for name in _FACTS if f"{name}-schedule" in found)
