"""The records of sessions, events and notes, put together from what all notes tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.graph.crosslinks import Linker
from kb.graph.days import Calendar, own_day
from kb.graph.events import Edition
from kb.graph.links import canonical
from kb.graph.people import People, most
from kb.graph.sessions import Joined, Speakers, first_said, kind_of, title_of
from kb.graph.topics import Topics
from kb.graph.written import Part, Written, told
from kb.model.facts import LinkMention, PictureMention, TopicMention
from kb.model.note import Lines
from kb.model.site import (
    Backlink,
    Citation,
    Credit,
    DayRecord,
    EventRecord,
    NoteRecord,
    Picture,
    Related,
    SessionRecord,
    Target,
    Telling,
    TopicUse,
    Url,
)
from kb.model.value import Value

Uses = Mapping[str, Sequence[tuple[Written, TopicMention]]]
"""By topic key: who says that something is about it."""


class Surroundings(Value, frozen=True):
    """What the records of sessions and notes need to know of the rest of the site."""

    people: People
    topics: Topics
    person_urls: Mapping[str, Url]
    topic_urls: Mapping[str, Url]
    note_urls: Mapping[str, Url]
    related: Mapping[Url, tuple[Related, ...]]
    backlinks: Mapping[Url, tuple[Backlink, ...]]


def topic_uses(joined: Joined, topics: Topics) -> dict[str, list[tuple[Written, TopicMention]]]:
    """Return what a session is about: its own topics, then those that head the whole note."""
    uses: dict[str, list[tuple[Written, TopicMention]]] = defaultdict(list)
    for part in joined.parts:
        for mention in part.session.topics:
            uses[topics.key(mention.name)].append((part.written, mention))
    for part in joined.parts:
        head = part.written.note.matter.last_line
        for mention in part.written.facts.topics:
            if mention.evidence.line <= head and not mention.guessed:
                uses[topics.key(mention.name)].append((part.written, mention))
    uses.pop("", None)
    return dict(uses)


def note_uses(written: Written, topics: Topics) -> dict[str, list[tuple[Written, TopicMention]]]:
    """Return what a whole note is about."""
    uses: dict[str, list[tuple[Written, TopicMention]]] = defaultdict(list)
    for mention in written.facts.topics:
        uses[topics.key(mention.name)].append((written, mention))
    uses.pop("", None)
    return dict(uses)


def topics_with_page(all_uses: Iterable[Uses], topics: Topics, needed: int) -> frozenset[str]:
    """Return the keys of the topics that get a page.

    That is every topic which a writer or the vocabulary names, what stands above one, and a
    guessed one that at least `needed` sessions or notes use.
    """
    certain: set[str] = set()
    counts: Counter[str] = Counter()
    for uses in all_uses:
        counts.update(uses.keys())
        certain.update(
            key for key, said in uses.items() if any(not mention.guessed for _, mention in said)
        )
    pages = {
        key for key in counts if key in certain or key in topics.entries or counts[key] >= needed
    }
    waiting = list(pages)
    while waiting:
        for above in topics.broader.get(waiting.pop(), ()):
            if above not in pages:
                pages.add(above)
                waiting.append(above)
    return frozenset(pages)


def _topic_uses(uses: Uses, around: Surroundings) -> tuple[TopicUse, ...]:
    records = [
        TopicUse(
            topic=around.topic_urls[key],
            name=around.topics.names[key],
            guessed=all(mention.guessed for _, mention in said),
            told=tuple(told(written, mention.evidence) for written, mention in said),
        )
        for key, said in uses.items()
        if key in around.topic_urls
    ]
    return tuple(sorted(records, key=lambda use: use.guessed))


def _credits(speakers: Speakers, around: Surroundings) -> tuple[Credit, ...]:
    return tuple(
        Credit(
            person=around.person_urls[key],
            name=around.people.names[key],
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
        line=link.evidence.line,
        sure=link.evidence.sure,
    )


def _pictures(path: str, mentions: Iterable[PictureMention], linker: Linker) -> tuple[Picture, ...]:
    return tuple(
        linker.show(path, m.target, alt=m.alt, line=m.line, taken=m.taken) for m in mentions
    )


def telling(part: Part) -> Telling:
    """Return where one note tells a session."""
    session = part.session
    return Telling(
        note=part.path,
        lines=Lines(session.line, max(session.line, session.end)),
        notes=session.notes,
        abstract=session.abstract,
        anchor=session.anchor,
    )


def session_record(
    joined: Joined,
    *,
    url: Url,
    event: Url | None,
    speakers: Speakers,
    uses: Uses,
    around: Surroundings,
    linker: Linker,
    neighbours: tuple[Url | None, Url | None],
) -> SessionRecord:
    """Return the record of one session; `neighbours` come before and after it in its event."""
    sessions = [(part.path, part.session) for part in joined.parts]
    first = joined.parts[0]
    event_part = first.written.facts.event.part if first.written.facts.event else ""
    return SessionRecord(
        url=url,
        title=title_of(joined),
        kind=kind_of(joined),
        event=event,
        tellings=tuple(telling(part) for part in joined.parts),
        day=joined.day.key,
        date=joined.day.date,
        sort_date=joined.sort_date,
        part=first_said(joined, "part") or ("" if first_said(joined, "start") else event_part),
        start=first_said(joined, "start"),
        finish=first_said(joined, "finish"),
        room=first_said(joined, "room"),
        track=first_said(joined, "track"),
        abstract_text=max((session.abstract_text for _, session in sessions), key=len),
        speakers=_credits(speakers, around),
        topics=_topic_uses(uses, around),
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
        previous=neighbours[0],
        following=neighbours[1],
        why=tuple(
            told(part.written, evidence)
            for part in joined.parts
            for evidence in (part.session.evidence, *part.session.why)
        )
        + joined.day.why,
    )


def event_record(
    edition: Edition,
    *,
    url: Url,
    calendar: Calendar,
    members: Sequence[Written],
    sessions: Sequence[tuple[Joined, SessionRecord]],
    neighbours: tuple[Url | None, Url | None],
) -> EventRecord:
    """Return the record of one event; `sessions` are in its order."""
    by_day: dict[str, list[tuple[Joined, SessionRecord]]] = defaultdict(list)
    for joined, record in sessions:
        by_day[joined.day.key].append((joined, record))
    days = [
        (
            min(joined.sort_date for joined, _ in told_on),
            DayRecord(
                key=key,
                weekday=told_on[0][0].day.weekday,
                date=told_on[0][0].day.date,
                sure=max(joined.day.sure for joined, _ in told_on),
                sessions=tuple(record.url for _, record in told_on),
                told=told_on[0][0].day.why,
            ),
        )
        for key, told_on in by_day.items()
    ]
    days.sort(key=lambda day: (not day[1].key, day[0], day[1].key))
    people = Counter(credit.person for _, record in sessions for credit in record.speakers)
    topics = Counter(use.topic for _, record in sessions for use in record.topics)
    entry = edition.entry
    return EventRecord(
        url=url,
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
        days=tuple(day for _, day in days),
        sessions=tuple(record.url for _, record in sessions),
        people=most(people),
        topics=most(topics),
        notes=tuple(
            written.path for written in sorted(members, key=lambda w: (w.date or "9999", w.path))
        ),
        previous=neighbours[0],
        following=neighbours[1],
        told=tuple(
            told(written, evidence)
            for written in members
            if written.facts.event
            for evidence in written.facts.event.why
        ),
    )


def note_record(
    written: Written,
    *,
    event: Url | None,
    calendar: Calendar | None,
    sessions: Sequence[Url],
    targets: tuple[Target, ...],
    around: Surroundings,
    linker: Linker,
) -> NoteRecord:
    """Return the record of one note."""
    note, facts, matter = written.note, written.facts, written.note.matter
    url = around.note_urls[note.path]
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
        event=event,
        day=calendar.day(word).key if calendar and word else word,
        sessions=tuple(sessions),
        topics=_topic_uses(note_uses(written, around.topics), around),
        tags=tuple(dict.fromkeys((*matter.tags, *matter.categories))),
        authors=matter.authors,
        language=matter.language,
        draft=matter.draft,
        cover=linker.show(note.path, cover, line=matter.lines.get("cover", 0)) if cover else None,
        pictures=_pictures(note.path, facts.pictures, linker),
        citations=tuple(citation(link, note.path, None) for link in facts.links),
        targets=targets,
        backlinks=around.backlinks.get(url, ()),
        weight=matter.weight,
        words=note.words,
        extra=matter.extra,
    )
