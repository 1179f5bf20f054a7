"""Which session of a programme is which talk of the notes: the best of all pairs at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from kb.model.schedule import Schedule, ScheduleSession
from kb.model.value import Value
from kb.schedules.assignment import assign
from kb.schedules.folding import title_of
from kb.schedules.likeness import DOUBTFUL, SURE, Likeness, Side, likeness, names_of
from kb.schedules.weekdays import weekday_of

_COMMON = 60
"""Sessions that share a word above which it tells nothing."""
_MARGIN = 0.02
"""By how much a pair must be better than what else could be."""

_SAID = Likeness(1.0, 1.0, 1.0, ("said",))


class Noted(Value, frozen=True):
    """A talk of the notes, as far as it is compared."""

    title: str
    speakers: tuple[str, ...] = ()
    date: str = ""
    """ISO 8601, where it is known."""
    weekday: str = ""
    """English, lower case, where that is known."""
    start: str = ""
    urls: tuple[str, ...] = ()


class Pair(Value, frozen=True):
    """A talk of the notes and a session of the programme that are one, or may be."""

    noted: int
    session: int
    score: float
    sure: bool
    reasons: tuple[str, ...] = ()
    """What they share: of `title speakers day time url`; `said` where a person has decided it."""


class Matching(Value, frozen=True):
    """What became of all sessions of both sides, by their places."""

    pairs: tuple[Pair, ...] = ()
    """By the programme's order."""
    noted: tuple[int, ...] = ()
    """Talks of the notes that no session is like."""
    sessions: tuple[int, ...] = ()
    """Sessions that no note tells of."""


def match(
    noted: Sequence[Noted],
    schedule: Schedule,
    settled: Mapping[tuple[int, int], bool] | None = None,
) -> Matching:
    """Return which talks of the notes are which sessions of `schedule`.

    `settled` holds pairs that a person has decided: they are one (True), or are not.
    """
    left = [_noted_side(one) for one in noted]
    right = [_session_side(one) for one in schedule.sessions]
    decided = settled or {}
    found = _candidates(left, right)
    for pair, is_one in decided.items():
        found.pop(pair, None)
        if is_one:
            found = {other: one for other, one in found.items() if not _touch(pair, other)}
            found[pair] = _SAID
    chosen = assign({pair: one.score for pair, one in found.items()})
    rivals = _rivals(found, chosen)
    pairs = [
        Pair(
            noted=a,
            session=b,
            score=found[a, b].score,
            sure=_is_sure(found[a, b]) and found[a, b].score - rivals[a] >= _MARGIN,
            reasons=found[a, b].reasons,
        )
        for a, b in chosen.items()
    ]
    paired = {pair.session for pair in pairs}
    return Matching(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.session)),
        noted=tuple(n for n in range(len(noted)) if n not in chosen),
        sessions=tuple(n for n in range(len(right)) if n not in paired),
    )


def _touch(pair: tuple[int, int], other: tuple[int, int]) -> bool:
    return pair[0] == other[0] or pair[1] == other[1]


def _is_sure(one: Likeness) -> bool:
    if one.score < SURE:
        return False
    with_speakers = (one.speakers or 0.0) >= 0.9
    return one.title >= (0.7 if with_speakers else 0.8) or "url" in one.reasons


def _candidates(left: Sequence[Side], right: Sequence[Side]) -> dict[tuple[int, int], Likeness]:
    """Return the pairs that may be one session; what shares nothing is never compared."""
    by_clue: dict[str, list[int]] = defaultdict(list)
    for number, side in enumerate(right):
        for clue in _clues(side):
            by_clue[clue].append(number)
    found: dict[tuple[int, int], Likeness] = {}
    for a, side in enumerate(left):
        near: set[int] = set()
        for clue in _clues(side):
            others = by_clue.get(clue, ())
            if len(others) <= _COMMON:
                near.update(others)
        near.update(by_clue.get(f"= {side.title.whole}", ()))
        for b in sorted(near):
            one = likeness(side, right[b])
            if one.score >= DOUBTFUL:
                found[a, b] = one
    return found


def _clues(side: Side) -> Iterator[str]:
    """Yield what one session must share with another to be compared with it at all."""
    title = side.title
    yield f"= {title.whole}"
    joined = title.whole.replace(" ", "")
    # A typo spoils the words or letters that it touches, never all of them.
    yield f"^ {joined[:6]}"
    yield f"$ {joined[-6:]}"
    words = title.words
    yield from (f"w {word}" for word in set(words) if len(word) > 3)
    yield from {f"2 {a} {b}" for a, b in pairwise(words)}
    yield from {f"3 {' '.join(words[n : n + 3])}" for n in range(len(words) - 2)}
    yield from {f"h {title.head}", f"h {title.whole}"}
    for name in side.names:
        yield f"n {name}"
        yield from (f"p {word}" for word in name.split() if len(word) > 3)
    yield from (f"u {url}" for url in sorted(side.urls))
    if side.date and side.start:
        yield f"t {side.date} {side.start}"


def _rivals(
    found: Mapping[tuple[int, int], Likeness], chosen: Mapping[int, int]
) -> Mapping[int, float]:
    """Return for each chosen left the score of the best other way to pair it.

    Another session that is free is one; one that belongs to another talk is only as good as the
    exchange of both would be.
    """
    owner = {b: a for a, b in chosen.items()}
    best: dict[int, float] = defaultdict(float)
    for (a, b), one in found.items():
        mine = chosen.get(a)
        other = owner.get(b)
        if mine is None and other is not None:
            best[other] = max(best[other], one.score)  # a talk without session wants this one
        elif mine is not None and mine != b:
            if other is None:
                best[a] = max(best[a], one.score)
            elif (other, mine) in found:
                loss = found[a, mine].score + found[other, b].score
                gain = one.score + found[other, mine].score
                best[a] = max(best[a], found[a, mine].score - (loss - gain))
    return best


def _noted_side(one: Noted) -> Side:
    return Side(
        title=title_of(one.title),
        names=names_of(one.speakers),
        date=one.date,
        weekday=one.weekday or weekday_of(one.date),
        start=one.start.zfill(5) if one.start else "",
        urls=frozenset(map(bare_url, one.urls)),
    )


def _session_side(one: ScheduleSession) -> Side:
    return Side(
        title=title_of(f"{one.title}: {one.subtitle}" if one.subtitle else one.title),
        names=names_of(one.speakers),
        date=one.date,
        weekday=weekday_of(one.date),
        start=one.start,
        urls=frozenset(bare_url(url) for url in (one.url, one.recording) if url),
    )


def bare_url(url: str) -> str:
    """Return what makes two spellings of a URL one: no scheme, `www.` or slash at the end."""
    bare = url.strip().partition("://")[2] or url.strip()
    return bare.removeprefix("www.").rstrip("/").casefold()
