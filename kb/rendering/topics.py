"""Pages of topics, and their list."""

from collections import Counter
from collections.abc import Iterator

from kb.model.site import Citation, TopicRecord, Url
from kb.rendering.briefs import SessionBrief, shorten
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.frames import list_parts, thing_parts
from kb.rendering.people import span_of, timeline
from kb.rendering.views import Bar, LinkView, Mention, Page, Ref, TopicsView, TopicView
from kb.rendering.words import Words

KEPT = 120
"""How many characters of the line that names a topic are kept: so long, it was cut in a word."""
LINKS = 24
"""How many links, people or events a topic's page shows."""


def topics_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of topics by name, split where it is long."""
    topics = tuple(catalog.topics)
    chunks = in_chunks(topics)
    labels = tuple(
        span_of([catalog.briefs.topics[url].name for url in (*chunk[:1], *chunk[-1:])])
        for chunk in chunks
    )
    for chunk, desk, around in list_parts("topics", chunks, labels, catalog, words):
        view = TopicsView(_refs(chunk, desk), len(topics))
        yield Page(output_path(around.url), "topics.html", around, view)


def pages_of_topic(record: TopicRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the pages of a topic; a long list of talks goes on over more pages."""
    count = words.say("count.talks", record.talks)
    about = record.about or f"{record.name} · {count}"
    chunks = in_chunks(record.sessions)
    for chunk, desk, around in thing_parts(
        record, "topic", chunks, catalog, words, description=about
    ):
        view = topic_view(record, chunk, desk, first=around.url == record.url)
        yield Page(output_path(around.url), "topic.html", around, view)


def topic_view(record: TopicRecord, urls: tuple[Url, ...], desk: Desk, *, first: bool) -> TopicView:
    """Return what a topic's page shows: all of it on its first page, then talks only."""
    catalog = desk.catalog
    sessions = catalog.briefs_among(record.sessions if first else ())
    met = Counter(credit.person for session in sessions for credit in session.speakers)
    dated = sorted((one for one in sessions if one.sort_date), key=lambda one: one.sort_date)
    return TopicView(
        record.name,
        tuple(one for one in record.synonyms if one.casefold() != record.name.casefold()),
        _refs(record.broader, desk),
        _refs(record.narrower, desk),
        record.about,
        record.guessed,
        mention(dated[0], record, desk) if first and dated else None,
        mention(dated[-1], record, desk) if first and len(dated) > 1 else None,
        bars(sessions, desk) if first else (),
        timeline(urls, desk, record.url),
        desk.people_counted(met, LINKS) if first else (),
        desk.events_counted(record.events[:LINKS], sessions) if first else (),
        most_cited(catalog.reading(one.url for one in sessions), desk),
        desk.note_rows(record.notes, LINKS) if first else (),
        record.talks,
    )


def _refs(urls: tuple[Url, ...], desk: Desk) -> tuple[Ref, ...]:
    return tuple(ref for ref in map(desk.topic, urls) if ref)


def mention(session: SessionBrief, record: TopicRecord, desk: Desk) -> Mention:
    """Return when and in which words a session speaks of the topic."""
    topics = desk.catalog.sessions[session.url].topics
    use = next((one for one in topics if one.topic == record.url), None)
    told = use.told if use else ()
    sentence = next((one.evidence.text for one in told if " " in one.evidence.text.strip()), "")
    if len(sentence) >= KEPT:
        sentence = shorten(sentence, KEPT - 1)
    return Mention(desk.row(session.url), session.date or desk.year(session), sentence)


def bars(sessions: list[SessionBrief], desk: Desk) -> tuple[Bar, ...]:
    """Return how many sessions each year has, first to last; none for a single year."""
    counts = Counter(year for year in map(desk.year, sessions) if year.isdigit())
    if len(counts) < 2:
        return ()
    years = range(int(min(counts)), int(max(counts)) + 1)
    if len(years) > 60:
        return ()
    top = max(counts.values())
    return tuple(
        Bar(
            str(year),
            counts[str(year)],
            max(1, round(100 * counts[str(year)] / top)) if counts[str(year)] else 0,
        )
        for year in years
    )


def most_cited(citations: Iterator[Citation], desk: Desk) -> tuple[LinkView, ...]:
    """Return the links of `citations`, most cited first."""
    counts: Counter[str] = Counter()
    kept: dict[str, Citation] = {}
    for citation in citations:
        counts[citation.link] += 1
        kept.setdefault(citation.link, citation)
    order = sorted(kept, key=lambda key: (-counts[key], key))[:LINKS]
    return desk.citations(kept[key] for key in order)
