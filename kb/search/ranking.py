"""Which documents answer a query, and in which order: the same arithmetic everywhere.

Everything is counted in whole numbers, so that Python and JavaScript agree to the last digit.

A hit is ordered by: being called what the query says; having all of its words; the sum over its
words of rarity × saturated weight (BM25F); then date, newest first.

What a query may cost is bounded here as well: how many words a prefix stands for, how many words
are looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from kb.model.value import Value
from kb.search.analysis import STOP_WORDS, fold, key, placed, words
from kb.search.postings import (
    BANDS,
    BODY,
    EVENT,
    NAMES,
    ONE,
    PLACES_BYTES,
    SPEAKERS,
    TITLE,
    TOPICS,
    Posting,
    places_of,
    singular,
    weight_of,
)
from kb.search.query import Either, Field, Group, Node, Not, Phrase, Query, Word

UNITS_LIMIT = 64
"""Words of a query that are looked up."""
TIER_UNITS = 8
"""A query of more words is a text: then having all of its words is no tier of its own."""
GUESSES_LIMIT = 4
"""Unknown words of a query that are taken for misspelt ones: looking for those takes longest."""
NEAR_LIMIT = 4
"""Words that a misspelt one may stand for."""
FEW = 3
"""A beginning of a word that fewer documents have may be a misspelling, too."""

EXACT, FAMILY, BEGINNING, NEAR, DOUBTFUL = 16, 13, 11, 9, 8
"""What a word is worth (in 16ths) by how it matches: itself, another form, longer, misspelt, or
perhaps misspelt though longer words are known: that does not count as having the word."""

ITSELF = 200
"""What a word adds (in 1024ths, beyond saturation) by standing in the document just as asked."""
FEW_UNITS, ITSELF_OF_FEW = 3, 400
"""Up to so many words were chosen with care: their own forms say more than they do in a text."""

_SATURATION = ONE * 6 // 5
_WEIGHTS = tuple(weight_of(code) for code in range(256))
_FIELD_BITS = {
    "speaker": SPEAKERS, "event": EVENT, "title": TITLE, "topic": TOPICS, "tag": TOPICS,
}  # fmt: skip

Postings = Mapping[int, Posting]
"""Number of a document → posting. Numbers go by date and URL: a later one is higher."""
Documents = frozenset[int]


class Lexicon(Protocol):
    """What ranking asks of an index."""

    def size(self) -> int:
        """Return how many documents there are; they are numbered from 0."""
        ...

    def count(self, term: str) -> int:
        """Return how many documents have `term` (a word or a key); 0 where it is unknown."""
        ...

    def postings(self, term: str) -> Postings:
        """Return the postings of `term`; empty where it is unknown."""
        ...

    def starting(self, prefix: str) -> Iterable[str]:
        """Return the terms that start with `prefix`, sorted."""
        ...

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted."""
        ...

    def near(self, word: str, *, anywhere: bool) -> Sequence[str]:
        """Return the nearest words, with its first letter, or `anywhere` with another one."""
        ...


class Unit(Value, frozen=True):
    """One word of the query, and the words of the index that it stands for."""

    text: str
    """The word as asked, folded."""
    forms: tuple[tuple[str, int], ...]
    """Words with what each is worth, in 16ths."""
    times: int = 1
    """How often the query says it."""
    needed: bool = True
    """It stands on its own, rather than as one of several that would do."""
    near: bool = False
    """Nobody knows the word; its forms are guesses."""


class Ranked(Value, frozen=True):
    """Documents that answer a query, best first."""

    documents: tuple[int, ...] = ()
    scores: tuple[int, ...] = ()
    complete: int = 0
    """How many of them have all words."""
    units: tuple[Unit, ...] = ()
    """What was looked for: what excerpts mark."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Words of the phrases."""


def rank(query: Query, lexicon: Lexicon, kinds: Sequence[str] = ()) -> Ranked:
    """Return the documents that answer `query`, only of `kinds` where some are given."""
    return _Ranking(lexicon).rank(query, kinds)


