"""How often each session uses each word, and which words tell most of it.

Words are weighed by TF-IDF (Sparck Jones, 1972; https://doi.org/10.1108/eb026526), their rarity in
steps: so a few words more in one session leave the weights of all others as they are. Sessions and
words are numbers here, and lists of them packed: a site has very many.
"""

import sys
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress, count
from math import log, log2, sqrt

from kb.model.pattern import Pattern
from kb.model.value import Value

TERMS = 14
"""Telling words kept of one session."""
MOST_OFTEN = 40
"""Times from which a word in one session counts no more."""
_WORD = Pattern(r"[^\W\d_][\w'’+#.-]+[\w+#]")
"""Three signs at least, from a letter on."""
_ASCII_WORD = Pattern(r"[A-Za-z][A-Za-z0-9_'+#.-]+[A-Za-z0-9_+#]")
"""The same for text in ASCII, and faster."""
_ABOVE = Pattern(r"[^\x00-\u303f]")
"""A sign as high as ideographs; it is compiled in a fifth of the time that they take."""
_IDEOGRAPHS = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
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


class Vocabulary(Value, frozen=True, array_like=True):
    """How often each subject uses each word, and the most telling words of each.

    Subjects and words are numbers, and lists of them packed: a site has very many.
    """

    words: bytes
    """All words by number, with line feeds between them: most are never asked for."""
    spread: bytes
    """`array("I")`: how many subjects have each word."""
    ends: bytes
    """`array("I")`: where the words of each subject end in `used`."""
    used: bytes
    """`array("I")`: the words of all subjects, one subject after the other."""
    times: bytes
    """`array("B")`: how often each is used there, `MOST_OFTEN` at most."""
    term_ends: bytes
    """`array("I")`: where the words of each subject end in `terms`."""
    terms: bytes
    """`array("I")`: the most telling words of all subjects, best first."""
    weights: bytes
    """`array("d")`: the weight of each of them; those of one subject are a unit vector."""


Terms = Sequence[tuple[int, float]]
"""Words with their weights, best first."""
NOBODY: tuple[Sequence[int], Sequence[float]] = ((), ())
"""The subjects that have a word, and its weight in each: none."""


def vocabulary_of(all_texts: Iterable[Sequence[str]]) -> Vocabulary:
    """Return the words of all subjects, given the texts of each in their order."""
    numbers: dict[str, int] = defaultdict(count().__next__)
    ends, used, times = array("I"), array("I"), array("B")
    for texts in all_texts:
        uses = _uses(texts)
        used.extend(map(numbers.__getitem__, uses))
        times.extend(uses.values())
        ends.append(len(used))
    names = tuple(numbers)
    spread = array("I", bytes(4 * len(names)))
    for number in used:
        spread[number] += 1
    total = len(ends)
    rare = [_rarity(name, many, total) for name, many in zip(names, spread, strict=True)]
    term_ends, terms, weights = array("I"), array("I"), array("d")
    start = 0
    for end in ends:
        own = used[start:end]
        best = _telling(own, times[start:end], map(rare.__getitem__, own), names)
        terms.extend([number for number, _ in best])
        weights.extend([weight for _, weight in best])
        term_ends.append(len(terms))
        start = end
    return Vocabulary(
        _packed(names),
        spread.tobytes(),
        ends.tobytes(),
        used.tobytes(),
        times.tobytes(),
        term_ends.tobytes(),
        terms.tobytes(),
        weights.tobytes(),
    )


@dataclass(frozen=True)
class Change:
    """Other words of some subjects."""

    names: Sequence[str]
    """Of all words; new ones at the end."""
    spread: "array[int]"
    uses: Mapping[int, tuple[Sequence[int], Sequence[int]]]
    """By subject: its words, and how often each."""
    touched: frozenset[int]
    """Words that more or fewer subjects may have than before."""


def changed_words(before: "Shelf", texts: Mapping[int, Sequence[str]]) -> Change:
    """Return what comes of other texts of the subjects of these numbers."""
    said = {subject: dict(_uses(words)) for subject, words in texts.items()}
    asked = {word for uses in said.values() for word in uses}
    numbers = dict(
        compress(zip(before.names, count(), strict=False), map(asked.__contains__, before.names))
    )
    names, spread = list(before.names), array("I")
    spread.frombytes(before.spread_bytes)
    uses: dict[int, tuple[Sequence[int], Sequence[int]]] = {}
    touched: set[int] = set()
    for subject, words in said.items():
        used, times = array("I"), array("B")
        for word, often in words.items():
            number = numbers.setdefault(word, len(names))
            if number == len(names):
                names.append(word)
                spread.append(0)
            used.append(number)
            times.append(often)
        gone, _ = before.uses(subject)
        for number in gone:
            spread[number] -= 1
        for number in used:
            spread[number] += 1
        touched.update(gone, used)
        uses[subject] = (used, times)
    return Change(names, spread, uses, frozenset(touched))


