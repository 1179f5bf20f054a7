"""Notes and facts → Site: every stage of the graph in its order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kb.graph.addresses import (
    Addresses,
    address_assets,
    address_notes,
    address_things,
    known_pages,
    placed_assets,
)
from kb.graph.backlinks import find_backlinks, find_owners, find_spots
from kb.graph.catalog import Surroundings, event_records, note_records, session_records
from kb.graph.crosslinks import Arrow, Linker, cross_link, missing_covers
from kb.graph.likeness import subjects
from kb.graph.links import Fate, Fates, fates_of, link_records
from kb.graph.people import person_records
from kb.graph.permalinks import OWN_FILE, Claims
from kb.graph.places import Page, know_places, taken_by_file
from kb.graph.programmes import noted_sessions, programme_record
from kb.graph.redirects import redirects, taxonomy_pages
from kb.graph.related import Likeness, likeness, related
from kb.graph.things import Things, find_things
from kb.graph.topics import topic_records
from kb.graph.written import Written, pair
from kb.model.facts import Facts, SpeakerMention
from kb.model.finding import Finding, in_order
from kb.model.ledger import Ledger
from kb.model.note import Note
from kb.model.schedule import Programme
from kb.model.settings import Settings
from kb.model.site import (
    Asset,
    Citation,
    LinkRecord,
    NoteRecord,
    Redirect,
    SessionRecord,
    Site,
    Url,
)
from kb.model.value import Value
from kb.model.vocabulary import Vocabulary


class Woven(Value, frozen=True):
    """A site, and what it takes to bring it up to date with other words of a few notes."""

    site: Site
    arrows: Mapping[str, tuple[Arrow, ...]]
    """By note path: its links to pages of this site."""
    asked: Mapping[str, tuple[str, ...]]
    """As in `Crosslinks`."""
    owners: Mapping[str, Url]
    """By canonical URL: the session whose recording, slides or schedule entry it is."""
    likeness: Likeness
    fates: Mapping[str, Fate] = {}
    """What became of links that are dead."""


NO_LEDGER = Ledger()


def build_site(
    notes: Sequence[Note],
    facts: Sequence[Facts],
    assets: Sequence[Asset],
    vocabulary: Vocabulary,
    settings: Settings,
    *,
    ledger: Ledger = NO_LEDGER,
    programmes: Sequence[Programme] = (),
) -> Site:
    """Return the whole knowledge base, as `weave` does."""
    return weave(
        notes, facts, assets, vocabulary, settings, ledger=ledger, programmes=programmes
    ).site


def weave(
    notes: Sequence[Note],
    facts: Sequence[Facts],
    assets: Sequence[Asset],
    vocabulary: Vocabulary,
    settings: Settings,
    *,
    ledger: Ledger = NO_LEDGER,
    programmes: Sequence[Programme] = (),
    prose: Mapping[str, Note] | None = None,
) -> Woven:
    """Return the whole knowledge base: one record per thing, every URL, links both ways.

    `notes` and `facts` are in the same order, which one does not matter. `notes` may come without
    their blocks: then `prose` gives the whole ones by path, one at a time. Every session of every
    fact is in the site; every URL that a record names is a page of it. `programmes` say when
    events were, and what else there was. `Site.findings` holds what
    the graph found; the findings of notes and facts are not repeated.
    """
    all_written = pair(notes, facts)
    if not settings.content.articles:
        all_written = tuple(written for written in all_written if written.facts.sessions)
    whole = {note.path: note for note in notes} if prose is None else prose
    things, addresses, kept, pages, moved, findings = _addressed(
        all_written, assets, vocabulary, settings, programmes
    )
    note_urls = addresses.notes
    old = [*moved, *taxonomy_pages(addresses)]
    places = know_places(settings, kept, pages, old)
    fates = fates_of(ledger)
    crossed = cross_link(all_written, places, note_urls, whole, fates)
    spots = find_spots(things.sessions, addresses.sessions)
    owners = find_owners(spots)
    alike = likeness(subjects(things, addresses, spots, whole))
    noted = noted_sessions(things.sessions, addresses.sessions)
    around = Surroundings(
        content=settings.content,
        things=things,
        addresses=addresses,
        targets=crossed.targets,
        related=related(alike),
        backlinks=find_backlinks(
            all_written, spots, note_urls, crossed.arrows, owners, prose=whole
        ),
        programmes={
            key: programme_record(programme, noted) for key, programme in things.programmes.items()
        },
    )

    linker = Linker(places, note_urls, {})
    sessions = session_records(around, linker)
    told = note_records(around, linker)
    newest = sorted(sessions, key=lambda record: record.sort_date, reverse=True)
    site = Site(
        events=event_records(around, sessions),
        sessions=sessions,
        people=person_records(things.people, addresses.people, newest, _mentions(around)),
        topics=topic_records(things.topics, addresses.topics, newest, told),
        links=_links(sessions, told, fates),
        notes=told,
        assets=tuple(kept),
        redirects=tuple(moved),
        findings=in_order([*findings, *crossed.findings, *missing_covers(told)]),
    )
    return Woven(site, crossed.arrows, crossed.asked, owners, alike, fates)


class _Addressed(NamedTuple):
    """What there is, and where."""

    things: Things
    addresses: Addresses
    assets: list[Asset]
    pages: tuple[Page, ...]
    moved: list[Redirect]
    findings: list[Finding]


def _addressed(
    all_written: tuple[Written, ...],
    assets: Sequence[Asset],
    vocabulary: Vocabulary,
    settings: Settings,
    programmes: Sequence[Programme],
) -> _Addressed:
    """Return what there is with its URLs; who claimed which place is not needed any more."""
    claims = Claims()
    for path in settings.feeds.also:
        claims.take(path.strip("/"), OWN_FILE)
    kept, clashes = address_assets(placed_assets(assets, all_written, settings), claims)
    note_urls, refused = address_notes(all_written, settings, claims)
    taken = taken_by_file(all_written, kept, note_urls, settings)
    things = find_things(all_written, vocabulary, settings, taken, programmes)
    addresses = address_things(things, note_urls, claims)
    pages = tuple(known_pages(things, addresses))
    moved, unmoved = redirects(things, addresses, claims, pages, settings)
    findings = [*clashes, *refused, *things.findings, *unmoved]
    return _Addressed(things, addresses, kept, pages, moved, findings)


def _mentions(around: Surroundings) -> dict[Url, list[SpeakerMention]]:
    """Return all mentions of each person as a speaker."""
    found: dict[Url, list[SpeakerMention]] = defaultdict(list)
    for speakers in around.things.speakers:
        for key, said in speakers.items():
            found[around.addresses.people[key]].extend(mention for _, mention in said)
    return found


def _links(
    sessions: Sequence[SessionRecord], notes: Sequence[NoteRecord], fates: Fates
) -> tuple[LinkRecord, ...]:
    dates: dict[tuple[str, str], str] = {}
    citations: list[Citation] = []
    noted = {note.path: note.date[:10] for note in notes}
    for session in sessions:
        citations.extend(session.citations)
        for cited in session.citations:
            dates[session.url, cited.note] = session.date or noted.get(cited.note, "")
    for note in notes:
        citations.extend(note.citations)
        dates["", note.path] = note.date[:10]
    return link_records(citations, dates, fates)
