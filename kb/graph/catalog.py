"""The records of sessions, events and notes, put together from what all notes tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.graph.addresses import Addresses
from kb.graph.crosslinks import Linker
from kb.graph.days import Calendar, own_day
from kb.graph.entries import data_file
from kb.graph.events import Edition
from kb.graph.links import canonical
from kb.graph.patterns import spot_of
from kb.graph.people import most
from kb.graph.programmes import announced_facts
from kb.graph.sessions import Joined, Speakers, abstract_of, first_said, kind_of, telling, title_of
from kb.graph.things import Things, Uses, note_uses
from kb.graph.written import Written, told
from kb.model.facts import LinkMention, PictureMention
from kb.model.settings import ContentSettings
from kb.model.site import (
    Backlink,
    Citation,
    Credit,
    DayRecord,
    EventRecord,
    NoteRecord,
    Picture,
    ProgrammeRecord,
    Related,
    SessionRecord,
    Target,
    TopicUse,
    Url,
)
from kb.model.value import Value, replace


class Surroundings(Value, frozen=True):
    """What the records of sessions and notes need to know of the rest of the site."""

    content: ContentSettings
    things: Things
    addresses: Addresses
    targets: Mapping[str, tuple[Target, ...]]
    """By note path."""
    related: Mapping[Url, tuple[Related, ...]]
    backlinks: Mapping[Url, tuple[Backlink, ...]]
    programmes: Mapping[str, ProgrammeRecord] = {}
    """By `Edition.key`."""


def _topic_uses(uses: Uses, around: Surroundings) -> tuple[TopicUse, ...]:
    records = [
        TopicUse(
            topic=around.addresses.topics[key],
            name=around.things.topics.names[key],
            guessed=all(mention.guessed for _, mention in said),
            told=tuple(told(written, mention.evidence) for written, mention in said),
        )
        for key, said in uses.items()
        if key in around.addresses.topics
    ]
    return tuple(sorted(records, key=lambda use: use.guessed))


def _credits(speakers: Speakers, around: Surroundings) -> tuple[Credit, ...]:
    return tuple(
        Credit(
            person=around.addresses.people[key],
            name=around.things.people.names[key],
            organisation=next((m.organisation for _, m in said if m.organisation), ""),
            role=next((m.role for _, m in said if m.role), ""),
            told=tuple(told(written, mention.evidence) for written, mention in said),
        )
        for key, said in speakers.items()
    )


def citation(link: LinkMention, path: str, session: Url | None) -> Citation:
    """Return the use that a session or note makes of a link."""
    return Citation(
        link=canonical(link.url),
        url=link.url,
        kind=link.kind,
        text=link.text,
        context=link.context,
        session=session,
        note=path,
        line=0 if link.evidence.path else link.evidence.line,
        sure=link.evidence.sure,
        source=link.evidence.path,
        source_line=link.evidence.line if link.evidence.path else 0,
    )


def _pictures(path: str, mentions: Iterable[PictureMention], linker: Linker) -> tuple[Picture, ...]:
    return tuple(
        linker.show(path, m.target, alt=m.alt, line=m.line, taken=m.taken) for m in mentions
    )


def session_records(around: Surroundings, linker: Linker) -> tuple[SessionRecord, ...]:
    """Return the records of all sessions, in their order."""
    neighbours = _neighbours(around)
    return tuple(
        _session_record(number, around, linker, neighbours)
        for number in range(len(around.things.sessions))
    )


def _neighbours(around: Surroundings) -> dict[Url, tuple[Url | None, Url | None]]:
    """Return what comes before and after each session in its event (without one: in its note)."""
    groups: dict[str, list[Url]] = defaultdict(list)
    for joined, url in zip(around.things.sessions, around.addresses.sessions, strict=True):
        groups[joined.event or f"\0{joined.parts[0].path}"].append(url)
    return {
        url: (before, after)
        for group in groups.values()
        for before, url, after in zip([None, *group], group, [*group[1:], None], strict=False)
    }


def _session_record(
    number: int,
    around: Surroundings,
    linker: Linker,
    neighbours: Mapping[Url, tuple[Url | None, Url | None]],
) -> SessionRecord:
    joined, url = around.things.sessions[number], around.addresses.sessions[number]
    sessions = [(part.path, part.session) for part in joined.parts]
    first = joined.parts[0]
    event_part = first.written.facts.event.part if first.written.facts.event else ""
    return SessionRecord(
        url=url,
        title=title_of(joined),
        kind=kind_of(joined),
        event=around.addresses.events.get(joined.event),
        tellings=tuple(telling(part) for part in joined.parts),
        day=joined.day.key,
        date=joined.day.date,
        sort_date=joined.sort_date,
        part=first_said(joined, "part") or ("" if first_said(joined, "start") else event_part),
        start=first_said(joined, "start"),
        finish=first_said(joined, "finish"),
        room=first_said(joined, "room"),
        track=first_said(joined, "track"),
        abstract_text=abstract_of(joined),
        speakers=_credits(around.things.speakers[number], around),
        topics=_topic_uses(around.things.uses[number], around),
        citations=tuple(
            citation(link, path, url) for path, session in sessions for link in session.links
        ),
        pictures=tuple(
            picture
            for path, session in sessions
            for picture in _pictures(path, session.pictures, linker)
        ),
        related=around.related.get(url, ()),
        backlinks=around.backlinks.get(url, ()),
        previous=neighbours[url][0],
        following=neighbours[url][1],
        why=tuple(
            told(part.written, evidence)
            for part in joined.parts
            for evidence in (part.session.evidence, *part.session.why)
        )
        + joined.day.why,
        announced=announced_facts(joined),
    )


def event_records(
    around: Surroundings, records: Sequence[SessionRecord]
) -> tuple[EventRecord, ...]:
    """Return the records of all events, newest first; `records` are all sessions in their order."""
    of_event: dict[str, list[tuple[Joined, SessionRecord]]] = defaultdict(list)
    for joined, record in zip(around.things.sessions, records, strict=True):
        of_event[joined.event].append((joined, record))
    editions = _editions_around(around)
    events = [
        _event_record(edition, around, of_event[edition.key], editions[edition.key])
        for edition in around.things.editions
    ]
    return tuple(sorted(events, key=lambda record: record.sort_date, reverse=True))


def _editions_around(around: Surroundings) -> dict[str, tuple[Url | None, Url | None]]:
    """Return the editions before and after each in its series; without a year there are none."""
    series: dict[str, list[str]] = defaultdict(list)
    for edition in around.things.editions:
        series[edition.line if edition.year else f"\0{edition.key}"].append(edition.key)
    found: dict[str, tuple[Url | None, Url | None]] = {}
    for keys in series.values():
        urls = [around.addresses.events[key] for key in keys]
        for key, before, after in zip(keys, [None, *urls], [*urls[1:], None], strict=False):
            found[key] = (before, after)
    return found


def _event_record(
    edition: Edition,
    around: Surroundings,
    sessions: Sequence[tuple[Joined, SessionRecord]],
    neighbours: tuple[Url | None, Url | None],
) -> EventRecord:
    calendar = around.things.calendars[edition.key]
    members = around.things.members[edition.key]
    by_day: dict[str, list[tuple[Joined, SessionRecord]]] = defaultdict(list)
    for joined, record in sessions:
        by_day[joined.day.key].append((joined, record))
    first = {key: min(joined.sort_date for joined, _ in there) for key, there in by_day.items()}
    order = sorted(by_day, key=lambda key: (not key, first[key], key))
    days = tuple(_day_record(by_day[key]) for key in order)
    people = Counter(credit.person for _, record in sessions for credit in record.speakers)
    topics = Counter(use.topic for _, record in sessions for use in record.topics)
    entry = edition.entry
    entries = data_file("events", around.content)  # a note's facts say `events.toml`
    return EventRecord(
        url=around.addresses.events[edition.key],
        name=edition.name,
        title=edition.title,
        place=edition.place,
        year=edition.year,
        series=edition.series,
        edition=edition.edition,
        start=calendar.start,
        end=calendar.end,
        homepage=entry.url if entry else "",
        about=entry.about if entry else "",
        sort_date=calendar.start or calendar.guess,
        days=days,
        sessions=tuple(record.url for _, record in sessions),
        people=most(people),
        topics=most(topics),
        notes=tuple(
            written.path for written in sorted(members, key=lambda w: (w.date or "9999", w.path))
        ),
        previous=neighbours[0],
        following=neighbours[1],
        told=tuple(
            told(written, replace(evidence, path=entries) if evidence.path else evidence)
            for written in members
            if written.facts.event
            for evidence in written.facts.event.why
        )
        + tuple(dict.fromkeys(why for day in days for why in day.told)),
        programme=around.programmes.get(edition.key),
        talks=sum(record.is_talk for _, record in sessions),
    )


def _day_record(sessions: Sequence[tuple[Joined, SessionRecord]]) -> DayRecord:
    """Return the record of the day on which all of `sessions` are."""
    day = sessions[0][0].day
    return DayRecord(
        key=day.key,
        weekday=day.weekday,
        date=day.date,
        sure=max(joined.day.sure for joined, _ in sessions),
        sessions=tuple(record.url for _, record in sessions),
        told=day.why,
    )


def note_records(around: Surroundings, linker: Linker) -> tuple[NoteRecord, ...]:
    """Return the records of all notes in Hugo's order: by weight where there is one, then the
    newest first, then by title."""
    sessions: dict[str, list[tuple[int, Url]]] = defaultdict(list)
    for joined, url in zip(around.things.sessions, around.addresses.sessions, strict=True):
        for part in joined.parts:
            sessions[part.path].append((part.index, url))
    records = [
        _note_record(
            written,
            tuple(dict.fromkeys(url for _, url in sorted(sessions[written.path]))),
            around,
            linker,
        )
        for written in around.things.all_written
    ]
    records.sort(key=lambda record: record.title.casefold())
    records.sort(key=lambda record: record.date[:10], reverse=True)
    return tuple(sorted(records, key=lambda record: (not record.weight, record.weight)))


def _note_record(
    written: Written, sessions: tuple[Url, ...], around: Surroundings, linker: Linker
) -> NoteRecord:
    note, facts, matter = written.note, written.facts, written.note.matter
    url = around.addresses.notes[note.path]
    edition = around.things.edition_of.get(note.path)
    calendar = around.things.calendars[edition.key] if edition else Calendar()
    word = own_day("", written)
    updated = next(
        (
            str(matter.extra[key])
            for key in ("lastmod", "updated", "modified")
            if key in matter.extra
        ),
        "",
    )
    cover = matter.cover.strip()
    return NoteRecord(
        path=note.path,
        url=url,
        title=note.title,
        date=matter.date,
        updated=updated,
        description=matter.description,
        event=around.addresses.events[edition.key] if edition else None,
        day=calendar.day(word, written.date).key if word else "",
        sessions=sessions,
        topics=_topic_uses(note_uses(written, around.things.topics), around),
        tags=tuple(dict.fromkeys((*matter.tags, *matter.categories))),
        authors=matter.authors,
        language=matter.language or spot_of(note.path, around.content).language,
        draft=matter.draft,
        cover=linker.show(note.path, cover, line=matter.lines.get("cover", 0)) if cover else None,
        pictures=_pictures(note.path, facts.pictures, linker),
        citations=tuple(citation(link, note.path, None) for link in facts.links),
        targets=around.targets[note.path],
        backlinks=around.backlinks.get(url, ()),
        weight=matter.weight,
        words=note.words,
        extra=matter.extra,
    )
