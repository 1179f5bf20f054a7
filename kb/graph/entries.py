"""Entries of the data files that nothing uses, and names that two of them claim."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence

from kb.graph.events import Edition, title
from kb.graph.folding import name_key, topic_key
from kb.graph.people import People
from kb.graph.topics import Topics
from kb.model.finding import Finding
from kb.model.settings import ContentSettings, Settings
from kb.model.vocabulary import Vocabulary


def data_file(name: str, content: ContentSettings) -> str:
    """Return the path of a data file, relative to the site's folder."""
    return posixpath.normpath(posixpath.join(content.folder, f"{name}.toml"))


def unused_entries(
    vocabulary: Vocabulary,
    settings: Settings,
    *,
    editions: Iterable[Edition],
    people: People,
    topics: Topics,
) -> Iterator[Finding]:
    """Yield a finding for each person, topic and event of the data files that no note names.

    A topic that is to be ignored may well be nowhere.
    """
    for person in vocabulary.people:
        if people.key(person.name) not in people.names:
            yield _unused(data_file("people", settings.content), person.line, person.name)
    for topic in vocabulary.topics:
        if not topic.ignore and topics.key(topic.name) not in topics.names:
            yield _unused(data_file("topics", settings.content), topic.line, topic.name)
    used = [edition.entry for edition in editions if edition.entry]
    for event in vocabulary.events:
        if event not in used:
            name = title(event.name, event.place, event.year)
            yield _unused(data_file("events", settings.content), event.line, name)


def claimed_twice(vocabulary: Vocabulary, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each other spelling that is a name, or a spelling, of another entry."""
    people = [(entry.name, entry.aliases, entry.line) for entry in vocabulary.people]
    topics = [(entry.name, entry.synonyms, entry.line) for entry in vocabulary.topics]
    yield from _claimed_twice(data_file("people", settings.content), people, name_key)
    yield from _claimed_twice(data_file("topics", settings.content), topics, topic_key)


def _claimed_twice(
    path: str,
    entries: Sequence[tuple[str, Sequence[str], int]],
    key_of: Callable[[str], str],
) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, _, _ in entries:
        owners.setdefault(key_of(name), name)
    for name, others, line in entries:
        for other in others:
            owner = owners.setdefault(key_of(other), name)
            if owner != name and key_of(other):
                yield Finding(
                    code="KB308",
                    path=path,
                    line=line,
                    message=f"{other} is said to be {name}, and is {owner} already",
                    hint="remove it from one of the two entries",
                )


def _unused(path: str, line: int, name: str) -> Finding:
    return Finding(
        code="KB204",
        path=path,
        line=line,
        message=f"no note speaks of {name}",
        hint="check the spelling, add an alias that the notes use, or remove the entry",
    )
