"""What a session is about, gathered for finding others like it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from kb.graph.addresses import Addresses
from kb.graph.backlinks import Spot
from kb.graph.related import Subject
from kb.graph.sessions import Joined, kind_of, title_of
from kb.graph.things import Things
from kb.graph.written import Written
from kb.model.facts import TopicMention
from kb.model.note import Note
from kb.model.site import Url

_NOTES = 64
"""Of how many notes the words are held at a time."""


def texts_of(
    notes: Iterable[Note], spots: Mapping[str, Sequence[Spot]]
) -> Mapping[Url, Sequence[str]]:
    """Return what `notes` say of each session, plain, without code."""
    texts: dict[Url, list[str]] = defaultdict(list)
    for note in notes:
        told_here = spots.get(note.path, ())
        place = -1
        for block in note.walk():
            while (
                place + 1 < len(told_here)
                and told_here[place + 1].telling.lines.first <= block.line
            ):
                place += 1
            if place >= 0 and block.text and block.kind != "code":
                spot = told_here[place]
                if block.line in spot.telling.lines:
                    texts[spot.url].append(block.text)
    return texts


def subjects(
    things: Things,
    addresses: Addresses,
    spots: Mapping[str, Sequence[Spot]],
    prose: Mapping[str, Note],
) -> Iterator[Subject]:
    """Yield all sessions as far as likeness goes, in their order; `prose` is as in `weave`."""
    # The sessions of a note come one soon after the other: so few notes need be held.
    told_in = lru_cache(_NOTES)(lambda path: texts_of((prose[path],), spots))
    people, topics = (
        {key: (url, names[key]) for key, url in urls.items()}
        for urls, names in (
            (addresses.people, things.people.names),
            (addresses.topics, things.topics.names),
        )
    )
    for joined, url, speakers, uses in zip(
        things.sessions, addresses.sessions, things.speakers, things.uses, strict=True
    ):
        paths = sorted({part.path for part in joined.parts})
        yield Subject(
            url=url,
            event=addresses.events.get(joined.event, Url("")),
            speakers=tuple(people[key] for key in speakers),
            topics=tuple(
                topics[key]
                for key, said in uses.items()
                if key in topics and _own_topic(said, joined)
            ),
            texts=(title_of(joined), *(text for path in paths for text in told_in(path)[url])),
            is_talk=kind_of(joined) != "social",
        )


def _own_topic(said: Sequence[tuple[Written, TopicMention]], joined: Joined) -> bool:
    """Return whether a session itself is about a topic, rather than all of a note it shares."""
    return any(
        mention.evidence.line > written.note.matter.last_line
        or len(written.facts.sessions) == len(joined.parts)
        for written, mention in said
    )
