"""The door to an index: what building and the terminal know of search."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from kb.model.value import Value
from kb.search.analysis import fold
from kb.search.documents import Document, Key
from kb.search.excerpts import Excerpt, excerpt, mark, wanted
from kb.search.memory_index import Postings
from kb.search.ranking import Ranked


class Hit(Value, frozen=True):
    """One thing found."""

    kind: str
    title: str
    event: str
    speakers: tuple[str, ...]
    url: str
    score: float
    excerpt: str
    """Plain text: nothing in it is markup."""
    marks: tuple[tuple[int, int], ...] = ()
    """Start and end of every matched word in `excerpt`, in characters."""
    title_marks: tuple[tuple[int, int], ...] = ()
    topics: tuple[str, ...] = ()
    date: str = ""
    page: str = ""
    """For a link: the page that cites it."""
    count: int = 0
    """Talks of a speaker, topic or event; places that cite a link."""
    near: bool = False
    """It matches only by words near those asked for."""


class Results(Value, frozen=True):
    """The answer to a query."""

    query: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many things were found, of which `hits` are the first."""
    complete: int = 0
    """How many of them have all words of the query."""
    meant: str = ""
    """The query as it was understood, where a word was misspelt."""


class Change(Value, frozen=True):
    """What bringing an index up to date did."""

    added: int = 0
    removed: int = 0
    rebuilt: str = ""
    """Why all of it was made anew, in a few words; `""` where it was not, or was the first time."""


class IndexUnusable(Exception):
    """There is no index, or none that kb made here; `str()` says which. `update` makes one."""


class Engine(Protocol):
    """An index of documents, local to this machine."""

    def build(self, documents: Sequence[Document], known: Postings | None = None) -> Change:
        """Make the index anew; `known` gives the postings of `documents` where they are made."""
        ...

    def update(self, documents: Sequence[Document], known: Postings | None = None) -> Change:
        """Make the index hold exactly `documents`, with as little work as that takes."""
        ...

    def revise(self, changed: Sequence[Document], gone: Sequence[Key]) -> Change:
        """Index `changed` documents, new ones among them, and take out those that are `gone`.

        The rest stays as it is and is not looked at; the outcome is that of `update` with all.

        Raises:
            IndexUnusable: there is no index to change: `update` makes one.
        """
        ...

    def search(self, text: str, *, limit: int = 20, kinds: Sequence[str] = ()) -> Results:
        """Answer a query; only documents of `kinds`, where some are given.

        Raises:
            IndexUnusable: there is nothing to ask yet.
        """
        ...

    def suggest(self, text: str, *, limit: int = 8) -> tuple[str, ...]:
        """Return words of the index that `text`'s last word may become, commonest first."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


def results(query: str, ranked: Ranked, found: Iterable[Document], *, total: int) -> Results:
    """Return the answer that `ranked` is, its first documents being `found`."""
    forms = wanted(ranked)
    near = any(unit.near for unit in ranked.units)
    hits = tuple(
        _hit(document, score, forms, near=near)
        for document, score in zip(found, ranked.scores, strict=False)
    )
    return Results(query, hits, total, ranked.complete, meant(query, ranked))


def _hit(document: Document, score: int, forms: dict[str, int], *, near: bool) -> Hit:
    passage: Excerpt = excerpt(document.body, forms)
    return Hit(
        kind=document.kind,
        title=document.title,
        event=document.event,
        speakers=document.speakers,
        url=document.url,
        score=round(score / 65536, 3),
        excerpt=passage.text,
        marks=passage.marks,
        title_marks=mark(document.title, forms),
        topics=document.topics,
        date=document.shown_date,
        page=document.page,
        count=document.count,
        near=near,
    )


def meant(query: str, ranked: Ranked) -> str:
    """Return the query with its misspelt words put right; `""` where none is."""
    wrong = {unit.text: unit.forms[0][0] for unit in ranked.units if unit.near and unit.forms}
    if not wrong:
        return ""
    pieces = (wrong.get(fold(piece), piece) for piece in query.split())
    right = " ".join(pieces)
    return right if right != " ".join(query.split()) else ""
