"""Notes and facts → Site: every stage of the graph in its order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.graph.addresses import (
    Addresses,
    address_assets,
    address_events,
    address_notes,
    address_people,
    address_sessions,
    address_topics,
    known_pages,
)
from kb.graph.backlinks import find_backlinks, find_spots
from kb.graph.catalog import (
    Surroundings,
    event_record,
    note_record,
    note_uses,
    session_record,
    topic_uses,
    topics_with_page,
)
from kb.graph.crosslinks import Linker, cross_link
from kb.graph.days import Calendar, date_days
from kb.graph.events import Edition, find_editions
from kb.graph.likeness import subject_of, texts_of
from kb.graph.links import link_records
from kb.graph.people import know_people, person_records
from kb.graph.permalinks import Claims, path_of
from kb.graph.places import know_places, scheme_of, taken_by_file
from kb.graph.redirects import redirects
from kb.graph.related import relate
from kb.graph.sessions import Joined, Speakers, join_sessions, speakers_of
from kb.graph.topics import know_topics, topic_records
from kb.graph.unused import data_file, unused_entries
from kb.graph.written import Written, pair
from kb.model.facts import Facts, SpeakerMention
from kb.model.finding import Finding, in_order
from kb.model.note import Note
from kb.model.settings import Settings
from kb.model.site import (
    Asset,
    Citation,
    EventRecord,
    LinkRecord,
    NoteRecord,
    SessionRecord,
    Site,
    Url,
)
from kb.model.vocabulary import Vocabulary


def build_site(
    notes: Sequence[Note],
    facts: Sequence[Facts],
    assets: Sequence[Asset],
    vocabulary: Vocabulary,
    settings: Settings,
) -> Site:
    """Return the whole knowledge base: one record per thing, every URL, links both ways.

    `notes` and `facts` are in the same order, which one does not matter. Every session of every
    fact is in the site; every URL that a record names is a page of it. `Site.findings` holds what
    the graph found; the findings of notes and facts are not repeated.
    """
    all_written = pair(notes, facts)
    if not settings.content.articles:
        all_written = tuple(written for written in all_written if written.facts.sessions)
    claims = Claims()
    kept, findings = address_assets(assets, claims)
    note_urls, refused = address_notes(
        all_written, settings.permalinks.notes, settings.content, claims
    )
    findings += refused

    editions = find_editions(all_written, vocabulary.events)
    edition_of = {path: edition for edition in editions for path in edition.paths}
    taken = taken_by_file(all_written, kept, note_urls, settings)
    members = _members(all_written, edition_of)
    calendars = {
        edition.key: date_days(edition, members[edition.key], taken, data_file("events", settings))
        for edition in editions
    }
    findings += [finding for calendar in calendars.values() for finding in calendar.findings]

    people = know_people(all_written, vocabulary.people)
    topics = know_topics(all_written, vocabulary.topics)
    sessions = join_sessions(all_written, edition_of, calendars, people, taken)
    sessions = _newest_event_first(sessions, calendars, editions)
    speakers = [speakers_of(joined, people) for joined in sessions]
    uses = [topic_uses(joined, topics) for joined in sessions]
    of_notes = [note_uses(written, topics) for written in all_written]
    with_page = topics_with_page([*uses, *of_notes], topics, settings.extraction.topic_pages)

    editions = _oldest_first(editions, calendars)
    event_urls = address_events(editions, claims)
    addresses = Addresses(
        notes=note_urls,
        events=event_urls,
        sessions=address_sessions(sessions, event_urls, people, claims),
        people=address_people(people, {key for found in speakers for key in found}, claims),
        topics=address_topics(topics, with_page, claims),
        assets=tuple(kept),
    )
    findings += unused_entries(
        vocabulary, settings, editions=editions, people=people, topics=topics
    )
    moved, refused = redirects(
        all_written, addresses, people=people, topics=topics, editions=editions, claims=claims
    )
    findings += refused

    pages = tuple(
        known_pages(
            addresses,
            all_written=all_written,
            sessions=sessions,
            editions=editions,
            people=people.names,
            topics=topics.names,
        )
    )
    by_url = {page.url: page for page in pages}
    places = know_places(
        content=settings.content.folder,
        base_url=settings.base_url,
        all_written=all_written,
        pages=pages,
        old={path_of(old.source): by_url[old.target] for old in moved},
        assets=kept,
    )
    crossed = cross_link(all_written, places, addresses.notes)
    findings += crossed.findings
    linker = Linker(places, addresses.notes, {})

    spots = find_spots(sessions, addresses.sessions)
    told_on = {path: tuple(dict.fromkeys(spot.url for spot in spots[path])) for path in spots}
    texts = texts_of(all_written, spots)
    subjects = [
        subject_of(
            joined,
            url,
            texts=texts[url],
            speakers=given,
            uses=use,
            addresses=addresses,
            people=people,
            topic_names=topics.names,
        )
        for joined, url, given, use in zip(
            sessions, addresses.sessions, speakers, uses, strict=True
        )
    ]
    around = Surroundings(
        people=people,
        topics=topics,
        person_urls=addresses.people,
        topic_urls=addresses.topics,
        note_urls=addresses.notes,
        related=relate(subjects),
        backlinks=find_backlinks(all_written, spots, addresses.notes, crossed.arrows),
    )
    neighbours = _neighbours(sessions, addresses.sessions)
    records = tuple(
        session_record(
            joined,
            url=url,
            event=addresses.events.get(joined.event),
            speakers=given,
            uses=use,
            around=around,
            linker=linker,
            neighbours=neighbours[url],
        )
        for joined, url, given, use in zip(
            sessions, addresses.sessions, speakers, uses, strict=True
        )
    )
    note_records = []
    for written in all_written:
        edition = edition_of.get(written.path)
        note_records.append(
            note_record(
                written,
                event=addresses.events[edition.key] if edition else None,
                calendar=calendars[edition.key] if edition else None,
                sessions=told_on.get(written.path, ()),
                targets=crossed.targets[written.path],
                around=around,
                linker=linker,
            )
        )
        findings += _cover(note_records[-1], written)
    told_by = zip(sessions, records, strict=True)
    events = _events(editions, calendars, members, told_by, addresses)
    newest = sorted(records, key=lambda record: record.sort_date, reverse=True)
    newest_notes = sorted(
        sorted(note_records, key=lambda record: record.path),
        key=lambda record: record.date[:10],
        reverse=True,
    )
    return Site(
        events=events,
        sessions=records,
        people=person_records(people, addresses.people, newest, _mentions(speakers, addresses)),
        topics=topic_records(topics, addresses.topics, newest, newest_notes),
        links=_links(records, note_records),
        notes=tuple(newest_notes),
        assets=tuple(kept),
        redirects=tuple(moved),
        findings=in_order(findings),
    )


def _members(
    all_written: Sequence[Written], edition_of: Mapping[str, Edition]
) -> dict[str, list[Written]]:
    members: dict[str, list[Written]] = defaultdict(list)
    for written in all_written:
        if written.path in edition_of:
            members[edition_of[written.path].key].append(written)
    return members


def _oldest_first(
    editions: Sequence[Edition], calendars: Mapping[str, Calendar]
) -> tuple[Edition, ...]:
    dates = {edition.key: _event_date(edition, calendars) or "9999" for edition in editions}
    return tuple(sorted(editions, key=lambda edition: (dates[edition.key], edition.key)))


def _event_date(edition: Edition, calendars: Mapping[str, Calendar]) -> str:
    return calendars[edition.key].start or calendars[edition.key].guess


def _newest_event_first(
    sessions: Sequence[Joined], calendars: Mapping[str, Calendar], editions: Sequence[Edition]
) -> tuple[Joined, ...]:
    """Return the sessions by event (without one: by note), newest first, each in its order."""
    dates = {edition.key: _event_date(edition, calendars) for edition in editions}
    groups: dict[tuple[str, str], list[Joined]] = defaultdict(list)
    for joined in sessions:
        first = joined.parts[0]
        when = dates[joined.event] if joined.event else first.written.date
        groups[when, joined.event or f"\0{first.path}"].append(joined)
    newest = sorted(sorted(groups, key=lambda key: key[1]), key=lambda key: key[0], reverse=True)
    return tuple(
        joined for key in newest for joined in sorted(groups[key], key=lambda joined: joined.order)
    )


def _neighbours(
    sessions: Sequence[Joined], urls: Sequence[Url]
) -> dict[Url, tuple[Url | None, Url | None]]:
    """Return what comes before and after each session in its event (without one: in its note)."""
    found: dict[Url, tuple[Url | None, Url | None]] = {}
    groups: dict[str, list[Url]] = defaultdict(list)
    for joined, url in zip(sessions, urls, strict=True):
        groups[joined.event or f"\0{joined.parts[0].path}"].append(url)
    for group in groups.values():
        for before, url, after in zip([None, *group], group, [*group[1:], None], strict=False):
            found[url] = (before, after)
    return found


def _editions_around(
    editions: Sequence[Edition], addresses: Addresses
) -> dict[str, tuple[Url | None, Url | None]]:
    """Return the editions before and after each in its series; `editions` are oldest first."""
    series: dict[str, list[str]] = defaultdict(list)
    for edition in editions:
        series[edition.line if edition.year else f"\0{edition.key}"].append(edition.key)
    found: dict[str, tuple[Url | None, Url | None]] = {}
    for keys in series.values():
        urls = [addresses.events[key] for key in keys]
        for key, before, after in zip(keys, [None, *urls], [*urls[1:], None], strict=False):
            found[key] = (before, after)
    return found


def _events(
    editions: Sequence[Edition],
    calendars: Mapping[str, Calendar],
    members: Mapping[str, Sequence[Written]],
    sessions: Iterable[tuple[Joined, SessionRecord]],
    addresses: Addresses,
) -> tuple[EventRecord, ...]:
    """Return the records of all events, newest first; `editions` are oldest first."""
    of_event: dict[str, list[tuple[Joined, SessionRecord]]] = defaultdict(list)
    for joined, record in sessions:
        of_event[joined.event].append((joined, record))
    around = _editions_around(editions, addresses)
    records = [
        event_record(
            edition,
            url=addresses.events[edition.key],
            calendar=calendars[edition.key],
            members=members[edition.key],
            sessions=of_event[edition.key],
            neighbours=around[edition.key],
        )
        for edition in editions
    ]
    return tuple(sorted(records, key=lambda record: record.sort_date, reverse=True))


def _mentions(
    speakers: Iterable[Speakers], addresses: Addresses
) -> dict[Url, list[SpeakerMention]]:
    """Return all mentions of each person as a speaker."""
    found: dict[Url, list[SpeakerMention]] = defaultdict(list)
    for said_of in speakers:
        for key, said in said_of.items():
            found[addresses.people[key]].extend(mention for _, mention in said)
    return found


def _links(
    sessions: Sequence[SessionRecord], notes: Sequence[NoteRecord]
) -> tuple[LinkRecord, ...]:
    dates: dict[tuple[str, str], str] = {}
    citations: list[Citation] = []
    noted = {note.path: note.date[:10] for note in notes}
    for session in sessions:
        citations.extend(session.citations)
        for cited in session.citations:
            dates[session.url, cited.note] = session.sort_date or noted.get(cited.note, "")
    for note in notes:
        citations.extend(note.citations)
        dates["", note.path] = note.date[:10]
    return link_records(citations, dates)


def _cover(record: NoteRecord, written: Written) -> list[Finding]:
    """Return a finding where the cover picture of a note is none of the site's files."""
    cover = record.cover
    if cover is None or cover.asset or scheme_of(cover.source) == "web":
        return []
    return [
        Finding(
            code="KB303",
            path=written.path,
            line=cover.line,
            message=f"the cover picture {cover.source} is missing",
            hint="put the file into static/ or beside the note, or remove `cover`",
        )
    ]
