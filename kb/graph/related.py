"""Which other talks a reader of one may want: same speakers, shared topics, the same rare words.

What words weigh is told in `weighing`: a few words more in one talk leave the weights of all others
as they are, so `revised` costs what a change touches.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from heapq import nsmallest
from math import log

from kb.graph.weighing import (
    NOBODY,
    Shelf,
    Terms,
    Vocabulary,
    changed_words,
    told_anew,
    vocabulary_of,
)
from kb.model.site import Related, Url
from kb.model.value import Value, replace

MOST = 6
"""Related talks shown with one."""
OF_ONE_EVENT = 2
"""Of them, at most so many of one event."""
COMMON = 40
"""A word (or topic, or speaker) of more sessions than these finds nobody by itself."""
ENOUGH = 0.25
"""Score from which a talk is shown as related; words alone seldom reach it by chance."""
_NEARLY = 1e-9
"""More than sums of the same numbers in another order differ by."""


class Subject(Value, frozen=True):
    """A session as far as likeness goes."""

    url: Url
    event: str
    """Its event's URL, or `""`."""
    speakers: tuple[tuple[Url, str], ...]
    """URL and name."""
    topics: tuple[tuple[Url, str], ...]
    texts: tuple[str, ...]
    """Title, abstract and notes, plain."""
    is_talk: bool = True


class Company(Value, frozen=True, array_like=True):
    """All subjects but their texts, and who of them are together."""

    urls: tuple[Url, ...]
    """In their order."""
    subjects: Sequence[Subject]
    """Without texts. To find what a few other words change, few of them are looked at."""
    talks: bytes
    """Of each subject 1 where it is a talk, else 0."""
    speakers: Mapping[str, bytes]
    """Speaker's URL → `array("I")` of the talks given."""
    topics: Mapping[str, bytes]
    """Topic's URL → `array("I")` of the talks about it."""


class Likeness(Value, frozen=True, array_like=True):
    """All that tells which sessions are alike."""

    company: Company
    vocabulary: Vocabulary


@dataclass(frozen=True)
class _Index:
    """Who has which speakers, topics and words; subjects and words are numbers."""

    company: "_Company"
    names: Sequence[str]
    """Of the words."""
    terms: Callable[[int], Mapping[int, float]]
    """The most telling words of a subject with their weights, best first."""
    having: Callable[[int], tuple[Sequence[int], Sequence[float]]]
    """The talks that have a word among these, and its weight in each; none if above `COMMON`."""
    reasons: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """All that were told, each once: why one is related to another is most often why that is to
    the one."""


def likeness(subjects: Iterable[Subject]) -> Likeness:
    """Return what tells which of `subjects` are alike; of their texts, one's are held at a time."""
    bare: list[Subject] = []

    def texts() -> Iterator[Sequence[str]]:
        for subject in subjects:
            bare.append(replace(subject, texts=()))
            yield subject.texts

    vocabulary = vocabulary_of(texts())
    return Likeness(_company(bare), vocabulary)


def _company(subjects: Sequence[Subject]) -> Company:
    """Return `subjects`, which are without texts, and who of them are together."""
    speakers: dict[str, array[int]] = defaultdict(lambda: array("I"))
    topics: dict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, subject in enumerate(subjects):
        if subject.is_talk:
            for url, _ in subject.speakers:
                speakers[url].append(number)
            for url, _ in subject.topics:
                topics[url].append(number)
    return Company(
        tuple(subject.url for subject in subjects),
        tuple(subjects),
        bytes(subject.is_talk for subject in subjects),
        {url: numbers.tobytes() for url, numbers in speakers.items()},
        {url: numbers.tobytes() for url, numbers in topics.items()},
    )


def related(known: Likeness) -> dict[Url, tuple[Related, ...]]:
    """Return for each session the talks related to it, best first, with the reasons in words.

    The cost grows with the number of sessions, not its square: what more than `COMMON` sessions
    share finds no candidates.
    """
    shelf, company = Shelf(known.vocabulary), _Company(known.company)
    index = _Index(company, shelf.names, shelf.weights, shelf.having(company.is_talk, COMMON))
    return {url: _related(n, index) for n, url in enumerate(known.company.urls)}


