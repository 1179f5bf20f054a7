"""All postings in memory: what the browser's index is written from, and a lexicon of its own."""

import bisect
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any

from kb.search.analysis import fold
from kb.search.documents import Document
from kb.search.numbering import numbered
from kb.search.postings import Posting, collection, postings
from kb.search.spelling import letters, nearest
from kb.search.stemming import SHORTEST_STEM, beginning, stem


def is_word(term: str) -> bool:
    """Return whether `term` is a word, rather than a key."""
    return "\t" not in term and term[0] != "#"


class Vocabulary:
    """The words and keys of an index, with counts: what needs no posting to be answered."""

    def __init__(self, counts: Mapping[str, int], terms: Sequence[str] = ()) -> None:
        """Hold `counts` of terms; `terms` are these terms sorted, where they are already."""
        self.counts = counts
        self.terms = terms or sorted(counts)
        self._marked: dict[str, list[tuple[str, int]]] = {}
        """First letter → its words, each with the set of its letters; made when first needed."""

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the terms that start with `prefix`, sorted."""
        first = bisect.bisect_left(self.terms, prefix)
        last = bisect.bisect_left(self.terms, prefix + "\U0010ffff")
        return self.terms[first:last]

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted; none where that says too little."""
        root = stem(word)
        if len(root) < SHORTEST_STEM:
            return ()
        found = self.starting(beginning(root))
        return [term for term in found if is_word(term) and stem(term) == root]

    def near(self, word: str, *, anywhere: bool, most: int = 16) -> Sequence[str]:
        """Return the words fewest edits from `word`, with its first letter or with any other."""
        if not anywhere:
            return nearest(word, self._with_letters(word[:1]), self.counts, most)
        first = dict.fromkeys(term[0] for term in self.words())
        known = [pair for letter in first for pair in self._with_letters(letter)]
        return nearest(word, known, self.counts, most)

    def suggest(self, text: str, limit: int) -> tuple[str, ...]:
        """Return words that the last word of `text` may become, commonest first."""
        last = fold(text).split()[-1:]
        if not last:
            return ()
        longer = filter(is_word, self.starting(last[0]))
        return tuple(sorted(longer, key=lambda term: (-self.counts[term], term))[:limit])

    def _with_letters(self, letter: str) -> list[tuple[str, int]]:
        if letter not in self._marked:
            words = filter(is_word, self.starting(letter)) if letter else ()
            self._marked[letter] = [(word, letters(word)) for word in words]
        return self._marked[letter]

    def words(self) -> Iterable[str]:
        """Yield the terms that are words."""
        return filter(is_word, self.terms)


class MemoryIndex:
    """The postings of documents; what `kb.search.ranking.Lexicon` asks for."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = numbered(documents)
        known = collection(self.documents)
        # A term's documents and postings by turns: a million small lists would cost more. All is
        # done in one call for each document, since there are some hundred pairs in each.
        columns: defaultdict[str, list[int | Posting]] = defaultdict(list)
        for number, document in enumerate(self.documents):
            found = postings(document, known)
            pairs = zip(repeat(number), found.values())
            deque(map(list.extend, map(columns.__getitem__, found), pairs), 0)
        self.columns = dict(columns)
        terms = sorted(columns)
        self.vocabulary = Vocabulary({term: len(columns[term]) // 2 for term in terms}, terms)

    def size(self) -> int:
        """Return how many documents there are."""
        return len(self.documents)

    def count(self, term: str) -> int:
        """Return how many documents have `term`."""
        return self.vocabulary.counts.get(term, 0)

    def postings(self, term: str) -> Mapping[int, Posting]:
        """Return the postings of `term`."""
        column: list[Any] = self.columns.get(term, [])
        return dict(zip(column[::2], column[1::2], strict=True))

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the terms that start with `prefix`, sorted."""
        return self.vocabulary.starting(prefix)

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted."""
        return self.vocabulary.family(word)

    def near(self, word: str, *, anywhere: bool) -> Sequence[str]:
        """Return the nearest words."""
        return self.vocabulary.near(word, anywhere=anywhere)


Postings = Callable[[], MemoryIndex]
"""Returns the postings of all documents, the same ones whenever it is called."""


def shared(documents: Callable[[], Iterable[Document]]) -> Postings:
    """Return what makes the postings of `documents` when it is first called, for all indexes."""
    return cache(lambda: MemoryIndex(documents()))
