"""Where every fact about a thing was read: the evidence of the records, gathered for `kb why`."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator

from kb.model.facts import Evidence
from kb.model.normal import normalized
from kb.model.site import (
    Citation,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    Site,
    Told,
    TopicRecord,
)
from kb.model.value import Value

_CLOSE = 5
"""How many near names are offered where nothing has the wanted one."""


class Reason(Value, frozen=True):
    """One fact and where it was read."""

    fact: str
    """The field: `title`, `speaker`, `topic`, `link`, `event`, …"""
    value: str
    path: str
    line: int
    rule: str
    sure: float
    text: str = ""
    """The words it was read from."""


class Explained(Value, frozen=True):
    """A thing, and the reasons for all that is told of it."""

    kind: str
    """`talk`, `session`, `speaker`, `topic`, `event`, `link` or `note`."""
    name: str
    url: str
    reasons: tuple[Reason, ...]


def explain(site: Site, wanted: str) -> tuple[Explained, ...]:
    """Return every thing that `wanted` names: by URL, else by its whole name, else by a part."""
    things = tuple(_things(site))
    folded = _folded(wanted)
    if not folded:
        return ()
    path = "/" + wanted.strip().strip("/") + "/"
    named = [one for one in things if one.url in {wanted, path}]
    named = named or [one for one in things if folded in map(_folded, _names(one))]
    named = named or [one for one in things if any(folded in _folded(name) for name in _names(one))]
    return tuple(_explained(one) for one in named)


def nearest(site: Site, wanted: str) -> tuple[str, ...]:
    """Return the names most like `wanted`, for a person who mistyped one."""
    names = {_folded(name): name for one in _things(site) for name in _names(one)}
    close = difflib.get_close_matches(_folded(wanted), sorted(names), _CLOSE, 0.6)
    return tuple(names[name] for name in close)


Thing = SessionRecord | PersonRecord | TopicRecord | EventRecord | LinkRecord | NoteRecord


def _things(site: Site) -> Iterator[Thing]:
    yield from site.sessions
    yield from site.people
    yield from site.topics
    yield from site.events
    yield from site.links
    yield from site.notes


def _names(one: Thing) -> tuple[str, ...]:
    if isinstance(one, SessionRecord):
        return (one.title,)
    if isinstance(one, PersonRecord):
        return (one.name, *one.aliases)
    if isinstance(one, TopicRecord):
        return (one.name, *one.synonyms)
    if isinstance(one, EventRecord):
        return (one.title, one.name)
    if isinstance(one, LinkRecord):
        return (one.key, one.title)
    return (one.path, one.title)


def _folded(text: str) -> str:
    plain = normalized("NFKD", text).casefold()
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def _explained(one: Thing) -> Explained:
    if isinstance(one, SessionRecord):
        kind = "talk" if one.is_talk else "session"
        return Explained(kind, one.title, one.url, tuple(dict.fromkeys(_of_session(one))))
    if isinstance(one, PersonRecord):
        return Explained("speaker", one.name, one.url, tuple(_told("speaker", one.name, one.told)))
    if isinstance(one, TopicRecord):
        return Explained("topic", one.name, one.url, tuple(_told("topic", one.name, one.told)))
    if isinstance(one, EventRecord):
        return Explained("event", one.title, one.url, tuple(_told("event", one.title, one.told)))
    if isinstance(one, LinkRecord):
        return Explained("link", one.title, one.url, tuple(map(_cited, one.citations)))
    reasons = [_cited(citation) for citation in one.citations]
    reasons += [reason for use in one.topics for reason in _told("topic", use.name, use.told)]
    return Explained("note", one.title, one.url, tuple(dict.fromkeys(reasons)))


def _of_session(one: SessionRecord) -> Iterator[Reason]:
    why = [_why(one, told) for told in one.why]
    known = {(reason.path, reason.line) for reason in why}
    for telling in one.tellings:
        if (telling.note, telling.lines.first) not in known:
            yield Reason("talk", one.title, telling.note, telling.lines.first, "note", 1.0)
    yield from why
    for credit in one.speakers:
        yield from _told("speaker", credit.name, credit.told)
    for use in one.topics:
        yield from _told("topic", use.name, use.told)
    yield from map(_cited, one.citations)


_FIELDS = frozenset({"kind", "day", "time", "room", "track", "abstract"})
"""What an explicit rule may name behind its first word."""


def _why(one: SessionRecord, told: Told) -> Reason:
    """Return why a session is one; a rule begins with the name of the field that it gives."""
    field, _, more = told.evidence.rule.partition("-")
    if field == "explicit":
        named = more.partition("-")[0]
        field = named if named in _FIELDS else "talk"
    value = one.title if field in {"title", "talk"} else told.evidence.text
    if field == "day":
        value = one.date or value
    return _reason(field, value, told.note, told.evidence)


def _told(fact: str, value: str, told: Iterable[Told]) -> Iterator[Reason]:
    for one in told:
        yield _reason(fact, value, one.note, one.evidence)


def _reason(fact: str, value: str, note: str, evidence: Evidence) -> Reason:
    return Reason(
        fact,
        value,
        evidence.path or note,
        evidence.line,
        evidence.rule,
        evidence.sure,
        evidence.text,
    )


def _cited(one: Citation) -> Reason:
    fact = f"link ({one.kind})"
    if one.source:
        return Reason(fact, one.url, one.source, one.source_line, "link-schedule", one.sure)
    return Reason(fact, one.url, one.note, one.line, "link", one.sure, one.context)
