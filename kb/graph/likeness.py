"""What a session is about, gathered for finding others like it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.graph.addresses import Addresses
from kb.graph.backlinks import Spot
from kb.graph.people import People
from kb.graph.related import Subject
from kb.graph.sessions import Joined, kind_of, title_of
from kb.graph.written import Written
from kb.model.site import Url


def texts_of(
    all_written: Sequence[Written], spots: Mapping[str, Sequence[Spot]]
) -> Mapping[Url, Sequence[str]]:
    """Return what all notes say of each session, plain, without code."""
    texts: dict[Url, list[str]] = defaultdict(list)
    for written in all_written:
        told_here = spots.get(written.path, ())
        place = -1
        for block in written.note.walk():
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


def subject_of(
    joined: Joined,
    url: Url,
    *,
    texts: Iterable[str],
    speakers: Iterable[str],
    uses: Iterable[str],
    addresses: Addresses,
    people: People,
    topic_names: Mapping[str, str],
) -> Subject:
    """Return one session as far as likeness goes; `speakers` and `uses` are keys."""
    return Subject(
        url=url,
        event=addresses.events.get(joined.event, Url("")),
        date=joined.sort_date,
        speakers=tuple((addresses.people[key], people.names[key]) for key in speakers),
        topics=tuple(
            (addresses.topics[key], topic_names[key]) for key in uses if key in addresses.topics
        ),
        text=" \n".join([title_of(joined), *texts]),
        is_talk=kind_of(joined) != "social",
    )
