"""Pages of speakers, and their list."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from kb.model.site import PersonRecord, Url
from kb.rendering import structured
from kb.rendering.briefs import SessionBrief
from kb.rendering.cards import card_url, has_card
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.frames import list_parts, thing_parts
from kb.rendering.hrefs import fit
from kb.rendering.views import Page, SpeakersView, SpeakerView, Year
from kb.rendering.words import Words

LINKS = 24
"""How many links of their talks a speaker's page shows."""


def speakers_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of speakers by name, split where it is long."""
    people = tuple(catalog.people)
    chunks = in_chunks(people)
    labels = tuple(
        span_of([catalog.briefs.people[url].name for url in (*chunk[:1], *chunk[-1:])])
        for chunk in chunks
    )
    for chunk, desk, around in list_parts("speakers", chunks, labels, catalog, words):
        refs = tuple(ref for ref in map(desk.person, chunk) if ref)
        view = SpeakersView(refs, len(people))
        yield Page(output_path(around.url), "speakers.html", around, view)


def span_of(names: list[str]) -> str:
    """Return what a page of a list by name holds: the first letters of its first and last name."""
    if not names:
        return ""
    first, last = names[0][:2], names[-1][:2]
    return first if first == last else f"{first} – {last}"


def pages_of_speaker(record: PersonRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the pages of a speaker; a long list of talks goes on over more pages."""
    count = words.say("count.talks", record.talks)
    parts = thing_parts(
        record,
        "speaker",
        in_chunks(record.sessions),
        catalog,
        words,
        description=record.about or f"{record.name} · {count}",
        things=(structured.person(record, catalog),),
        image=card_url(record) if has_card(record, catalog) else "",
    )
    for chunk, desk, around in parts:
        view = speaker_view(record, chunk, desk, first=around.url == record.url)
        yield Page(output_path(around.url), "speaker.html", around, view)


def speaker_view(
    record: PersonRecord, urls: tuple[Url, ...], desk: Desk, *, first: bool
) -> SpeakerView:
    """Return what a speaker's page shows: all of it on its first page, then talks only."""
    catalog = desk.catalog
    sessions = catalog.briefs_among(record.sessions if first else ())
    met = Counter(
        credit.person
        for session in sessions
        for credit in session.speakers
        if credit.person != record.url
    )
    topics = Counter(topic for session in sessions for topic in session.topics)
    return SpeakerView(
        record.name,
        record.aliases,
        record.organisations,
        record.about,
        tuple(desk.profile(url) for url in record.links if fit(url)),
        timeline(urls, desk),
        desk.topics_counted(topics, LINKS) if first else (),
        desk.people_counted(met, LINKS) if first else (),
        desk.events_counted(record.events, sessions) if first else (),
        record.talks,
        desk.citations(catalog.reading(one.url for one in sessions), LINKS),
    )


def timeline(urls: Iterable[Url], desk: Desk, but: Url | None = None) -> tuple[Year, ...]:
    """Return sessions by year, newest first, each year with its topics other than `but`."""
    sessions = desk.catalog.briefs_among(urls)
    sessions.sort(key=desk.year, reverse=True)
    return tuple(
        _year(year, tuple(found), desk, but) for year, found in groupby(sessions, key=desk.year)
    )


def _year(year: str, sessions: tuple[SessionBrief, ...], desk: Desk, but: Url | None) -> Year:
    topics = Counter(use.topic for session in sessions for use in session.named if use.topic != but)
    return Year(year, desk.rows(one.url for one in sessions), desk.topics_counted(topics, 6))
