"""Which other talks a reader of one may want: same speakers, shared topics, the same rare words."""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from heapq import nsmallest
from math import log, sqrt

from kb.model.site import Related, Url
from kb.model.value import Value

MOST = 6
"""Related talks shown with one."""
OF_ONE_EVENT = 2
"""Of them, at most so many of one event."""
TERMS = 14
"""Telling words kept of one session."""
MOST_OFTEN = 40
"""Times from which a word in one session counts no more."""
COMMON = 40
"""A word (or topic, or speaker) of more sessions than these finds nobody by itself."""
ENOUGH = 0.25
"""Score from which a talk is shown as related; words alone seldom reach it by chance."""
_WORD = re.compile(r"[^\W\d_][\w'’+#.-]+[\w+#]")
"""Three signs at least, from a letter on."""
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_STOP_WORDS = """
able about above across actually after again against all almost along already also although always
among and another any anyone anything are around ask asked aside away back basically because
become been before being below best better between bit both bring build building but call called
came can cannot case cases change come comes coming could day days did different does doesn doing
don done down during each easily easy either else enough etc even every everyone everything
example examples explain explained far feel few find fine first for from full further gave general
get gets getting give given gives giving goes going gone good got great had happen hard has have
having help helps her here high him his how however idea ideas important including instead
interesting into isn issue issues its itself just keep kind know known large last later learn
learned least less let like likely little long look looking looks lot lots low made main make
makes making many may maybe mean means mention mentioned might more most much must name need
needed needs never new next nice not note notes nothing now number off often old once one ones
only onto open other others our out over own part parts people per perhaps place point points
possible presentation presented presenter pretty probably problem problems provide provides put
question questions quite rather really reason right room said same say saying says second see seem
seems seen several shall she should show showed shows simple simply since small some someone
something sometimes soon speaker speakers start started still stuff such sure take takes taken
talk talked talking talks tell than that the their them then there these they thing things think
this those though through time times today together too took top toward tried true try trying two
under until upon use used useful user users uses using usually various very via want wanted wants
was wasn way ways well went were what when where whether which while who whole why will with
within without won work worked working works would year years yes yet you your aber als auch auf
aus bei das dass dem den der des die ein eine einem einen einer ist kann mit nach nicht oder sich
sie sind und uns von war wie wir wird zum zur avec ces cette comme dans des elle est les leur mais
nous par pas plus pour que qui sans sont sur une vous como con del desde donde ella esta este esto
hay las los más muy nos para pero por porque que ser sin sobre son una uno
"""
_STOP = frozenset(_STOP_WORDS.split())
"""Words that make no two talks alike; rare words are weighed by the collection itself."""


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


class _Index(Value, frozen=True):
    """Who has which speakers, topics and words; subjects are numbers."""

    speakers: Mapping[Url, Sequence[int]]
    topics: Mapping[Url, Sequence[int]]
    terms: Sequence[Mapping[str, float]]
    """Of each subject: its most telling words with their weights (a unit vector)."""
    having: Mapping[str, Sequence[tuple[int, float]]]
    """Who has a word, with its weight there; without words of more than `COMMON`."""


def relate(subjects: Sequence[Subject]) -> dict[Url, tuple[Related, ...]]:
    """Return for each session the talks related to it, best first, with the reasons in words.

    The cost grows with the number of sessions, not its square: what more than `COMMON` sessions
    share finds no candidates.
    """
    index = _index(subjects)
    return {
        subject.url: _related(number, subjects, index) for number, subject in enumerate(subjects)
    }


def words_of(text: str) -> list[str]:
    """Return the words of `text` that may tell something; pairs of signs for CJK scripts."""
    if text.isascii() or not _IDEOGRAPHS.search(text):
        return _WORD.findall(text)
    pairs = [
        run[place : place + 2] for run in _IDEOGRAPHS.findall(text) for place in range(len(run) - 1)
    ]
    return _WORD.findall(_IDEOGRAPHS.sub(" ", text)) + pairs


def _index(subjects: Sequence[Subject]) -> _Index:
    terms = _telling(_count(subjects))
    speakers: dict[Url, list[int]] = defaultdict(list)
    topics: dict[Url, list[int]] = defaultdict(list)
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, subject in enumerate(subjects):
        if not subject.is_talk:
            continue
        for url, _ in subject.speakers:
            speakers[url].append(number)
        for url, _ in subject.topics:
            topics[url].append(number)
        for term, weight in terms[number].items():
            having[term].append((number, weight))
    few = {term: found for term, found in having.items() if 1 < len(found) <= COMMON}
    return _Index(speakers=speakers, topics=topics, terms=terms, having=few)