def rarity(size: int, count: int) -> int:
    """Return what a word in `count` of `size` documents tells: 64ths of its binary logarithm."""
    return logarithm((2 * size + 2) * 64 // (2 * count + 1)) - 384 + 16


def logarithm(number: int) -> int:
    """Return the binary logarithm of `number` (1 or more) in 64ths, straight between powers."""
    exponent = number.bit_length() - 1
    return exponent * 64 + ((number << 6) >> exponent) - 64


def saturated(weight: int) -> int:
    """Return how much a word of this weight says, of 1024: the first times say most."""
    return weight * 1024 // (weight + _SATURATION)


def beginnings(length: int) -> int:
    """Return how many words a beginning of `length` letters may stand for."""
    return (0, 0, 6, 24)[length] if length < 4 else 64


class _Ranking:
    """One query's way through an index."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.known: dict[Unit, dict[int, int]] = {}
        self.doubtful: dict[Unit, set[int]] = {}
        self.let_through: dict[Phrase | Field, Documents] = {}
        self.places: dict[str, _Places] = {}

    def rank(self, query: Query, kinds: Sequence[str]) -> Ranked:
        units = self._units(query)
        scores, counts = self._score(units)
        found = self._all_of(query.terms, units)
        if found is None:
            found = frozenset()
        if kinds:
            wanted = (self._having(f"#kind:{kind}") for kind in kinds)
            found &= frozenset().union(*wanted)
        self._add_topics(query, scores, found)
        named = self._named(query)
        needed = sum(unit.needed for unit in units)

        def order(document: int) -> tuple[bool, bool, int, int]:
            full = needed > TIER_UNITS or counts.get(document, 0) == needed
            return document in named, full, scores.get(document, 0), document

        ranked = sorted(found, key=order, reverse=True)
        if query.sort in {"date", "-date"}:
            ranked = sorted(found, reverse=query.sort == "date")
        return Ranked(
            documents=tuple(ranked),
            scores=tuple(scores.get(document, 0) for document in ranked),
            complete=sum(counts.get(document, 0) == needed for document in ranked),
            units=tuple(units),
            phrases=tuple(_phrases(query.terms)),
        )

    # Words

    def _units(self, query: Query) -> list[Unit]:
        """Return the words that score, each once, with what each stands for."""
        asked: dict[tuple[str, bool], tuple[int, bool]] = {}
        for word, needed in _typed(query.terms):
            parts = self._parts(word.text)
            for part in parts:
                # The last word may not be typed to its end.
                open_end = part == parts[-1] and (word.prefix or word is query.terms[-1])
                times, before = asked.get((part, open_end), (0, False))
                asked[part, open_end] = times + 1, needed or before
        if any(part not in STOP_WORDS for part, _ in asked) or _filters(query.terms):
            asked = {name: told for name, told in asked.items() if name[0] not in STOP_WORDS}
        units = [
            Unit(part, self._forms(part, open_end=open_end), times, needed)
            for (part, open_end), (times, needed) in list(asked.items())[:UNITS_LIMIT]
        ]
        unknown = [unit for unit in units if not unit.forms][:GUESSES_LIMIT]
        # With another first letter only where nothing else is found: it means reading all words.
        anywhere = len(units) == 1
        return [
            self._guessed(unit, anywhere=anywhere) if unit in unknown else unit for unit in units
        ]

    def _guessed(self, unit: Unit, *, anywhere: bool) -> Unit:
        near = self.lexicon.near(unit.text, anywhere=False)
        if not near and anywhere:
            near = self.lexicon.near(unit.text, anywhere=True)
        forms = tuple((word, NEAR) for word in near[:NEAR_LIMIT])
        return Unit(unit.text, forms, unit.times, unit.needed, near=True)

    def _parts(self, text: str) -> list[str]:
        """Return the words that typed `text` is: a joined form where it is known, or its parts."""
        folded = fold(text)
        plain = [word for word, _ in _plain(folded)]
        joined = [word.text for word in words(folded) if word.text not in plain]
        if len(joined) == 1 and self.lexicon.count(joined[0]):
            covered = [word for word, _ in _plain(joined[0])]
            return [joined[0], *(word for word in plain if word not in covered)]
        return plain

    def _forms(
        self, word: str, *, open_end: bool, guess: bool = True
    ) -> tuple[tuple[str, int], ...]:
        """Return the words of the index that `word` stands for; none where nobody knows it."""
        forms: dict[str, int] = {}
        if self.lexicon.count(word):
            forms[word] = EXACT
        if open_end:
            for longer in self._longer(word):
                forms.setdefault(longer, BEGINNING)
        if word in forms or not forms:
            forms.update((other, FAMILY) for other in self.lexicon.family(word) if other != word)
        elif guess and self._rare(forms):
            for other in self.lexicon.near(word, anywhere=False)[:NEAR_LIMIT]:
                forms.setdefault(other, DOUBTFUL)
        return tuple(forms.items())

    def _rare(self, forms: Mapping[str, int]) -> bool:
        return sum(self.lexicon.count(form) for form in forms) < FEW

    def _longer(self, prefix: str) -> list[str]:
        """Return the commonest words that start with `prefix`, as many as its length allows."""
        most = beginnings(len(prefix))
        if not most:
            return []
        longer = [term for term in self.lexicon.starting(prefix) if "\t" not in term]
        return sorted(longer, key=lambda term: (-self.lexicon.count(term), term))[:most]

    def _score(self, units: Sequence[Unit]) -> tuple[dict[int, int], dict[int, int]]:
        """Return the scores of documents, and how many of the words each has."""
        scores: dict[int, int] = {}
        counts: dict[int, int] = {}
        size = self.lexicon.size()
        itself = ITSELF_OF_FEW if len(units) <= FEW_UNITS else ITSELF
        for unit in units:
            weights = self._weights(unit)
            value = rarity(size, len(weights)) * min(unit.times, 3)
            exact = self.lexicon.postings(unit.text)
            for document, weight in weights.items():
                amount = saturated(weight) + (itself if document in exact else 0)
                scores[document] = scores.get(document, 0) + value * amount
                if unit.needed and document not in self.doubtful[unit]:
                    counts[document] = counts.get(document, 0) + 1
        return scores, counts

    def _weights(self, unit: Unit) -> dict[int, int]:
        """Return the documents that have the word in any form, with its weight in each."""
        if unit in self.known:
            return self.known[unit]
        weights: dict[int, int] = {}
        doubtful: dict[int, int] = {}
        for form, worth in unit.forms:
            into = doubtful if worth == DOUBTFUL else weights
            for document, posting in self.lexicon.postings(form).items():
                # Another form of a name is another name.
                if worth == FAMILY and not posting[1] & ~NAMES:
                    continue
                weight = _WEIGHTS[posting[0]] * worth >> 4
                into[document] = into.get(document, 0) + weight
        self.doubtful[unit] = doubtful.keys() - weights.keys()
        for document in self.doubtful[unit]:
            weights[document] = doubtful[document]
        self.known[unit] = weights
        return weights

    def _add_topics(self, query: Query, scores: dict[int, int], found: Documents) -> None:
        """Add to the scores of documents that carry a topic which the query names whole.

        Those that are labelled in these words are lifted above others that are about the topic.
        """
        pieces = [key(word.text) for word in query.terms if isinstance(word, Word)][:TIER_UNITS]
        size = self.lexicon.size()
        for first in range(len(pieces)):
            for last in range(first + 1, len(pieces) + 1):
                for mark in ("\tt", "\tl"):
                    carrying = self.lexicon.postings(" ".join(pieces[first:last]) + mark)
                    value = rarity(size, len(carrying)) * 1024
                    for document in carrying:
                        if document in found:
                            scores[document] = scores.get(document, 0) + value

    def _named(self, query: Query) -> Documents:
        """Return the documents that are called exactly what the query says."""
        if not all(isinstance(term, Word | Phrase) for term in query.terms):
            return frozenset()
        name = " ".join(key(term.text) for term in query.terms if isinstance(term, Word | Phrase))
        return self._having(f"{name}\tn")

    # What must be there

    def _all_of(self, terms: Sequence[Node], units: Sequence[Unit]) -> Documents | None:
        """Return the documents that a sequence of terms lets through; None where it asks nothing.

        Of words that stand alone one is enough: how many a document has decides its rank.
        """
        found: Documents | None = None
        excluded: Documents | None = None
        loose: list[str] = []
        for term in terms:
            if isinstance(term, Word):
                loose.extend(self._parts(term.text))
            elif isinstance(term, Not):
                excluded = (excluded or frozenset()) | self._one_of(term.term, units)
            else:
                these = self._one_of(term, units)
                found = these if found is None else found & these
                if not found:
                    return found
        counted = [unit for unit in units if unit.text in loose]
        if counted:
            anywhere = frozenset().union(*map(self._weights, counted))
            found = anywhere if found is None else found & anywhere
        elif loose and found is None:
            found = frozenset()
        if excluded is not None:
            found = (self._everything() if found is None else found) - excluded
        return found

    def _one_of(self, term: Node, units: Sequence[Unit]) -> Documents:
        """Return the documents that a single term lets through."""
        if isinstance(term, Word):
            return self._word(term, units)
        if isinstance(term, Phrase | Field):
            found = self.let_through.get(term)
            if found is None:
                found = self._phrase(term.text) if isinstance(term, Phrase) else self._field(term)
                self.let_through[term] = found
            return found
        if isinstance(term, Either):
            return frozenset().union(*(self._one_of(inner, units) for inner in term.terms))
        if isinstance(term, Not):
            return self._everything() - self._one_of(term.term, units)
        every = self._all_of(term.terms, units)
        return self._everything() if every is None else every

    def _word(self, term: Word, units: Sequence[Unit]) -> Documents:
        """Return the documents that have all parts of a typed word."""
        sets = []
        for part in self._parts(term.text):
            asked = [unit for unit in units if unit.text == part]
            if not asked:
                forms = self._forms(part, open_end=term.prefix, guess=False)
                asked = [Unit(part, forms)]
            sets.append(frozenset().union(*map(self._weights, asked)))
        return frozenset.intersection(*sets) if sets else frozenset()

    def _everything(self) -> Documents:
        return frozenset(range(self.lexicon.size()))

    def _having(self, term: str) -> Documents:
        return frozenset(self.lexicon.postings(term))

    def _phrase(self, text: str) -> Documents:
        """A phrase is looked for in titles and texts; in names where it is a whole name."""
        whole = bool(self.lexicon.count(f"{key(text)}\tn"))
        found = self._side_by_side(text, TITLE | BODY | (NAMES if whole else 0))
        return found or self._side_by_side(text, TITLE | BODY | NAMES)

    def _side_by_side(self, text: str, fields: int, *, open_end: bool = False) -> Documents:
        """Return the documents that have the words of `text` in order in one of `fields`."""
        asked = _plain(fold(text))
        if not asked:
            return frozenset()
        last = asked[-1][1]
        # The rarest word first: the others are only looked at where it stands.
        by_count = sorted(set(asked), key=lambda pair: (self.lexicon.count(pair[0]), pair))
        starts: dict[int, set[int]] | None = None
        for word, offset in by_count:
            spelled = {word, *self._longer(word)} if open_end and offset == last else {word}
            places = [self._places(form) for form in sorted(spelled)]
            if len(asked) == 1:
                return frozenset().union(*(one.documents(fields) for one in places))
            starts = _started(places, fields, offset, starts)
            if not starts:
                break
        return frozenset(starts or ())

    def _places(self, word: str) -> "_Places":
        """Return where `word` stands, the same for all phrases of the query."""
        if word not in self.places:
            self.places[word] = _Places(self.lexicon.postings(word))
        return self.places[word]

    def _field(self, term: Field) -> Documents:
        if term.low is not None:
            return self._range(term)
        if term.name in {"year", "date", "day", "lang", "kind", "has"}:
            return self._valued(term)
        if term.name == "note":
            parts = [f"#note:{word}" for word, _ in _plain(fold(term.value))]
            return frozenset.intersection(*map(self._having, parts)) if parts else frozenset()
        if term.name == "tag" and (labelled := self._labelled(term)):
            return labelled
        if term.name in {"topic", "tag"} and not term.prefix:
            whole = self._having(f"{key(term.value)}\tt")
            if whole or term.quoted:
                return whole
        return self._side_by_side(term.value, _FIELD_BITS[term.name], open_end=term.prefix)

    def _labelled(self, term: Field) -> Documents:
        """Return what bears a tag as it is written; none where nothing does: a topic is meant."""
        name = key(term.value)
        if not term.prefix:
            return self._having(f"{name}\tl")
        return self._each(found for found in self.lexicon.starting(name) if found.endswith("\tl"))

    def _valued(self, term: Field) -> Documents:
        value = key(term.value)
        if term.name == "has":
            value = singular(value)
        if term.name == "date" or term.prefix:
            return self._each(self.lexicon.starting(f"#{term.name}:{value}"))
        return self._having(f"#{term.name}:{value}")

    def _range(self, term: Field) -> Documents:
        start = f"#{term.name}:"
        low, high = key(term.low or ""), key(term.high or "")
        return self._each(
            found
            for found in self.lexicon.starting(start)
            if low <= found.removeprefix(start)
            and (not high or found.removeprefix(start)[: len(high)] <= high)
        )

    def _each(self, terms: Iterable[str]) -> Documents:
        return frozenset().union(*map(self._having, terms))


def _plain(folded: str) -> list[tuple[str, int]]:
    """Return the words of folded text and their places, without joined forms."""
    found = {place: word for word, place in placed(folded)}
    return [(word, place) for place, word in sorted(found.items())]


class _Places:
    """Where a word stands, read when it is first asked for."""

    def __init__(self, postings: Postings) -> None:
        self.postings = postings
        self._known: dict[int, list[int]] = {}

    def of(self, document: int, fields: int) -> list[int]:
        """Return the places in `fields` of a document that has the word."""
        others = self.postings[document][1] & ~fields
        found = self._known.get(document)
        if found is None:
            found = self._known[document] = places_of(self.postings[document])
        if not others:
            return found
        return [place for place in found if _FIELD_OF_BAND[min(place, _LAST) // _BAND] & fields]

    def documents(self, fields: int) -> Iterable[int]:
        """Yield the documents that have the word in `fields`."""
        for document, posting in self.postings.items():
            # Only of many places may those of a field be left out.
            if posting[1] & fields and (len(posting) < PLACES_BYTES or self.of(document, fields)):
                yield document


def _started(
    spelled: Sequence[_Places], fields: int, offset: int, before: Mapping[int, set[int]] | None
) -> dict[int, set[int]]:
    """Return where a phrase may start whose word at `offset` is spelled in one of these ways.

    `before` tells where it may by the words looked at before.
    """
    here: dict[int, set[int]] = {}
    for places in spelled:
        postings = places.postings
        documents: Iterable[int] = postings
        if before is not None:
            documents = before.keys() & postings.keys()
        for document in documents:
            if not postings[document][1] & fields:
                continue
            starts = {place - offset for place in places.of(document, fields)}
            if before is not None:
                starts &= before[document]
            if starts:
                here.setdefault(document, set()).update(starts)
    return here


_FIELD_OF_BAND = sorted(BANDS, key=BANDS.__getitem__)
_LAST = BANDS[BODY]
_BAND = _LAST // (len(BANDS) - 1)


def _typed(terms: Sequence[Node], *, needed: bool = True) -> Iterable[tuple[Word, bool]]:
    """Yield every word that a hit may have, and whether it stands on its own."""
    for term in terms:
        if isinstance(term, Word):
            yield term, needed
        elif isinstance(term, Either | Group):
            yield from _typed(term.terms, needed=False)


def _filters(terms: Sequence[Node]) -> bool:
    return any(not isinstance(term, Word) for term in terms)


def _phrases(terms: Sequence[Node]) -> Iterable[tuple[str, ...]]:
    """Yield the words of every phrase that a hit may have."""
    for term in terms:
        if isinstance(term, Phrase):
            yield tuple(word for word, _ in _plain(fold(term.text)))
        elif isinstance(term, Either | Group):
            yield from _phrases(term.terms)