def revised(
    known: Likeness, texts: Mapping[int, Sequence[str]]
) -> tuple[Likeness, dict[Url, tuple[Related, ...]]]:
    """Return the likeness with other texts of the subjects of these numbers, as if made anew.

    The second value tells what is related to each session for which that may have changed; for
    all others it is as it was. The cost is that of the subjects which share the words concerned.
    """
    before, company = Shelf(known.vocabulary), _Company(known.company)
    change = changed_words(before, texts)
    if all(before.uses(subject) == uses for subject, uses in change.uses.items()):
        return known, {}
    told = told_anew(before, change, len(company))
    vocabulary = before.spliced(change, told)
    after = Shelf(vocabulary)
    moved = {*told, *_moved_by(told, before, company)}
    having = _told_by(after.tellers({word for n in moved for word, _ in after.terms(n)}), company)
    terms = cache(lambda number: dict(after.terms(number)))
    packed = {
        word: ([talk for talk, _ in found], [weight for _, weight in found])
        for word, found in having.items()
    }
    index = _Index(company, change.names, terms, lambda word: packed.get(word, NOBODY))
    found = {known.company.urls[number]: _related(number, index) for number in sorted(moved)}
    return Likeness(known.company, vocabulary), found


def _told_by(tellers: Mapping[int, Terms], company: "_Company") -> dict[int, Terms]:
    """Return what `_Index.having` answers for each of the words whose `tellers` are known."""
    talks = {
        word: [one for one in found if company.is_talk(one[0])] for word, found in tellers.items()
    }
    return {word: found for word, found in talks.items() if len(found) <= COMMON}


def _moved_by(told: Mapping[int, Terms], before: Shelf, company: "_Company") -> set[int]:
    """Return the subjects to which others may be related now that some are `told` otherwise.

    Those are the subjects with which one that is told anew has a word in common, now or before,
    and so much that it is shown. Where a word comes to be of too many talks, or is no longer, its
    weight goes or comes for all that have it.
    """
    words = {word for n, best in told.items() for word, _ in (*best, *before.terms(n))}
    had = before.tellers(words)
    has = {word: [one for one in found if one[0] not in told] for word, found in had.items()}
    for subject, best in told.items():
        for word, weight in best:
            has[word].append((subject, weight))
    few_had, few_have = _told_by(had, company), _told_by(has, company)
    moved: set[int] = set()
    for word in few_had.keys() ^ few_have.keys():
        moved.update(number for number, _ in (*had[word], *has[word]))
    for subject, best in told.items():
        if not company.is_talk(subject):
            continue  # nobody is related to it
        own = before.terms(subject)
        now = _in_common(best, {word: has[word] for word in few_have})
        then = _in_common(own, {word: had[word] for word in few_had})
        near = {n for word, _ in own for n, _ in had[word]}
        near |= {n for word, _ in best for n, _ in has[word]}
        moved.update(
            other
            for other in near - moved
            if max(now.get(other, 0.0), then.get(other, 0.0)) + company.in_common(subject, other)
            >= ENOUGH - _NEARLY
        )
    return moved


def _in_common(terms: Terms, having: Mapping[int, Terms]) -> Mapping[int, float]:
    """Return how much the words of a subject make others like it; `having` are those others."""
    found: dict[int, float] = defaultdict(float)
    for word, here in terms:
        for other, there in having.get(word, ()):
            found[other] += here * there
    return found


