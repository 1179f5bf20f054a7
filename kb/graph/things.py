"""What there is, before anything has a URL: events and their days, people, topics, sessions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from kb.graph.days import Calendar, date_days
from kb.graph.entries import claimed_twice, data_file, unused_entries
from kb.graph.events import Edition, find_editions
from kb.graph.people import People, know_people
from kb.graph.programmes import know_programmes
from kb.graph.sessions import Joined, Speakers, join_sessions, speakers_of
from kb.graph.topics import Topics, know_topics
from kb.graph.written import Written
from kb.model.facts import TopicMention
from kb.model.finding import Finding
from kb.model.lazy import Lazy
from kb.model.schedule import Programme
from kb.model.settings import Settings
from kb.model.value import Value
from kb.model.vocabulary import Vocabulary

Uses = Mapping[str, Sequence[tuple[Written, TopicMention]]]
"""By topic key: who says that something is about it."""


class Things(Value, frozen=True):
    """Everything that the notes tell of, each thing once."""

    all_written: tuple[Written, ...]
    """By path."""
    editions: tuple[Edition, ...]
    """Oldest first."""
    edition_of: Mapping[str, Edition]
    """By note path."""
    members: Mapping[str, Sequence[Written]]
    """By `Edition.key`: its notes."""
    calendars: Mapping[str, Calendar]
    """By `Edition.key`."""
    people: People
    topics: Topics
    sessions: tuple[Joined, ...]
    """Newest event first, each in its order."""
    speakers: Sequence[Speakers]
    """Of each session."""
    uses: Sequence[Uses]
    """Of each session: what it is about."""
    shown_topics: frozenset[str]
    """Keys of the topics that get a page."""
    findings: tuple[Finding, ...]
    programmes: Mapping[str, Programme]
    """By `Edition.key`: what the conference announced."""


def find_things(
    all_written: tuple[Written, ...],
    vocabulary: Vocabulary,
    settings: Settings,
    taken: Mapping[tuple[str, str], str],
    programmes: Sequence[Programme] = (),
) -> Things:
    """Return everything that the notes tell of. `taken` is as in `days.date_days`."""
    editions = find_editions(all_written, vocabulary.events)
    edition_of = {path: edition for edition in editions for path in edition.paths}
    members = _members(all_written, edition_of)
    events_file = data_file("events", settings.content)
    announced, unclaimed = know_programmes(programmes, all_written, editions, edition_of)
    calendars = {
        edition.key: date_days(
            edition, members[edition.key], taken, events_file, announced.get(edition.key)
        )
        for edition in editions
    }
    people = know_people(all_written, vocabulary.people)
    topics = know_topics(all_written, vocabulary.topics)
    joined = join_sessions(all_written, edition_of, calendars, people, taken)
    sessions = _newest_event_first(joined, calendars, editions)
    # Made when they are asked for: of all sessions, they would take much memory.
    uses = Lazy(lambda session: topic_uses(session, topics), sessions)
    of_notes = (note_uses(written, topics) for written in all_written)
    findings = [finding for calendar in calendars.values() for finding in calendar.findings]
    findings += unclaimed
    findings += claimed_twice(vocabulary, settings)
    findings += unused_entries(
        vocabulary, settings, editions=editions, people=people, topics=topics
    )
    return Things(
        all_written=all_written,
        editions=_oldest_first(editions, calendars),
        edition_of=edition_of,
        members=members,
        calendars=calendars,
        people=people,
        topics=topics,
        sessions=sessions,
        speakers=Lazy(lambda session: speakers_of(session, people), sessions),
        uses=uses,
        shown_topics=topics_with_page(
            chain(uses, of_notes),
            topics,
            settings.extraction.topic_pages or enough_talks(len(sessions)),
        ),
        findings=tuple(findings),
        programmes=announced,
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


def topic_uses(joined: Joined, topics: Topics) -> dict[str, list[tuple[Written, TopicMention]]]:
    """Return what a session is about: its own topics, then those that head the whole note.

    A lunch is not about what the day's note is about, so only talks take from its head.
    """
    uses: dict[str, list[tuple[Written, TopicMention]]] = defaultdict(list)
    for part in joined.parts:
        for mention in part.session.topics:
            uses[topics.key(mention.name)].append((part.written, mention))
    for part in joined.parts:
        if not part.session.is_talk:
            continue
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


def enough_talks(sessions: int) -> int:
    """Return how many talks a guessed topic needs before it gets a page, where nobody said.

    Among a few talks any term may be what somebody looks for. Among thousands, most terms that one
    or two talks use are names and words of the day, which lead nowhere and hide the others.
    """
    return 1 if sessions < 200 else 2 if sessions < 2_000 else 3


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
