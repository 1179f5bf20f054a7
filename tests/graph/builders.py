"""Small builders of notes and facts, so that a test says only what it is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from kb.graph.build import build_site
from kb.model.facts import (
    EventFacts,
    Evidence,
    Facts,
    LinkMention,
    PictureMention,
    SessionFacts,
    SessionKind,
    SpeakerMention,
    TopicMention,
)
from kb.model.note import Block, FrontMatter, Lines, Note, Reference, Run
from kb.model.settings import Settings
from kb.model.site import Asset, PersonRecord, SessionRecord, Site, TopicRecord, Url
from kb.model.vocabulary import Vocabulary

HEAD = 5
"""Last line of the front matter of a built note."""


def evidence(line: int = 20, rule: str = "heading", sure: float = 0.8) -> Evidence:
    return Evidence(line=line, rule=rule, sure=sure)


def speaker(name: str, line: int = 20, **more: str) -> SpeakerMention:
    return SpeakerMention(name=name, evidence=evidence(line), **more)


def topic(name: str, line: int = 20, *, guessed: bool = False) -> TopicMention:
    return TopicMention(name=name, evidence=evidence(line), guessed=guessed)


def link(url: str, kind: str = "article", text: str = "", line: int = 20) -> LinkMention:
    return LinkMention(
        url=url, kind=kind, text=text, context=f"around {url}", evidence=evidence(line)
    )


def picture(target: str, taken: str = "", line: int = 20) -> PictureMention:
    return PictureMention(target=target, alt="", line=line, taken=taken)


def session(
    title: str,
    *speakers: str,
    line: int = 10,
    kind: SessionKind = "talk",
    topics: Iterable[TopicMention] = (),
    links: Iterable[LinkMention] = (),
    pictures: Iterable[PictureMention] = (),
    **more: Any,
) -> SessionFacts:
    return SessionFacts(
        title=title,
        kind=kind,
        line=line,
        end=line + 9,
        evidence=evidence(line),
        notes=(Lines(line + 3, line + 9),),
        speakers=tuple(speaker(name, line + 1) for name in speakers),
        topics=tuple(topics),
        links=tuple(links),
        pictures=tuple(pictures),
        heading=title,
        **more,
    )


def facts(
    path: str,
    *sessions: SessionFacts,
    event: EventFacts | None = None,
    topics: Iterable[TopicMention] = (),
    links: Iterable[LinkMention] = (),
    pictures: Iterable[PictureMention] = (),
) -> Facts:
    return Facts(
        path=path,
        event=event,
        sessions=sessions,
        topics=tuple(topics),
        links=tuple(links),
        pictures=tuple(pictures),
    )


def event(name: str, place: str = "", year: int = 0, day: str = "", **more: str) -> EventFacts:
    return EventFacts(name=name, place=place, year=year, day=day, why=(evidence(1),), **more)


def note(
    path: str,
    title: str = "",
    date: str = "",
    *,
    references: Iterable[Reference] = (),
    blocks: Iterable[Block] = (),
    **matter: object,
) -> Note:
    found = FrontMatter(
        format="toml",
        title=title,
        date=date,
        last_line=HEAD,
        lines={"title": 2, "date": 3, "slug": 4, "url": 4, "aliases": 4, "cover": 4},
        **matter,  # type: ignore[arg-type]
    )
    return Note(
        path=path,
        digest="0" * 64,
        matter=found,
        title=title or path.rsplit("/", 1)[-1].removesuffix(".md"),
        references=tuple(references),
        blocks=tuple(blocks),
        lines=200,
    )


def heading(text: str, line: int, anchor: str, level: int = 2) -> Block:
    return Block(
        kind="heading",
        line=line,
        end=line,
        level=level,
        text=text,
        runs=(Run(text=text, line=line),),
        anchor=anchor,
    )


def paragraph(text: str, line: int, *linked: tuple[str, int]) -> Block:
    """A paragraph; each of `linked` is a word of it and the number of its reference."""
    runs: list[Run] = []
    rest = text
    for word, number in linked:
        before, _, rest = rest.partition(word)
        runs += [Run(text=before, line=line), Run(text=word, line=line, reference=number)]
    runs.append(Run(text=rest, line=line))
    return Block(kind="paragraph", line=line, end=line, text=text, runs=tuple(runs))


def to(target: str, line: int = 15, text: str = "there") -> Reference:
    return Reference(kind="link", target=target, text=text, line=line)


def shows(target: str, line: int = 15) -> Reference:
    return Reference(kind="picture", target=target, line=line)


def asset(path: str, url: str, width: int = 0, taken: str = "") -> Asset:
    return Asset(
        path=path, url=Url(url), digest="1" * 64, size=9, width=width, height=width, taken=taken
    )


def site(
    *pairs: tuple[Note, Facts],
    assets: Sequence[Asset] = (),
    vocabulary: Vocabulary | None = None,
    settings: Settings | None = None,
) -> Site:
    return build_site(
        [written for written, _ in pairs],
        [told for _, told in pairs],
        assets,
        vocabulary or Vocabulary(),
        settings or Settings(),
    )


def told(path: str, *sessions: SessionFacts, date: str = "", **more: object) -> tuple[Note, Facts]:
    """A note at `path` and its facts; what `facts` takes is told apart from what `note` takes."""
    for_facts = {
        key: more.pop(key) for key in ("event", "topics", "links", "pictures") & more.keys()
    }
    return (
        note(path, date=date, **more),  # type: ignore[arg-type]
        facts(path, *sessions, **for_facts),  # type: ignore[arg-type]
    )


def by_title(built: Site, title: str) -> SessionRecord:
    (found,) = [record for record in built.sessions if record.title == title]
    return found


def person(built: Site, name: str) -> PersonRecord:
    (found,) = [record for record in built.people if record.name == name]
    return found


def topic_named(built: Site, name: str) -> TopicRecord:
    (found,) = [record for record in built.topics if record.name == name]
    return found


def codes(built: Site) -> list[str]:
    return [finding.code for finding in built.findings]
