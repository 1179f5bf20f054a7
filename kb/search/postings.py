"""Documents → postings: which word stands where in which document, and how much it weighs there.

A posting is a few bytes, the same in every index: weight, fields, places. The weight is
the term frequency of BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009,
section 3.6): occurrences counted by field, each divided by its field's length norm, summed.
Everything that depends on the collection as a whole (how rare a word is) is left to the moment of
asking, so that one changed note changes only its own postings.

Besides words there are keys, which no text can hold: `web dev⇥t` (carries the topic "web dev",
whole), `web dev⇥l` (is labelled so, whole), `monty taylor⇥n` (is called so, whole), and
`#year:2017` for what filters ask. A key starts with the words it is made of, so it lies beside them
in every sorted index.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import accumulate, chain
from operator import sub
from typing import NamedTuple

from kb.model.value import Value
from kb.search.analysis import APART, GAP, fold, key, placed, runs_of
from kb.search.documents import Document, path_words

TITLE, SPEAKERS, TOPICS, EVENT, BODY = 1, 2, 4, 8, 16
"""Bits of a posting's fields."""
NAMES = SPEAKERS | TOPICS | EVENT
"""Fields whose words are names: never stemmed."""

BANDS = {TITLE: 0, SPEAKERS: 1000, TOPICS: 2000, EVENT: 3000, BODY: 4000}
"""Where each field's places start, so that a place tells its field."""
_BAND_ROOM = 990
_BOOST = {TITLE: 4.0, SPEAKERS: 4.0, TOPICS: 2.5, EVENT: 1.5, BODY: 1.0}
_NORM = {TITLE: 0.6, SPEAKERS: 0.3, TOPICS: 0.3, EVENT: 0.3, BODY: 0.75}
"""BM25's b: how much a long field's words count less."""
_USUAL = {TITLE: 8, SPEAKERS: 3, TOPICS: 4, EVENT: 4}
"""Usual lengths in words; the body's is measured."""
_OF_KIND = {"talk": 1.0, "session": 0.9, "speaker": 0.8, "topic": 0.8, "event": 0.7,
            "note": 0.6, "link": 0.4}  # fmt: skip

ONE = 128
"""The weight of one occurrence in a body of usual length."""

PLACES_BYTES = 255
"""Bytes of the places that are kept of one word in one document: their length is one byte."""

NUL = b"\0\0"
"""The posting of a key: it weighs nothing."""

Posting = bytes
"""Weight code, fields, then places as differences in LEB128."""


class Collection(Value, frozen=True):
    """What has to be known of all documents before one can be weighed."""

    body_length: int = 128
    """Usual words of a body, rounded to half octaves: it moves seldom, as a note comes or goes."""


class Measure(Value, frozen=True):
    """What `Collection` comes from, kept as sums: a document more or less changes it by itself."""

    bodies: int = 0
    """How many documents have a body."""
    letters: int = 0
    """Characters of all bodies."""

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Measure":
        """Return the measure of all `documents`."""
        return cls().with_changes(documents, ())

    def with_changes(self, coming: Iterable[Document], leaving: Iterable[Document]) -> "Measure":
        """Return the measure with the documents `coming` and without those `leaving`."""
        bodies, letters = self.bodies, self.letters
        for sign, documents in ((1, coming), (-1, leaving)):
            for document in documents:
                if document.body:
                    bodies += sign
                    letters += sign * sum(map(len, document.body))
        return Measure(bodies, letters)

    @property
    def collection(self) -> Collection:
        """Return what weighing needs to know."""
        if not self.bodies:
            return Collection()
        words = max(8.0, self.letters / self.bodies / 6.5)
        return Collection(body_length=round(2 ** (round(math.log2(words) * 2) / 2)))


def collection(documents: Iterable[Document]) -> Collection:
    """Return what weighing needs to know of all `documents`."""
    return Measure.of(documents).collection


def weight_code(weight: float) -> int:
    """Return the byte (1 to 255) for `weight`: three bits of mantissa, five of exponent."""
    amount = max(8, round(weight * ONE))
    exponent = amount.bit_length() - 4
    return min(255, (exponent << 3 | (amount >> exponent) - 8) + 1)


def weight_of(code: int) -> int:
    """Return the weight, in 128ths, that a posting's first byte stands for; 0 for a key."""
    return (8 + (code - 1 & 7)) << (code - 1 >> 3) if code else 0


