"""How likely a talk of the notes is a session of a programme: title, speakers, day, time, URL."""

from collections.abc import Sequence
from typing import NamedTuple

from kb.model.value import Value
from kb.schedules.folding import Title, name_of
from kb.schedules.similar import ratio

SURE = 0.8
"""Score from which a pair is one session."""
DOUBTFUL = 0.6
"""Score from which a person should look at it."""
_ALIKE = 0.6
"""Two titles below this have nothing to do with each other."""
_NAME = 0.82
"""Two names below this are two persons."""
_SHORT = 14
"""Letters of a title in which a few others make another word."""
_ALIKE_IF_SHORT = 0.9
GENERIC = frozenset(
    {
        "a", "and", "break", "breakfast", "closing", "coffee", "day", "demo", "discussion",
        "dinner", "intro", "introduction", "keynote", "keynotes", "lightning", "lunch", "of",
        "open", "opening", "panel", "party", "plenary", "q", "question", "questions",
        "registration", "remarks", "reception", "session", "sessions", "social", "space",
        "speech", "sprint", "sprints", "talk", "talks", "the", "unconference", "welcome",
        "workshop", "workshops", "1", "2", "3", "4", "5", "i", "ii", "iii",
    }
)  # fmt: skip
"""Words that are no more than the kind of a session, and its number."""
_TITLE, _SPEAKERS = 0.72, 0.28
_ALONE = 0.94
"""What a title counts where one side names no speakers."""
_GIVEN_HEAD, _GIVEN_TAIL, _BEGINS, _SOME_WORDS = 0.97, 0.93, 0.94, 0.9
"""What a title counts that was cut down to its head, its subtitle, its first words, or some."""
_HELPS, _HURTS = 0.03, 0.12


class Side(Value, frozen=True):
    """A session, from the notes or from the programme, ready to be compared."""

    title: Title
    names: tuple[str, ...] = ()
    """As `name_of` returns them."""
    date: str = ""
    weekday: str = ""
    """English, lower case: of `date`, or all that is known."""
    start: str = ""
    urls: frozenset[str] = frozenset()
    """Canonical, as `canonical` returns them."""


class Likeness(NamedTuple):
    """How alike two sides are, and in what."""

    score: float
    title: float
    speakers: float | None
    """None where one side names nobody."""
    reasons: tuple[str, ...]
    """What they share: of `title speakers day time url`."""


NOTHING = Likeness(0.0, 0.0, None, ())


def likeness(a: Side, b: Side) -> Likeness:
    """Return how alike a talk of the notes and a session of the programme are."""
    shared = bool(a.urls & b.urls)
    speakers = speaker_likeness(a.names, b.names)
    title = title_likeness(a.title, b.title)
    if title < SURE and (speakers is None or speakers >= 0.6):
        title = max(title, _words_alike(a.title, b.title))
    if not shared and (title < 0.4 or (title < _ALIKE and not speakers)):
        return NOTHING
    change, day, time = _when(a, b)
    if shared:
        fits = title >= 0.4 or (speakers or 0.0) >= 0.5
        score = max(_score(title, speakers), 0.92) if fits else 0.7
    else:
        score = _score(title, speakers)
        if not speakers and (_says_little(a.title, title) or _says_little(b.title, title)):
            # There is one keynote at a time, but there are many of them.
            score = min(score, SURE if time else DOUBTFUL + 0.1)
    reasons = tuple(
        name
        for name, holds in (
            ("title", title >= 0.8),
            ("speakers", (speakers or 0.0) >= 0.8),
            ("day", day),
            ("time", time),
            ("url", shared),
        )
        if holds
    )
    return Likeness(round(min(max(score + change, 0.0), 1.0), 4), title, speakers, reasons)


def _says_little(title: Title, likeness: float) -> bool:
    """Return whether a title proves little: it is no more than a kind, or short and unlike."""
    return GENERIC.issuperset(title.words) or (
        len(title.whole) <= _SHORT and likeness < _ALIKE_IF_SHORT
    )


def _score(title: float, speakers: float | None) -> float:
    return title * _ALONE if speakers is None else title * _TITLE + speakers * _SPEAKERS