def told_anew(before: "Shelf", change: Change, total: int) -> dict[int, Terms]:
    """Return the most telling words of each subject that has other ones, or other weights, now."""

    def rarity(number: int) -> int:
        return _rarity(change.names[number], change.spread[number], total)

    concerned = set(change.uses)
    for number in change.touched:
        if number < len(before.names):
            was = _rarity(change.names[number], before.spread[number], total)
            if was != rarity(number):
                concerned.update(before.users(number))
    told: dict[int, Terms] = {}
    for subject in concerned:
        used, times = change.uses.get(subject) or before.uses(subject)
        best = _telling(used, times, map(rarity, used), change.names)
        if best != before.terms(subject):
            told[subject] = best
    return told


class Shelf:
    """Reads what a `Vocabulary` holds."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.spread = _numbers(vocabulary.spread)
        self.spread_bytes = vocabulary.spread
        self._vocabulary = vocabulary
        self._ends = _numbers(vocabulary.ends)
        self._term_ends = _numbers(vocabulary.term_ends)
        self._used = _numbers(vocabulary.used)
        self._times = memoryview(vocabulary.times)
        self._terms = _numbers(vocabulary.terms)
        self._weights = memoryview(vocabulary.weights).cast("d")

    @cached_property
    def names(self) -> Sequence[str]:
        """All words by number."""
        words = self._vocabulary.words
        return words.decode("utf-8", "surrogatepass").split("\n") if words else []

    def uses(self, subject: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the words that `subject` uses, and how often."""
        span = _span(self._ends, subject)
        return self._used[span], self._times[span]

    def terms(self, subject: int) -> Terms:
        """Return the most telling words of `subject`, best first."""
        return list(self.weights(subject).items())

    def weights(self, subject: int) -> dict[int, float]:
        """Return the most telling words of `subject` and their weights, best first."""
        span = _span(self._term_ends, subject)
        return dict(zip(self._terms[span], self._weights[span], strict=True))

    def having(
        self, is_talk: Callable[[int], bool], most: int
    ) -> Callable[[int], tuple[Sequence[int], Sequence[float]]]:
        """Return what tells the talks that have a word, and its weight in each; none above `most`.

        The talks that have a word lie side by side in memory: that takes half the time.
        """
        many = array("I", bytes(4 * len(self.spread)))
        spans = [(n, _span(self._term_ends, n)) for n in range(len(self._term_ends)) if is_talk(n)]
        for _, span in spans:
            for word in self._terms[span]:
                many[word] += 1
        starts = array("I", accumulate(many, initial=0))
        places = starts[:]
        talks = array("I", bytes(4 * starts[-1]))
        weights = array("d", bytes(8 * starts[-1]))
        for talk, span in spans:
            for word, weight in zip(self._terms[span], self._weights[span], strict=True):
                place = places[word]
                talks[place], weights[place] = talk, weight
                places[word] += 1

        def found(word: int) -> tuple[Sequence[int], Sequence[float]]:
            if many[word] > most:
                return NOBODY
            span = slice(starts[word], starts[word + 1])
            return talks[span], weights[span]

        return found

    def users(self, word: int) -> Iterator[int]:
        """Yield the subjects that use `word`."""
        for place in _places(self._vocabulary.used, word):
            yield bisect_right(self._ends, place)

    def tellers(self, words: Collection[int]) -> dict[int, list[tuple[int, float]]]:
        """Return of each of `words` the subjects of whose most telling ones it is, and its weight
        there."""
        found: dict[int, list[tuple[int, float]]] = {word: [] for word in words}
        asked = map(found.__contains__, self._terms)
        for place in compress(range(len(self._terms)), asked):
            subject = bisect_right(self._term_ends, place)
            found[self._terms[place]].append((subject, self._weights[place]))
        return found

    def spliced(self, change: Change, told: Mapping[int, Terms]) -> Vocabulary:
        """Return the vocabulary with other words and other most telling words of some subjects."""
        own, uses = self._vocabulary, change.uses
        added = change.names[len(self.names) :]
        known = (own.words,) if own.words else ()
        return Vocabulary(
            b"\n".join((*known, *((_packed(added),) if added else ()))),
            change.spread.tobytes(),
            _moved(self._ends, {n: len(used) for n, (used, _) in uses.items()}),
            _spliced(own.used, self._ends, "I", {n: used for n, (used, _) in uses.items()}),
            _spliced(own.times, self._ends, "B", {n: times for n, (_, times) in uses.items()}),
            _moved(self._term_ends, {n: len(best) for n, best in told.items()}),
            _spliced(
                own.terms,
                self._term_ends,
                "I",
                {n: [w for w, _ in best] for n, best in told.items()},
            ),
            _spliced(
                own.weights,
                self._term_ends,
                "d",
                {n: [weight for _, weight in best] for n, best in told.items()},
            ),
        )