def _fields(document: Document) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the fields of `document` that say something, but for the body, and their texts."""
    own = (document.title, *document.names)
    speakers, topics = (*document.speakers, *document.speaker_names), document.topics
    event: tuple[str, ...] = (document.event, *document.event_names)
    if document.kind == "speaker":
        speakers = own
    elif document.kind == "topic":
        topics = own
    elif document.kind == "event":
        event = own
    titles = (document.title,) if document.kind in {"talk", "session", "note"} else own
    year = str(document.year) if document.year else ""
    if year and not any(year in text for text in event):
        event = (*event, year)
    for field, texts in ((TITLE, titles), (SPEAKERS, speakers), (TOPICS, topics), (EVENT, event)):
        if any(texts):
            yield field, texts


def postings(document: Document, known: Collection) -> dict[str, Posting]:
    """Return every word and key of `document` with its posting."""
    scale = _OF_KIND[document.kind]
    named = [
        (field, (_named if field == TITLE else _shared)(texts, field, scale))
        for field, texts in _fields(document)
    ]
    result: dict[str, Posting] = {}
    several: set[str] = set()
    """Words that stand in several fields: their postings are made of all of these."""
    for _, words in named:
        several |= result.keys() & words.postings.keys()
        result |= words.postings
    body = _body(document.body, scale, known) if document.body else _NO_BODY
    if body.once or body.forms:
        several |= result.keys() & body.once.keys()
        several |= result.keys() & body.forms
        result |= body.once
        result |= body.postings()
    for word in several:
        weight, fields, together = 0.0, 0, []
        for field, words in named:
            if places := words.places.get(word):
                weight += words.step * len(places)
                fields |= field
                together += places
        if here := body.places(word):
            weight += body.step * len(here)
            fields |= BODY
            together += here
        result[word] = _posting(weight, fields, together)
    result.update(dict.fromkeys(keys(document), NUL))
    return result


def _posting(weight: float, fields: int, places: Sequence[int]) -> Posting:
    return _head(weight, fields) + _differences(places)


@lru_cache(maxsize=32_768)
def _head(weight: float, fields: int) -> bytes:
    """Return the beginning of a posting: weight code and fields."""
    return bytes((weight_code(weight), fields))


def _step(field: int, length: int, known: Collection) -> float:
    """Return what one occurrence weighs in a field of `length` words."""
    norm = _NORM[field]
    usual = known.body_length if field == BODY else _USUAL[field]
    return _BOOST[field] / (1 - norm + norm * length / usual)


class _Words(NamedTuple):
    """The words of a field of names."""

    postings: dict[str, Posting]
    """What is the posting of each, if it stands in no other field."""
    places: dict[str, list[int]]
    """Where each stands."""
    step: float
    """What it weighs in each place."""


def _named(texts: tuple[str, ...], field: int, scale: float) -> _Words:
    """Return the words of a field of names."""
    runs, joined = runs_of(fold(APART.join(texts)))
    del runs[_BAND_ROOM:]
    found: dict[str, list[int]] = {}
    for place, word in enumerate(runs, BANDS[field]):
        if word in found:
            found[word].append(place)
        else:
            found[word] = [place]
    for form, place in joined:
        if place < _BAND_ROOM:
            found[form] = sorted({*found.get(form, ()), BANDS[field] + place})
    found.pop(GAP, None)
    # It is of no body, whose usual length is another in each collection.
    step = scale * _step(field, max(1, len(runs) - 2 * (len(texts) - 1)), Collection())
    head = _head(step, field)
    made = {
        word: head + _STEPS[places[0]]
        if len(places) == 1
        else _posting(step * len(places), field, places)
        for word, places in found.items()
    }
    return _Words(made, found, step)


_shared = lru_cache(maxsize=4096)(_named)
"""The same for what documents share: the names of their events, speakers and topics."""


class _Body(NamedTuple):
    """The words of a text."""

    once: Mapping[str, Posting]
    """Every word, but for joined forms, as if the text had it once."""
    more: Mapping[str, list[int]]
    """Where joined forms stand, and those words that the text has more than once."""
    forms: AbstractSet[str]
    """The joined forms."""
    step: float
    """What a word weighs in each place."""

    def postings(self) -> dict[str, Posting]:
        """Return what is the posting of each word in `more`, if it stands in no other field."""
        step, steps = self.step, _STEPS
        twice = _head(step * 2, BODY)
        found: dict[str, Posting] = {}
        for word, places in self.more.items():
            if len(places) == 2 and places[1] < len(steps):
                found[word] = twice + steps[places[0]] + steps[places[1] - places[0]]
            else:
                found[word] = _posting(step * len(places), BODY, places)
        return found

    def places(self, word: str) -> Sequence[int]:
        """Return where a word stands."""
        if places := self.more.get(word):
            return places
        return places_of(self.once[word]) if word in self.once else ()


_NO_BODY = _Body({}, {}, frozenset(), 0.0)


def _body(texts: Sequence[str], scale: float, known: Collection) -> _Body:
    """Return the words of a text."""
    runs, joined = runs_of(fold(APART.join(texts)))
    start = BANDS[BODY]
    more: dict[str, list[int]] = {}
    counts = Counter(runs)
    if len(counts) < len(runs):
        more = {word: [] for word, count in counts.items() if count > 1}
        more.pop(GAP, None)
        for place, word in enumerate(runs, start):
            if word in more:
                more[word].append(place)
    forms: dict[str, set[int]] = {}
    for form, place in joined:
        forms.setdefault(form, set()).add(start + place)
    for form, places in forms.items():
        more[form] = sorted(places.union(more.get(form, ())))
    step = scale * _step(BODY, max(1, len(runs) - 2 * (len(texts) - 1)), known)
    return _Body(_once(runs, weight_code(step)), more, forms.keys(), step)


def _once(runs: Sequence[str], code: int) -> dict[str, Posting]:
    """Return the posting of each word of a text that has it once, with a weight of this code."""
    if len(runs) <= _MOST_SINGLES:
        found = dict(zip(runs, _singles(code, len(runs).bit_length()), strict=False))
    else:
        head = bytes((code, BODY))
        start = BANDS[BODY]
        found = {word: head + _differences((place,)) for place, word in enumerate(runs, start)}
    found.pop(GAP, None)
    return found


_MOST_SINGLES = 1 << 13


@lru_cache(maxsize=128)
def _singles(code: int, bits: int) -> tuple[Posting, ...]:
    """Return the posting of a word at each place of a body, where it weighs this and stands once.

    All documents share these: it spares most of the memory that postings would take.
    """
    start = BANDS[BODY]
    head = bytes((code, BODY))
    return tuple([head + place for place in _STEPS[start : start + (1 << bits)]])


_STEPS = tuple(
    bytes((step & 127 | 128, step >> 7)) if step > 127 else bytes((step,))
    for step in range(1 << 14)
)
"""Numbers in LEB128."""


def _differences(places: Sequence[int]) -> bytes:
    """Return ascending places as LEB128 differences."""
    short = places[-1] < len(_STEPS)
    if short and len(places) == 2:
        return _STEPS[places[0]] + _STEPS[places[1] - places[0]]
    steps = map(sub, places, chain((0,), places))
    data = b"".join(map(_STEPS.__getitem__ if short else leb128, steps))
    if len(data) <= PLACES_BYTES:
        return data
    end = PLACES_BYTES
    while data[end - 1] & 128:
        end -= 1
    return data[:end]


def leb128(number: int) -> bytes:
    """Return `number` in LEB128."""
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
    return bytes(data)


def places_of(posting: Posting) -> list[int]:
    """Return the places that a posting holds, ascending."""
    short = posting[2:3].isascii()
    rest = posting[3:] if short else posting[4:]
    if rest.isascii() and len(posting) > 2 and (short or posting[3] < 128):
        # Nearly always: steps of one byte after the first.
        first = posting[2] if short else posting[2] & 127 | posting[3] << 7
        return list(accumulate(rest, initial=first))
    found: list[int] = []
    place = shift = step = 0
    for byte in posting[2:]:
        step |= (byte & 127) << shift
        if byte & 128:
            shift += 7
            continue
        place += step
        found.append(place)
        step = shift = 0
    return found


def keys(document: Document) -> Iterator[str]:
    """Yield the keys of `document`: what filters and whole names are looked up by."""
    own = (document.title, *document.names)
    for name in (*document.topic_names, *(own if document.kind == "topic" else ())):
        yield f"{key(name)}\tt"
    for label in document.labels:
        yield f"{key(label)}\tl"
    if document.kind in {"speaker", "topic", "event", "link"}:
        for name in own:
            yield f"{key(name)}\tn"
    for note in document.notes:
        yield from _note_keys(note)
    for name, values in _filters(document):
        for value in values:
            if value:
                yield f"#{name}:{value}"


@lru_cache(maxsize=1024)
def _note_keys(path: str) -> tuple[str, ...]:
    """Return the keys by which documents of a note are found: a note has many."""
    return tuple(f"#note:{word}" for word, _ in placed(fold(path_words(path))))


def _filters(document: Document) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield what filters compare with: for each field its values."""
    yield "kind", (document.kind, key(document.session_kind) if document.kind != "link" else "")
    yield "year", (f"{document.year:04}" if document.year else "",)
    if document.kind not in {"speaker", "topic"}:  # theirs is only for their place among others
        yield "date", (document.date,)
    yield "day", map(key, document.days)
    yield "has", (singular(key(has)) for has in document.has)
    yield "lang", (key(document.language).partition("-")[0],)
    # As written, for counting and showing: how many of the found are at this event, by this person.
    yield "event", (document.event,)
    yield "speaker", document.speakers
    yield "topic", document.topics


def singular(word: str) -> str:
    """Return `slides` and `slide` as one word, and likewise every name of a thing had."""
    return re.sub("s$", "", word)