class _Counts(Value, frozen=True):
    """How often each subject uses each word; words are numbers, for a site has very many."""

    words: Sequence[str]
    spread: Sequence[int]
    """Of each word: how many subjects have it."""
    uses: Sequence[Sequence[int]]
    """Of each subject: word, times, word, times, ..."""


def _count(subjects: Sequence[Subject]) -> _Counts:
    numbers: dict[str, int] = {}
    spread: list[int] = []
    uses: list[array[int]] = []
    for subject in subjects:
        own = array("L")
        for word, times in Counter(words_of("\n".join(subject.texts).lower())).items():
            number = numbers.setdefault(word, len(spread))
            if number == len(spread):
                spread.append(0)
            spread[number] += 1
            own.extend((number, times))
        uses.append(own)
    return _Counts(words=tuple(numbers), spread=spread, uses=uses)


def _telling(counts: _Counts) -> list[dict[str, float]]:
    """Return the most telling words of each subject: often here, seldom elsewhere, not alone."""
    total = len(counts.uses)
    limit = max(2, total // 6)
    rare = [
        log(1 + total / times) if 2 <= times <= limit and word not in _STOP else 0.0
        for word, times in zip(counts.words, counts.spread, strict=True)
    ]
    often = [0.0, *(1 + log(times) for times in range(1, MOST_OFTEN + 1))]
    found = []
    for own in counts.uses:
        weights = [
            (-rare[number] * often[min(times, MOST_OFTEN)], counts.words[number])
            for number, times in zip(own[::2], own[1::2], strict=True)
            if rare[number]
        ]
        best = nsmallest(TERMS, weights)
        length = sqrt(sum(weight * weight for weight, _ in best)) or 1.0
        found.append({term: -weight / length for weight, term in best})
    return found


def _related(number: int, subjects: Sequence[Subject], index: _Index) -> tuple[Related, ...]:
    own = subjects[number]
    scores: dict[int, float] = defaultdict(float)
    for url, _ in own.speakers:
        for other in _near(number, index.speakers.get(url, ())):
            scores[other] += 1.0
    total = len(subjects)
    for url, _ in own.topics:
        sharing = index.topics.get(url, ())
        if sharing and len(sharing) <= COMMON:
            weight = 0.4 * log(1 + total / len(sharing)) / log(1 + total)
            for other in sharing:
                scores[other] += weight
    for term, here in index.terms[number].items():
        for other, there in index.having.get(term, ()):
            scores[other] += here * there
    scores.pop(number, None)
    good = [
        (-round(score, 6), subjects[other].url, other)
        for other, score in scores.items()
        if score >= ENOUGH
    ]
    chosen: list[Related] = []
    events: Counter[str] = Counter()
    for score, url, other in nsmallest(MOST * 6, good):
        event = subjects[other].event or url
        if events[event] == OF_ONE_EVENT:
            continue
        reasons = _reasons(
            own, subjects[other], index.topics, index.terms[number], index.terms[other]
        )
        if reasons:
            events[event] += 1
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
    own: Subject,
    other: Subject,
    topics: Mapping[Url, Sequence[int]],
    words_of_own: Mapping[str, float],
    words_of_other: Mapping[str, float],
) -> tuple[str, ...]:
    """Return why the two are related: speakers, topics (the rarest first), words both use."""
    reasons = []
    given = {url for url, _ in other.speakers}
    names = [name for url, name in own.speakers if url in given]
    if names:
        reasons.append("Also by " + " and ".join(names[:3]))
    about = {url for url, _ in other.topics}
    both = [(len(topics[url]), name) for url, name in own.topics if url in about]
    shared = [name for _, name in sorted(both)]
    if shared:
        reasons.append("Both about " + ", ".join(shared[:3]))
    said = {name.casefold() for name in shared}
    said |= {word for _, name in (*own.speakers, *other.speakers) for word in name.lower().split()}
    words = sorted(
        (term for term in words_of_own if term in words_of_other and term not in said),
        key=lambda term: (-words_of_own[term] * words_of_other[term], term),
    )
    if len(words) > 1 or (words and not reasons):
        reasons.append("Both say: " + ", ".join(words[:4]))
    return tuple(reasons)
