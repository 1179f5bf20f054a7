"""One person, one record: which spellings of a name are safely one, and what each person did."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from kb.graph.events import spelled
from kb.graph.folding import name_key
from kb.graph.links import canonical
from kb.graph.written import Written
from kb.model.facts import SpeakerMention
from kb.model.site import PersonRecord, SessionRecord, Url
from kb.model.value import Value
from kb.model.vocabulary import PersonEntry


class People(Value, frozen=True):
    """Who is who: every spelling's person, and how each person's name is shown."""

    joined: Mapping[str, str] = {}
    """Folded spelling → the person's key, for spellings that the writer joined."""
    names: Mapping[str, str] = {}
    """Key → the name to show."""
    spellings: Mapping[str, tuple[str, ...]] = {}
    """Key → other spellings, those of the data file and those in use."""
    entries: Mapping[str, PersonEntry] = {}

    def key(self, name: str) -> str:
        """Return the key of the person called `name`; `""` for a name of no letters."""
        folded = name_key(name)
        return self.joined.get(folded, folded)


def know_people(all_written: Iterable[Written], entries: Sequence[PersonEntry]) -> People:
    """Return who is who among the speakers of all notes.

    Exact aliases of the data file are joined, and spellings that differ in case, accents, spacing
    or `Last, First` only. Anything less certain stays apart. A name goes before an alias of another
    entry; of two entries with one alias, the first has it.
    """
    known: dict[str, PersonEntry] = {}
    for entry in entries:
        if key := name_key(entry.name):
            known.setdefault(key, entry)
    joined = {key: key for key in known}
    for key, entry in known.items():
        for alias in entry.aliases:
            if folded := name_key(alias):
                joined.setdefault(folded, key)
    used: dict[str, list[str]] = defaultdict(list)
    for mention in _mentions(all_written):
        if folded := name_key(mention.name):
            used[joined.get(folded, folded)].append(mention.name)
    names: dict[str, str] = {}
    spellings: dict[str, tuple[str, ...]] = {}
    for key in sorted(used):
        found = known.get(key)
        names[key] = found.name if found else _shown(used[key])
        others = {*used[key], *(found.aliases if found else ())}
        spellings[key] = tuple(sorted(others - {names[key]}))
    return People(joined=joined, names=names, spellings=spellings, entries=known)


def _shown(spellings: Sequence[str]) -> str:
    """Return the best spelling of a person's name: one whose parts stand apart (not `AdaQuill`).

    Only one in capitals or small letters throughout, or `Last, First`, is worse.
    """
    best = spelled([one for one in spellings if not _is_glued(one)])
    if not best or "," in best or best.isupper() or best.islower():
        best = spelled(spellings)
    return best or spellings[0]


def _is_glued(name: str) -> bool:
    return " " not in name.strip() and any(a.islower() and b.isupper() for a, b in pairwise(name))


def _mentions(all_written: Iterable[Written]) -> Iterator[SpeakerMention]:
    for written in all_written:
        for session in written.facts.sessions:
            yield from session.speakers


def person_records(
    people: People,
    urls: Mapping[str, Url],
    sessions: Sequence[SessionRecord],
    mentions: Mapping[Url, Sequence[SpeakerMention]],
) -> tuple[PersonRecord, ...]:
    """Return one record for each person in `urls` (by key), by name.

    `sessions` is newest first; `mentions` are each person's, in the order of the notes.
    """
    given: dict[Url, list[SessionRecord]] = defaultdict(list)
    for session in sessions:
        for person in dict.fromkeys(credit.person for credit in session.speakers):
            given[person].append(session)
    records = []
    for key in sorted(urls):
        url = urls[key]
        entry = people.entries.get(key)
        talks = given[url]
        company = Counter(
            credit.person for talk in talks for credit in talk.speakers if credit.person != url
        )
        topics = Counter(use.topic for talk in talks for use in talk.topics)
        said = mentions.get(url, ())
        profiles = [*(entry.links if entry else ()), *(m.url for m in said if m.url)]
        records.append(
            PersonRecord(
                url=url,
                name=people.names[key],
                aliases=people.spellings[key],
                sessions=tuple(talk.url for talk in talks),
                events=tuple(dict.fromkeys(talk.event for talk in talks if talk.event)),
                topics=most(topics),
                with_people=most(company),
                organisations=tuple(dict.fromkeys(m.organisation for m in said if m.organisation)),
                links=tuple({canonical(link): link for link in reversed(profiles)}.values())[::-1],
                about=entry.about if entry else "",
                told=tuple(
                    told
                    for talk in reversed(talks)
                    for credit in talk.speakers
                    if credit.person == url
                    for told in credit.told
                ),
                talks=sum(talk.is_talk for talk in talks),
            )
        )
    return tuple(sorted(records, key=lambda record: (name_key(record.name), record.url)))


def most(counts: Mapping[Url, int]) -> tuple[Url, ...]:
    """Return the counted URLs, most often first, then by URL."""
    return tuple(sorted(counts, key=lambda url: (-counts[url], url)))
