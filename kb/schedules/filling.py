"""What a programme adds to the facts of the notes: only where the notes say nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.model.facts import (
    WEEKDAYS,
    EventFacts,
    Evidence,
    Facts,
    LinkMention,
    SessionFacts,
    SpeakerMention,
)
from kb.model.finding import Finding
from kb.model.schedule import Entry, Place, Programme
from kb.model.value import replace
from kb.schedules.likeness import name_likeness, names_of
from kb.schedules.weekdays import weekday_of

_QUOTED = 120
"""Characters of an abstract that are quoted as evidence."""

Additions = Mapping[str, Sequence[tuple[Place, Programme, Entry]]]
"""By `Note.path`: what programmes know of its talks."""


def additions(programmes: Sequence[Programme]) -> Additions:
    """Return what `programmes` know of the talks of each note."""
    found: dict[str, list[tuple[Place, Programme, Entry]]] = defaultdict(list)
    for programme in programmes:
        for entry in programme.entries:
            if entry.holds:
                for place in entry.told:
                    found[place.note].append((place, programme, entry))
    return found


def fill(facts: Facts, known: Additions) -> Facts:
    """Return the facts of one note with what programmes add to its talks.

    What the note says stays, guessed or not; each fact that is added tells the programme's file
    and line as its evidence.
    """
    wanted = known.get(facts.path)
    if not wanted:
        return facts
    sessions = list(facts.sessions)
    places = {place: number for number, place in enumerate(places_of(facts))}
    lost: list[Finding] = []
    for place, programme, entry in wanted:
        number = places.get(place)
        if number is None:
            lost.append(_lost(place, programme, entry))
        else:
            sessions[number] = _filled(sessions[number], facts.event, programme, entry)
    return replace(facts, sessions=tuple(sessions), findings=(*facts.findings, *lost))


def without_note(known: Additions, notes: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each talk that programmes name in a note that is not among `notes`."""
    there = set(notes)
    for path in sorted(known.keys() - there):
        for place, programme, entry in known[path]:
            yield _lost(place, programme, entry)


def places_of(facts: Facts) -> tuple[Place, ...]:
    """Return what programmes call each session of a note."""
    counts: dict[str, int] = defaultdict(int)
    places: list[Place] = []
    for session in facts.sessions:
        talk = " ".join((session.title or session.heading).split())
        counts[talk] += 1
        places.append(Place(facts.path, talk, counts[talk]))
    return tuple(places)


def _lost(place: Place, programme: Programme, entry: Entry) -> Finding:
    return Finding(
        "KB206",
        programme.path,
        f"{place.note} has no talk “{place.talk}” any more",
        entry.line,
        hint="run kb match again",
    )


def _filled(
    session: SessionFacts, event: EventFacts | None, programme: Programme, entry: Entry
) -> SessionFacts:
    announced = entry.session
    why = list(session.why)
    changes: dict[str, object] = {"programme": f"{programme.path}#{announced.id}"}

    def evidence(field: str, text: str) -> Evidence:
        return Evidence(
            line=entry.line,
            rule=f"{field}-schedule",
            sure=1.0 if entry.state == "accepted" else round(min(entry.score, 0.99), 2),
            text=text,
            path=programme.path,
        )

    def say(field: str, text: str, **values: object) -> None:
        changes.update(values)
        why.append(evidence(field, text))

    if announced.date and not session.day and not (event and event.day):
        say("day", announced.date, day=announced.date)
    if announced.start and not session.start and _same_day(session, event, announced.date):
        finish = session.finish or announced.finish
        shown = f"{announced.start}–{finish}" if finish else announced.start
        say("time", shown, start=announced.start, finish=finish)
    elif announced.finish and not session.finish and session.start == announced.start != "":
        say("time", f"{session.start}–{announced.finish}", finish=announced.finish)
    if announced.room and not session.room:
        say("room", announced.room, room=announced.room)
    if announced.track and not session.track:
        say("track", announced.track, track=announced.track)
    if announced.abstract and session.abstract is None and not session.abstract_text:
        say("abstract", announced.abstract[:_QUOTED], abstract_text=announced.abstract)
    names = _missing(session, announced.speakers)
    if names:
        changes["speakers"] = (
            *session.speakers,
            *(SpeakerMention(name, evidence("speaker", name)) for name in names),
        )
    links = list(session.links)
    for url, kind in ((announced.recording, "recording"), (announced.url, "schedule")):
        if url and not any(link.kind == kind or link.url == url for link in links):
            links.append(LinkMention(url, kind, "", "", evidence("link", url)))
    return replace(session, **changes, why=tuple(why), links=tuple(links))


def _same_day(session: SessionFacts, event: EventFacts | None, announced: str) -> bool:
    """Return whether the programme's day is not another than that of the notes."""
    said = session.day or (event.day if event else "")
    if not said or not announced:
        return True
    if said in WEEKDAYS:
        return weekday_of(announced) == said
    return said == announced or not said[:4].isdigit()


def _missing(session: SessionFacts, announced: Sequence[str]) -> Sequence[str]:
    """Return the speakers that the notes lack.

    Where they name some, the rest is theirs only if all whom they name are announced; what the
    writer said outright is whole.
    """
    if not session.speakers:
        return announced
    if any(mention.evidence.explicit for mention in session.speakers):
        return ()
    left = list(announced)
    for mention in session.speakers:
        known = next((name for name in left if _one_person(mention.name, name)), None)
        if known is None:
            return ()
        left.remove(known)
    return left


def _one_person(a: str, b: str) -> bool:
    first, second = names_of([a]), names_of([b])
    return bool(first and second) and name_likeness(first[0], second[0]) > 0
