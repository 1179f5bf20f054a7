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
from collections.abc import Iterable, Iterator, Sequence

from kb.model.value import Value
from kb.search.analysis import APART, GAP, fold, key, placed
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

PLACES_LIMIT = 255
"""Places that are kept of one word in one document."""

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


def _fields(document: Document) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the fields of `document` but the body, and their texts."""
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
    yield TITLE, titles
    yield SPEAKERS, speakers
    yield TOPICS, topics
    year = str(document.year) if document.year else ""
    if year and not any(year in text for text in event):
        event = (*event, year)
    yield EVENT, event


def postings(document: Document, known: Collection) -> dict[str, Posting]:
    """Return every word and key of `document` with its posting."""
    scale = _OF_KIND[document.kind]
    weights: dict[str, float] = {}
    fields: dict[str, int] = {}
    places: dict[str, list[int]] = {}
    for field, texts in _fields(document):
        if not any(texts):
            continue
        here, length = _placed(texts, field)
        step = scale * _step(field, length, known)
        for word, found in here.items():
            weights[word] = weights.get(word, 0.0) + step * len(found)
            fields[word] = fields.get(word, 0) | field
            places.setdefault(word, []).extend(found)
    once, more, length = _body(document.body)
    step = scale * _step(BODY, length, known)
    for word, found in more.items():
        weights[word] = weights.get(word, 0.0) + step * len(found)
        fields[word] = fields.get(word, 0) | BODY
        places.setdefault(word, []).extend(found)
    # Nearly all words stand in the text alone, once: they take the short way.
    short = bytes((weight_code(step), BODY))
    for word in weights.keys() & once.keys():
        weights[word] += step
        fields[word] |= BODY
        places[word].append(once.pop(word))
    if length < _SINGLES - BANDS[BODY] - 2 * len(document.body):
        result = {word: short + _SINGLE[place] for word, place in once.items()}
    else:
        result = {word: short + _differences((place,)) for word, place in once.items()}
    codes: dict[float, int] = {}
    for word, weight in weights.items():
        code = codes.get(weight)
        if code is None:
            code = codes[weight] = weight_code(weight)
        result[word] = bytes((code, fields[word])) + _differences(places[word])
    result.update(dict.fromkeys(keys(document), NUL))
    return result


def _step(field: int, length: int, known: Collection) -> float:
    """Return what one occurrence weighs in a field of `length` words."""
    norm = _NORM[field]
    usual = known.body_length if field == BODY else _USUAL[field]
    return _BOOST[field] / (1 - norm + norm * length / usual)


def _placed(texts: Sequence[str], field: int) -> tuple[dict[str, list[int]], int]:
    """Return the places of each word of a field of names, and how many words there are."""
    found: dict[str, list[int]] = {}
    base = BANDS[field]
    last = base - 1
    for word, place in placed(fold(APART.join(texts)), base):
        if place >= base + _BAND_ROOM:
            break
        last = place
        found.setdefault(word, []).append(place)
    found.pop(GAP, None)
    return found, max(1, last - base + 1 - 2 * (len(texts) - 1))


def _body(texts: Sequence[str]) -> tuple[dict[str, int], dict[str, list[int]], int]:
    """Return the place of each word that a text has once, the places of others, and its length."""
    if not texts:
        return {}, {}, 1
    start = BANDS[BODY]
    pairs = [*placed(fold(APART.join(texts)), start)]
    length = max(1, (pairs[-1][1] if pairs else start) - start + 1 - 2 * (len(texts) - 1))
    once = dict(pairs)
    more: dict[str, list[int]] = {}
    if len(once) < len(pairs):
        # The last place of a word stands in `once` now; its first one tells whether there are two.
        first = dict(reversed(pairs))
        repeated = {word for word, place in once.items() if first[word] != place}
        for word, place in pairs:
            if word in repeated:
                if word in more:
                    more[word].append(place)
                else:
                    more[word] = [place]
                    del once[word]
    more.pop(GAP, None)
    once.pop(GAP, None)
    return once, more, length


_SINGLES = 1 << 14
_SINGLE = tuple(
    bytes((place & 127 | 128, place >> 7)) if place > 127 else bytes((place,))
    for place in range(_SINGLES)
)
"""The bytes of a posting's places where there is one."""


def _differences(places: Sequence[int]) -> bytes:
    """Return ascending places as LEB128 differences."""
    data = bytearray()
    last = 0
    for place in places[:PLACES_LIMIT]:
        step = place - last
        if step < 0:
            # A long word is cut to what its joined form, yielded before it, was cut to.
            return _differences(sorted(set(places)))
        last = place
        while step > 127:
            data.append(step & 127 | 128)
            step >>= 7
        data.append(step)
    return bytes(data)


def places_of(posting: Posting) -> list[int]:
    """Return the places that a posting holds, ascending."""
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
        for word, _ in placed(fold(path_words(note))):
            yield f"#note:{word}"
    for name, values in _filters(document):
        for value in values:
            if value:
                yield f"#{name}:{value}"


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