def _packed(names: Iterable[str]) -> bytes:
    return "\n".join(names).encode("utf-8", "surrogatepass")


def _numbers(data: bytes) -> Sequence[int]:
    return memoryview(data).cast("I")


def _span(ends: Sequence[int], number: int) -> slice:
    return slice(ends[number - 1] if number else 0, ends[number])


def _places(data: bytes, number: int) -> Iterator[int]:
    """Yield where `number` stands in the packed numbers `data`."""
    wanted = number.to_bytes(4, sys.byteorder)
    at = data.find(wanted)
    while at >= 0:
        if at % 4 == 0:
            yield at // 4
        at = data.find(wanted, at + 1)


def _moved(ends: Sequence[int], lengths: Mapping[int, int]) -> bytes:
    """Return packed `ends` with other lengths of some parts."""
    moved = array("I", ends)
    shift = 0
    start = min(lengths, default=len(moved))
    for number in range(start, len(moved)):
        if number in lengths:
            span = _span(ends, number)
            shift += lengths[number] - (span.stop - span.start)
        moved[number] = ends[number] + shift
    return moved.tobytes()


def _spliced(
    data: bytes, ends: Sequence[int], code: str, parts: Mapping[int, Sequence[float]]
) -> bytes:
    """Return the packed numbers `data` with other `parts`; `code` is that of `array`."""
    size = array(code).itemsize
    pieces, at = [], 0
    for number in sorted(parts):
        span = _span(ends, number)
        pieces += [data[at : span.start * size], array(code, parts[number]).tobytes()]
        at = span.stop * size
    return b"".join([*pieces, data[at:]])


def words_of(text: str) -> list[str]:
    """Return the words of `text` that may tell something; pairs of signs for CJK scripts."""
    if text.isascii():
        return _ASCII_WORD.findall(text)
    if not (_ABOVE.search(text) and _IDEOGRAPHS.search(text)):
        return [
            word
            for line in text.split("\n")
            for word in (_ASCII_WORD if line.isascii() else _WORD).findall(line)
        ]
    pairs = [
        run[place : place + 2] for run in _IDEOGRAPHS.findall(text) for place in range(len(run) - 1)
    ]
    return _WORD.findall(_IDEOGRAPHS.sub(" ", text)) + pairs


def _uses(texts: Sequence[str]) -> Mapping[str, int]:
    """Return the words of `texts` and how often each is used, `MOST_OFTEN` at most."""
    words = words_of("\n".join(texts).lower())
    uses = Counter(words)
    if max(uses.values(), default=0) > MOST_OFTEN:
        return {word: min(times, MOST_OFTEN) for word, times in uses.items()}
    return uses


def _rarity(word: str, many: int, total: int) -> int:
    """Return what a word weighs that `many` of `total` subjects have: a step for each doubling."""
    return _step(many, total) if many > 1 and word not in _STOP else 0


@lru_cache(maxsize=4096)
def _step(many: int, total: int) -> int:
    return round(log2(1 + total / many)) if many <= max(2, total // 6) else 0


def _telling(
    used: Iterable[int], times: Iterable[int], rarities: Iterable[int], names: Sequence[str]
) -> Terms:
    """Return the most telling of the words used: often here, seldom elsewhere, not alone.

    `rarities` are those of the words `used`, in the same order.
    """
    weighed = [
        (-rare * _OFTEN[often], number)
        for number, often, rare in zip(used, times, rarities, strict=True)
        if rare
    ]
    if len(weighed) > TERMS:
        # Numbers alone are sorted much faster than words that weigh the same.
        least = sorted([weight for weight, _ in weighed])[TERMS - 1]
        weighed = [one for one in weighed if one[0] <= least]
    best = sorted([(weight, names[number], number) for weight, number in weighed])[:TERMS]
    length = sqrt(sum([weight * weight for weight, _, _ in best])) or 1.0
    return [(number, -weight / length) for weight, _, number in best]


_OFTEN = (0.0, *(1 + log(times) for times in range(1, MOST_OFTEN + 1)))
"""What a word weighs more where it is used so many times."""
