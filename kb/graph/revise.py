"""A site brought up to date with other words of a few notes, at the cost of what they touch.

Who writes up a talk changes its words, time and again, and rarely what other pages are made of: its
title, its speakers, its topics, its day. So where two readings of a note agree in all of that, the
records that do change are few, and made from those that are known; where they do not, `revise`
answers nothing and the whole graph is woven anew. What it answers is what `weave` would.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kb.graph.backlinks import OWN_KINDS, Spot, find_backlinks
from kb.graph.catalog import citation
from kb.graph.crosslinks import REFERENCE_CODES, Arrow, link_kind, outside
from kb.graph.likeness import texts_of
from kb.graph.links import Fates, canonical, host_of, link_records
from kb.graph.permalinks import slug
from kb.graph.places import anchors_of, scheme_of, whole
from kb.graph.related import Likeness, revised
from kb.graph.sessions import telling
from kb.graph.weighing import Vocabulary
from kb.graph.written import Part, Written, told
from kb.model.facts import EventFacts, Evidence, Facts, PictureMention, SessionFacts, TopicMention
from kb.model.finding import Finding
from kb.model.note import Note, Reference
from kb.model.site import (
    Citation,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    Picture,
    Records,
    SessionRecord,
    Target,
    Told,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.model.value import Value, replace


@dataclass(frozen=True)
class Known:
    """What is known of a site; its mappings may be lazy."""

    records: Records
    notes: Mapping[str, Note]
    """By path."""
    arrows: Mapping[str, tuple[Arrow, ...]]
    asked: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, Url]
    likeness: Likeness
    """These four as in `Woven`."""
    host: str
    """Of the site itself, without `www.`; `""` where site.toml names none."""
    findings: Sequence[Finding]
    """`Site.findings`, as far as they are of the notes that change."""
    fates: Fates = field(default_factory=dict)
    """As in `Woven`."""


class Change(Value, frozen=True):
    """A note before and after, each with what it says once all notes have agreed."""

    before: Written
    after: Written


class Revision(Value, frozen=True):
    """The records that are others now."""

    notes: Mapping[str, NoteRecord]
    sessions: Mapping[Url, SessionRecord]
    links: Mapping[str, LinkRecord | None]
    """By key; None for a link that nobody cites any more."""
    arrows: Mapping[str, tuple[Arrow, ...]]
    findings: tuple[Finding, ...]
    """What the graph finds in the changed notes now, in place of what it found before."""


class _Other(Exception):
    """More than words changed, or too much depends on them."""


@dataclass
class _Draft:
    """The revision as far as it is made."""

    known: Known
    notes: dict[str, NoteRecord] = field(default_factory=dict)
    sessions: dict[Url, SessionRecord] = field(default_factory=dict)
    arrows: dict[str, tuple[Arrow, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, path: str) -> NoteRecord:
        return self.notes.get(path) or self.known.records.notes[path]

    def session(self, url: Url) -> SessionRecord:
        return self.sessions.get(url) or self.known.records.sessions[url]

    def spots(self, path: str) -> tuple[Spot, ...]:
        """Return where the note tells which session, as `find_spots` does, links apart."""
        if path not in self.known.records.notes:
            return ()
        found = [
            Spot(url, session.title, one, leads=number == 0)
            for url in self.note(path).sessions
            for session in (self.session(url),)
            for number, one in enumerate(session.tellings)
            if one.note == path
        ]
        return tuple(sorted(found, key=lambda spot: (spot.telling.lines.first, spot.url)))


Record = SessionRecord | NoteRecord | EventRecord | PersonRecord | TopicRecord | LinkRecord
R = TypeVar("R", bound=Record)


def without_reasons(record: R) -> R:
    """Return `record` without the places it was read from that no page shows, nor search knows.

    They move with every line of a note; what is kept between builds for `revise` has none.
    """
    if isinstance(record, SessionRecord):
        return replace(record, why=())
    if isinstance(record, EventRecord):
        days = tuple(replace(day, told=()) for day in record.days)
        return replace(record, days=days, told=())
    if isinstance(record, PersonRecord | TopicRecord):
        return replace(record, told=())
    return record


def revise(
    changes: Sequence[Change], known: Known, shown: frozenset[str]
) -> tuple[Revision, Vocabulary] | None:
    """Return what `changes` make of the site, and of the words that tell which sessions are alike.

    None where all of it has to be woven anew. `shown` names the kinds of link that other pages tell
    a session to have.
    """
    draft = _Draft(known)
    try:
        for change in changes:
            _check(change, shown, known.asked.get(change.after.path, ()))
            _revise_note(change, draft)
        links = _links(changes, draft)
        vocabulary = _relate(changes, draft)
    except _Other:
        return None
    revision = Revision(
        notes=draft.notes,
        sessions=draft.sessions,
        links=links,
        arrows=draft.arrows,
        findings=tuple(draft.findings),
    )
    return revision, vocabulary


# -- what may change ---------------------------------------------------------------------------


def _check(change: Change, shown: frozenset[str], asked: Iterable[str]) -> None:
    """Raise `_Other` where more than words changed; links ask for the headings `asked`."""
    before, after = change.before, change.after
    was, now = (anchors_of(one.note) for one in (before, after))
    if (
        before.note.matter != after.note.matter
        or before.note.title != after.note.title
        or _outline(before, shown) != _outline(after, shown)
        or any(was.find(name) != now.find(name) for name in asked)
    ):
        raise _Other


def _outline(written: Written, shown: frozenset[str]) -> tuple[object, ...]:
    """Return all that other pages are made of, and all that tells one thing from another."""
    facts, head = written.facts, written.note.matter.last_line
    return (
        _event(facts.event),
        _topics(facts.topics, head),
        _pictures(facts.pictures),
        tuple(_session(session, head, shown) for session in facts.sessions),
    )


def _event(event: EventFacts | None) -> EventFacts | None:
    return replace(event, why=tuple(map(_rule, event.why))) if event else None


def _rule(evidence: Evidence) -> Evidence:
    """Return `evidence` without its place and words."""
    return replace(evidence, line=0, text="")


def _topics(mentions: Iterable[TopicMention], head: int) -> tuple[object, ...]:
    return tuple(
        (one.name, one.guessed, one.evidence.rule, one.evidence.line <= head) for one in mentions
    )


def _pictures(mentions: Iterable[PictureMention]) -> tuple[PictureMention, ...]:
    return tuple(replace(one, line=0) for one in mentions)


def _session(session: SessionFacts, head: int, shown: frozenset[str]) -> tuple[object, ...]:
    own = {
        (canonical(link.url), link.kind, _in_notes(link.evidence, session))
        for link in session.links
        if link.kind in OWN_KINDS
    }
    plain = replace(
        session,
        line=0,
        end=0,
        notes=(),
        abstract=None,
        links=(),
        topics=(),
        pictures=_pictures(session.pictures),
        evidence=_rule(session.evidence),
        why=tuple(map(_rule, session.why)),
        speakers=tuple(replace(one, evidence=_rule(one.evidence)) for one in session.speakers),
    )
    return (
        plain,
        session.abstract is None,
        _topics(session.topics, head),
        frozenset(own),
        shown & {link.kind for link in session.links},
    )


def _in_notes(evidence: Evidence, session: SessionFacts) -> bool:
    return not evidence.path and any(evidence.line in lines for lines in session.notes)


# -- records of the note and its sessions ------------------------------------------------------


def _revise_note(change: Change, draft: _Draft) -> None:
    path = change.after.path
    record, spots = draft.note(path), draft.spots(path)
    targets, arrows = _aims(change, record, draft.known)
    said_before = _backlinks(change.before, spots, draft.known.arrows.get(path, ()), draft)
    draft.arrows[path] = arrows
    url_of = {spot.telling: spot.url for spot in spots}
    if len(set(url_of.values())) != len(spots):
        raise _Other  # two tellings of one session in one note
    for index, (was, now) in enumerate(
        zip(change.before.facts.sessions, change.after.facts.sessions, strict=True)
    ):
        url = url_of.get(telling(Part(written=change.before, session=was, index=index)))
        if url is None:
            raise _Other
        if was.links[:1] != now.links[:1] and not _is_plain(draft.session(url)):
            raise _Other
        draft.sessions[url] = _session_record(
            draft.session(url), change, Part(written=change.after, session=now, index=index)
        )
    moved = _moved(
        (told(change.before, one.evidence) for one in change.before.facts.topics),
        (told(change.after, one.evidence) for one in change.after.facts.topics),
    )
    draft.notes[path] = replace(
        record,
        targets=targets,
        topics=_uses(record.topics, moved),
        pictures=_placed(record.pictures, path, change.after.facts.pictures),
        citations=tuple(citation(link, path, None) for link in change.after.facts.links),
        words=change.after.note.words,
    )
    if said_before != _backlinks(change.after, draft.spots(path), arrows, draft):
        raise _Other
    draft.findings += _broken(change, draft.known.findings)


def _is_plain(record: SessionRecord) -> bool:
    """Return whether the URL of a session comes from its title alone, whatever else it has."""
    name = slug(record.title, "talk" if record.is_talk else "session")
    return record.url.endswith(f"/{name}/")


def _session_record(record: SessionRecord, change: Change, part: Part) -> SessionRecord:
    path, now = part.path, part.session
    was = change.before.facts.sessions[part.index]
    cited: dict[str, list[Citation]] = defaultdict(list)
    for one in record.citations:
        cited[one.note].append(one)
    cited[path] = [citation(link, path, record.url) for link in now.links]
    moved = _moved(_told_topics(change.before, was), _told_topics(change.after, now))
    named = _moved(
        (told(change.before, one.evidence) for one in was.speakers),
        (told(change.after, one.evidence) for one in now.speakers),
    )
    return replace(
        record,
        speakers=tuple(
            replace(one, told=tuple(named.get(place, place) for place in one.told))
            for one in record.speakers
        ),
        tellings=tuple(telling(part) if one.note == path else one for one in record.tellings),
        citations=tuple(one for told_by in record.tellings for one in cited[told_by.note]),
        pictures=_placed(record.pictures, path, now.pictures),
        topics=_uses(record.topics, moved),
    )


def _told_topics(written: Written, session: SessionFacts) -> Iterable[Told]:
    """Yield where `written` may tell of the topics of one of its sessions."""
    for mention in (*session.topics, *written.facts.topics):
        yield told(written, mention.evidence)


def _moved(before: Iterable[Told], after: Iterable[Told]) -> dict[Told, Told]:
    """Return where each place is now that tells of a topic."""
    moved: dict[Told, Told] = {}
    for was, now in zip(before, after, strict=True):
        if moved.setdefault(was, now) != now:
            raise _Other
    return moved


def _uses(uses: Iterable[TopicUse], moved: Mapping[Told, Told]) -> tuple[TopicUse, ...]:
    return tuple(replace(use, told=tuple(moved.get(one, one) for one in use.told)) for use in uses)


def _placed(
    pictures: Sequence[Picture], path: str, mentions: Sequence[PictureMention]
) -> tuple[Picture, ...]:
    """Return `pictures`, those of the note `path` at the lines where `mentions` have them."""
    lines = iter([mention.line for mention in mentions])
    return tuple(replace(one, line=next(lines)) if one.note == path else one for one in pictures)


# -- links -------------------------------------------------------------------------------------


def _key(reference: Reference) -> tuple[str, str, str]:
    """Return what a reference leads by: its text matters only where it has no target."""
    bare = reference.target.strip()
    return reference.kind, reference.target, "" if bare else reference.text


def _aims(
    change: Change, record: NoteRecord, known: Known
) -> tuple[tuple[Target, ...], tuple[Arrow, ...]]:
    """Return where the references of the changed note lead."""
    before, after = change.before.note, change.after.note
    targets = dict(zip(map(_key, before.references), record.targets, strict=True))
    arrows = {_key(before.references[one.reference]): one for one in known.arrows[after.path]}
    kinds = _kinds(change.after.facts)
    found: list[Target] = []
    leading: list[Arrow] = []
    for index, reference in enumerate(after.references):
        key = _key(reference)
        target = targets.get(key) or _outside(reference, known)
        if target.kind == "external" and reference.kind == "link":
            target = replace(target, link_kind=link_kind(reference, kinds))
        found.append(target)
        if key in arrows:
            leading.append(replace(arrows[key], reference=index))
    return tuple(found), tuple(leading)


def _kinds(facts: Facts) -> dict[str, str]:
    links = [*facts.links, *(link for session in facts.sessions for link in session.links)]
    return {link.url: link.kind for link in links}


def _outside(reference: Reference, known: Known) -> Target:
    """Return where a link leads that the note had not before: to the web, or nobody knows."""
    complete = whole(reference.target)
    if reference.kind != "link" or scheme_of(reference.target) != "web":
        raise _Other
    if not host_of(complete) or host_of(complete) == known.host:
        raise _Other
    return outside(complete, "", known.fates)


def _backlinks(
    written: Written, spots: Sequence[Spot], arrows: Sequence[Arrow], draft: _Draft
) -> object:
    """Return what the note says of the pages it links to."""
    own = {written.path: draft.note(written.path).url}
    there = {arrow.note: draft.spots(arrow.note) for arrow in arrows}
    return find_backlinks(
        [written],
        {**there, written.path: spots},
        own,
        {written.path: arrows},
        draft.known.owners,
        prose={written.path: written.note},
    )


def _broken(change: Change, findings: Iterable[Finding]) -> Iterable[Finding]:
    """Yield what is found about the references of the changed note, each where it stands now."""
    path = change.after.path
    places = {(one.line, one.column): _key(one) for one in change.before.note.references}
    said: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if finding.path == path and finding.code in REFERENCE_CODES:
            key = places.get((finding.line, finding.column))
            if key is None:
                raise _Other
            said[key] = finding
    for reference in change.after.note.references:
        if (found := said.get(_key(reference))) is not None:
            yield replace(found, line=reference.line, column=reference.column)


def _links(changes: Iterable[Change], draft: _Draft) -> dict[str, LinkRecord | None]:
    """Return the records of all links that the changed notes cite otherwise than before."""
    records = draft.known.records
    before: dict[str, list[Citation]] = defaultdict(list)
    after: dict[str, list[Citation]] = defaultdict(list)
    paths = {change.after.path for change in changes}
    urls = {url for path in paths for url in draft.note(path).sessions}
    for found, notes, sessions in (
        (before, records.notes, records.sessions),
        (after, draft.notes, draft.sessions),
    ):
        for path in sorted(paths):
            for one in notes[path].citations:
                found[one.link].append(one)
        for url in sorted(urls):
            for one in sessions[url].citations:
                if one.note in paths:
                    found[one.link].append(one)
    changed: dict[str, LinkRecord | None] = {}
    for key in sorted({*before, *after}):
        if before[key] == after[key]:
            continue
        known = records.links.get(key)
        others = [one for one in known.citations if one.note not in paths] if known else []
        members = [*others, *after[key]]
        dates = {(one.session or "", one.note): _date(one, draft) for one in members}
        changed[key] = next(iter(link_records(members, dates, draft.known.fates)), None)
    return changed


def _date(one: Citation, draft: _Draft) -> str:
    noted = draft.note(one.note).date[:10]
    return (draft.session(one.session).date or noted) if one.session else noted


# -- likeness ----------------------------------------------------------------------------------


def _relate(changes: Iterable[Change], draft: _Draft) -> Vocabulary:
    """Find anew what is related to the sessions concerned; return the words of all."""
    known = draft.known
    urls = {url for change in changes for url in draft.note(change.after.path).sessions}
    paths = {one.note for url in urls for one in draft.session(url).tellings}
    changed = {change.after.path: change.after.note for change in changes}
    notes = [changed.get(path) or known.notes[path] for path in sorted(paths)]
    texts = texts_of(notes, {path: draft.spots(path) for path in paths})
    numbers = {url: n for n, url in enumerate(known.likeness.company.urls)}
    likeness, found = revised(
        known.likeness,
        {numbers[url]: (draft.session(url).title, *texts.get(url, ())) for url in urls},
    )
    for url, related in found.items():
        record = draft.session(url)
        if record.related != related:
            draft.sessions[url] = replace(record, related=related)
    return likeness.vocabulary