def _when(a: Side, b: Side) -> tuple[float, bool, bool]:
    """Return what day and time add to the score, and whether they agree."""
    change, day, time = 0.0, False, False
    known = a.date and b.date
    if known or (a.weekday and b.weekday):
        day = a.date == b.date if known else a.weekday == b.weekday
        change += _HELPS if day else -_HURTS
    if a.start and b.start and (day or not known):
        time = a.start == b.start
        change += _HELPS if time else -_HURTS / 2
    return change, day, time


def title_likeness(a: Title, b: Title) -> float:
    """Return how alike two titles are: whole, in any order of words, or without a subtitle."""
    if a.whole == b.whole:
        return 1.0
    best = max(ratio(a.whole, b.whole, 0.4), 0.98 * ratio(a.ordered, b.ordered, 0.4))
    for cut, other in ((a, b), (b, a)):
        if cut.head != cut.whole and len(cut.head) > 3:
            best = max(best, _GIVEN_HEAD * ratio(cut.head, other.whole, 0.8))
        if len(cut.tail) > _SHORT:
            best = max(best, _GIVEN_TAIL * ratio(cut.tail, other.whole, 0.8))
    if a.head != a.whole and b.head != b.whole and len(a.head) > _SHORT and a.head == b.head:
        best = max(best, 0.85)
    short, long = sorted((a.whole, b.whole), key=len)
    if len(short) > _SHORT and len(long) > len(short) and best < _BEGINS:
        start = long[: len(short)]
        if long[len(short)] == " " or ratio(short, start, 0.9) >= 0.93:
            best = max(best, _BEGINS * ratio(short, start, 0.9))
    return best


def speaker_likeness(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Return how far the shorter list of names is part of the longer; None where one is empty."""
    if not a or not b:
        return None
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    return sum(max(name_likeness(one, other) for other in many) for one in few) / len(few)


def name_likeness(a: str, b: str) -> float:
    """Return how likely two names (as `name_of` gives them) are one person's."""
    if a == b:
        return 1.0
    first, second = a.split(), b.split()
    if len(first) == len(second) > 1 and _with_initials(first, second):
        return 0.9
    few, many = (first, second) if len(first) <= len(second) else (second, first)
    if len(few) > 1 and set(few) <= set(many):
        return 0.95
    # One letter may move a word in the alphabet, so words are compared one by one, too.
    return max(ratio(a, b, _NAME), _word_by_word(few, many))


def _with_initials(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether the names are one where some words are initials: `j smith`, `jane smith`."""
    shared = set(first) & set(second)
    left = [word for word in first if word not in shared]
    right = [word for word in second if word not in shared]
    return (
        bool(shared)
        and len(left) == len(right) == 1
        and ((len(left[0]) == 1 or len(right[0]) == 1) and left[0][0] == right[0][0])
    )


def _word_by_word(few: Sequence[str], many: Sequence[str]) -> float:
    """Return how alike two names are whose words differ in letters: one word must be the same."""
    if len(few) < 2 or len(many) - len(few) > 1 or not set(few) & set(many):
        return 0.0
    found = [max(ratio(word, other, 0.6) for other in many) for word in few]
    if min(found) < 0.6:
        return 0.0
    return min(0.95, sum(map(_weighed, few, found)) / sum(map(len, few)))


def _weighed(word: str, alike: float) -> float:
    return len(word) * alike


def _words_alike(a: Title, b: Title) -> float:
    """Return how far the words of the shorter title are those of the longer, in whatever order.

    Of the whole, or of its head where the subtitle was dropped; one word may have a typo.
    """
    best = 0.0
    for long, short in ((a, b), (b, a)):
        words = short.words
        if len(short.whole) > len(long.whole) or len(words) < 2:
            continue
        for text, worth in ((long.head, _GIVEN_HEAD), (long.whole, _SOME_WORDS)):
            others = text.split()
            if len(words) > len(others) + 1:
                continue
            found = [max(ratio(word, other, 0.55) for other in others) for word in words]
            held = sum(map(_weighed, words, found)) / sum(map(len, words))
            # What the longer text has besides speaks against it.
            rest = min(1.0, (sum(map(len, words)) + 4) / sum(map(len, others)))
            best = max(best, worth * held * rest**0.5)
    return best


def names_of(speakers: Sequence[str]) -> tuple[str, ...]:
    """Return the names of `speakers` as they are compared."""
    return tuple(dict.fromkeys(filter(None, map(name_of, speakers))))