class _Company:
    """Reads what a `Company` holds."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.subject = company.subjects.__getitem__
        self.urls = company.urls
        # These refer to `company`, never to this object: so it is freed with its last user.
        self.given = cache(lambda url: _array(company.speakers.get(url, b"")))
        """Talks that a person gave."""
        about = self.about = cache(lambda url: _array(company.topics.get(url, b"")))
        """Talks about a topic."""
        total = len(company.urls)
        self.weight = cache(lambda topic: _weight(len(about(topic)), total))
        """How much two talks have in common that are about a topic; 0 for a common one."""
        self.names = cache(lambda number: _names(company.subjects[number]))
        """The words of the names of a subject's speakers."""

    def __len__(self) -> int:
        return len(self._company.urls)

    def is_talk(self, number: int) -> bool:
        """Return whether the subject is a talk."""
        return self._company.talks[number] == 1

    def in_common(self, number: int, other: int) -> float:
        """Return how much makes two subjects alike, words apart, at most."""
        one, two = self.subject(number), self.subject(other)
        speakers = {url for url, _ in one.speakers} & {url for url, _ in two.speakers}
        topics = {url for url, _ in one.topics} & {url for url, _ in two.topics}
        return len(speakers) + sum(self.weight(url) for url in topics)


def _array(data: bytes) -> Sequence[int]:
    return array("I", data)


def _weight(sharing: int, total: int) -> float:
    return 0.4 * log(1 + total / sharing) / log(1 + total) if 0 < sharing <= COMMON else 0.0


def _names(subject: Subject) -> frozenset[str]:
    return frozenset(word for _, name in subject.speakers for word in name.lower().split())


def _related(number: int, index: _Index) -> tuple[Related, ...]:
    company = index.company
    own = company.subject(number)
    scores: dict[int, float] = {}
    score_of = scores.get
    for url, _ in own.speakers:
        for other in _near(number, company.given(url)):
            scores[other] = score_of(other, 0.0) + 1.0
    for url, _ in own.topics:
        if weight := company.weight(url):
            for other in company.about(url):
                scores[other] = score_of(other, 0.0) + weight
    having = index.having
    terms = index.terms(number)
    for word, here in terms.items():
        for other, there in zip(*having(word), strict=True):
            scores[other] = score_of(other, 0.0) + here * there
    scores.pop(number, None)
    urls = company.urls
    good = [
        (-round(score, 6), urls[other], other) for other, score in scores.items() if score >= ENOUGH
    ]
    chosen: list[Related] = []
    events: Counter[str] = Counter()
    for score, url, other in sorted(good)[: MOST * 6]:
        event = company.subject(other).event or url
        if events[event] == OF_ONE_EVENT:
            continue
        reasons = _reasons(number, other, terms, index)
        if reasons:
            events[event] += 1
            reasons = index.reasons.setdefault(reasons, reasons)
            chosen.append(Related(session=url, reasons=reasons, score=-round(score, 2)))
        if len(chosen) == MOST:
            break
    return tuple(chosen)


def _near(number: int, others: Sequence[int]) -> Sequence[int]:
    """Return `others`, or of too many those nearest to `number`."""
    if len(others) <= COMMON:
        return others
    return nsmallest(COMMON, others, key=lambda other: (abs(other - number), other))


def _reasons(
    number: int, other_number: int, here: Mapping[int, float], index: _Index
) -> tuple[str, ...]:
    """Return why the two are related: speakers, topics (the rarest first), words both use.

    `here` are the most telling words of the first.
    """
    company = index.company
    own, other = company.subject(number), company.subject(other_number)
    reasons = []
    if own.speakers and other.speakers:
        given = {url for url, _ in other.speakers}
        names = [name for url, name in own.speakers if url in given]
        if names:
            reasons.append("Also by " + " and ".join(names[:3]))
    shared: list[str] = []
    if own.topics and other.topics:
        about = {url for url, _ in other.topics}
        both = [(len(company.about(url)), name) for url, name in own.topics if url in about]
        shared = [name for _, name in sorted(both)]
        if shared:
            reasons.append("Both about " + ", ".join(shared[:3]))
    there = index.terms(other_number)
    common = here.keys() & there.keys()
    weighed = sorted([(-here[word] * there[word], index.names[word]) for word in common])
    said = {name.casefold() for name in shared}
    own_names, other_names = company.names(number), company.names(other_number)
    words = [
        name
        for _, name in weighed
        if name not in said and name not in own_names and name not in other_names
    ]
    if len(words) > 1 or (words and not reasons):
        reasons.append("Both say: " + ", ".join(words[:4]))
    return tuple(reasons)
