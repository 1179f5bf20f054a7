"""One topic, one record: synonyms, plurals, broader and narrower topics, and who is about what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from kb.graph.events import spelled
from kb.graph.folding import singular_keys, topic_key
from kb.graph.people import most
from kb.graph.written import Written
from kb.model.facts import TopicMention
from kb.model.site import NoteRecord, SessionRecord, Told, TopicRecord, Url
from kb.model.value import Value
from kb.model.vocabulary import TopicEntry


class Topics(Value, frozen=True):
    """What is what: every spelling's topic, and how each topic's name is shown."""

    joined: Mapping[str, str] = {}
    """Folded spelling → the topic's key, where the two differ."""
    names: Mapping[str, str] = {}
    """Key → the name to show."""
    spellings: Mapping[str, tuple[str, ...]] = {}
    """Key → synonyms, those of the data file and those in use."""
    entries: Mapping[str, TopicEntry] = {}
    ignored: frozenset[str] = frozenset()
    """Keys of what is never a topic."""
    broader: Mapping[str, tuple[str, ...]] = {}
    """Key → keys of the topics right above it; there are no circles."""

    def key(self, name: str) -> str:
        """Return the key of the topic called `name`; `""` for none and for an ignored one."""
        folded = topic_key(name)
        key = self.joined.get(folded, folded)
        return "" if key in self.ignored or folded in self.ignored else key


def know_topics(all_written: Iterable[Written], entries: Sequence[TopicEntry]) -> Topics:
    """Return what is what among the topics of all notes.

    Synonyms of the data file are joined, spellings that differ in case, accents, spacing and
    hyphens, and a plural with its singular where both are in use.
    """
    joined, known, ignored = _from_entries(entries)
    used: dict[str, list[str]] = defaultdict(list)
    for mention in _mentions(all_written):
        folded = topic_key(mention.name)
        if folded:
            used[joined.get(folded, folded)].append(mention.name)
    for key in sorted(used):
        if key in known or key in joined:
            continue
        plural = spelled(used[key])
        single = next((one for one in singular_keys(key, plural) if one in used), "")
        single = joined.get(single, single)
        if single and single != key:
            joined[key] = single
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(used):
        groups[joined.get(key, key)].extend(used[key])
    broader = _hierarchy(known, joined, ignored)
    for key in list(groups):
        for above in _all_above(key, broader):
            groups.setdefault(above, [])
    names: dict[str, str] = {}
    spellings: dict[str, tuple[str, ...]] = {}
    for key in sorted(groups):
        entry = known.get(key)
        names[key] = entry.name if entry else _name(key, groups[key])
        others = {*groups[key], *(entry.synonyms if entry else ())}
        spellings[key] = tuple(sorted(others - {names[key]}))
    return Topics(
        joined=joined,
        names=names,
        spellings=spellings,
        entries=known,
        ignored=frozenset(ignored),
        broader=broader,
    )


def _mentions(all_written: Iterable[Written]) -> Iterator[TopicMention]:
    for written in all_written:
        yield from written.facts.topics
        for session in written.facts.sessions:
            yield from session.topics


def _name(key: str, used: Sequence[str]) -> str:
    """Return the best spelling of a topic: of its singular, written with capitals by anyone."""
    own = [name for name in used if topic_key(name) == key] or list(used)
    return spelled(name for name in own if not name.islower()) or spelled(own)


def _from_entries(
    entries: Sequence[TopicEntry],
) -> tuple[dict[str, str], dict[str, TopicEntry], set[str]]:
    known: dict[str, TopicEntry] = {}
    for entry in entries:
        if key := topic_key(entry.name):
            known.setdefault(key, entry)
    joined = {key: key for key in known}
    ignored = {key for key, entry in known.items() if entry.ignore}
    for key, entry in known.items():
        for synonym in entry.synonyms:
            if folded := topic_key(synonym):
                joined.setdefault(folded, key)
    return joined, known, ignored


def _hierarchy(
    known: Mapping[str, TopicEntry], joined: Mapping[str, str], ignored: set[str]
) -> dict[str, tuple[str, ...]]:
    """Return the topics right above each; what would close a circle is left out."""
    above: dict[str, tuple[str, ...]] = {}
    for key in sorted(known):
        for name in known[key].broader:
            folded = topic_key(name)
            upper = joined.get(folded, folded)
            if upper not in known or upper in ignored or upper in above.get(key, ()):
                continue
            if upper != key and key not in _all_above(upper, above):
                above[key] = (*above.get(key, ()), upper)
    return above


def _all_above(key: str, broader: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = list(broader.get(key, ()))
    while waiting:
        upper = waiting.pop()
        if upper not in found:
            found[upper] = None
            waiting.extend(broader.get(upper, ()))
    return tuple(found)


def topic_records(
    topics: Topics,
    urls: Mapping[str, Url],
    sessions: Sequence[SessionRecord],
    notes: Sequence[NoteRecord],
) -> tuple[TopicRecord, ...]:
    """Return one record for each topic in `urls` (by key), by name.

    `sessions` and `notes` are newest first; `told` of a record is oldest first.
    """
    about: dict[Url, list[SessionRecord]] = defaultdict(list)
    for session in sessions:
        for use in session.topics:
            about[use.topic].append(session)
    tagged: dict[Url, list[str]] = defaultdict(list)
    for note in notes:
        for use in note.topics:
            tagged[use.topic].append(note.path)
    tellings: dict[Url, list[Told]] = defaultdict(list)
    certain: set[Url] = set()
    oldest_first = (one.topics for one in reversed(sessions))
    for use in chain.from_iterable((*oldest_first, *(note.topics for note in notes))):
        tellings[use.topic].extend(use.told)
        if not use.guessed:
            certain.add(use.topic)
    upper = {
        key: tuple(urls[above] for above in topics.broader.get(key, ()) if above in urls)
        for key in urls
    }
    lower: dict[Url, list[Url]] = defaultdict(list)
    for key in sorted(upper, key=lambda key: (topics.names[key].casefold(), key)):
        for above in upper[key]:
            lower[above].append(urls[key])
    records = []
    for key, url in urls.items():
        talks = about[url]
        entry = topics.entries.get(key)
        people = Counter(credit.person for talk in talks for credit in talk.speakers)
        records.append(
            TopicRecord(
                url=url,
                name=topics.names[key],
                synonyms=topics.spellings[key],
                broader=upper[key],
                narrower=tuple(lower[url]),
                guessed=url not in certain and entry is None,
                sessions=tuple(talk.url for talk in talks),
                people=most(people),
                events=tuple(dict.fromkeys(talk.event for talk in talks if talk.event)),
                notes=tuple(tagged[url]),
                about=entry.about if entry else "",
                told=tuple(dict.fromkeys(tellings[url])),
                talks=sum(talk.is_talk for talk in talks),
            )
        )
    return tuple(sorted(records, key=lambda record: (record.name.casefold(), record.url)))
