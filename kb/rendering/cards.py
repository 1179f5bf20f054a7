"""Hover cards: a few lines about a talk, speaker or topic, split over small files.

A card's file is told from its path by a hash (FNV-1a, 32 bits: draft-eastlake-fnv), so that pages
need not name it and a browser fetches about a kilobyte or two for the card that is asked for.
"""

from collections.abc import Iterator
from urllib.parse import unquote

from kb.model.value import to_json
from kb.rendering.catalog import Catalog, Desk, shorten
from kb.rendering.views import Page, Row, TextView
from kb.rendering.words import Words

PER_FILE = 12


def card_files(site_size: int) -> int:
    """Return into how many files the cards of so many things are split: a power of two."""
    count = 1
    while count * PER_FILE < site_size:
        count *= 2
    return count


def size(catalog: Catalog) -> int:
    """Return how many things have a card."""
    site = catalog.site
    return len(site.sessions) + len(site.people) + len(site.topics)


def hash_of(path: str) -> int:
    """Return FNV-1a of the UTF-8 bytes of `path`."""
    state = 0x811C9DC5
    for byte in path.encode():
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    return state


def card_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the files of cards: JSON, path → title and lines of text."""
    count = card_files(size(catalog))
    files: list[dict[str, list[str]]] = [{} for _ in range(count)]
    for url, card in _cards(catalog, words):
        path = unquote(url)
        files[hash_of(path) % count][path] = card
    for number, cards in enumerate(files):
        data = to_json(cards)
        yield Page(f"cards/{number}.json", "text", None, TextView(data))


def _cards(catalog: Catalog, words: Words) -> Iterator[tuple[str, list[str]]]:
    """Yield each thing's URL and its card: title first, then lines."""
    desk = catalog.desk("/")
    for session in catalog.site.sessions:
        row = desk.row(session.url)
        assert row is not None
        yield (
            session.url,
            [
                session.title,
                _line(*(credit.name for credit in session.speakers[:4])),
                _line(
                    words.kind(session.kind), row.event.text if row.event else "", _when(row, words)
                ),
                shorten(session.abstract_text, 160),
            ],
        )
    for person in catalog.site.people:
        yield (
            person.url,
            [
                person.name,
                _line(*person.organisations[:2]),
                words.say("count.talks", len(person.sessions)),
                _latest(desk, person.sessions[:1]),
            ],
        )
    for topic in catalog.site.topics:
        yield (
            topic.url,
            [
                topic.name,
                shorten(topic.about, 160),
                _line(
                    words.say("count.talks", len(topic.sessions)),
                    words.say("count.speakers", len(topic.people)),
                ),
                _latest(desk, topic.sessions[:1]),
            ],
        )


def _latest(desk: Desk, urls: tuple[str, ...]) -> str:
    row = desk.catalog.sessions.get(urls[0]) if urls else None  # type: ignore[call-overload]
    return row.title if row else ""


def _when(row: Row, words: Words) -> str:
    if row.date:
        return words.date(row.date)
    return words.weekday(row.weekday) if row.weekday else ""


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
