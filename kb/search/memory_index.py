"""All postings in memory: what the browser's index is written from, and a lexicon of its own."""

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.search.documents import Document
from kb.search.postings import Posting, collection, postings
from kb.search.spelling import nearest
from kb.search.stemming import stem


def numbered(documents: Iterable[Document]) -> list[Document]:
    """Return documents in the order of their numbers: oldest first, then by URL from behind.

    Of documents of one URL and kind the last is kept. Later notes come last, so that they move nothing; and a higher number is the better hit of equals.
    """
    single = {(document.url, document.kind): document for document in documents}.values()
    by_url = sorted(single, key=lambda document: (document.url, document.kind), reverse=True)
    return sorted(by_url, key=lambda document: document.date)


class Vocabulary:
    """The words and keys of an index, with counts: what needs no posting to be answered."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        self.terms = sorted(counts)
        self._families: dict[str, list[str]] | None = None
        self._by_letter: dict[str, list[str]] | None = None

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the terms that start with `prefix`, sorted."""
        first = bisect.bisect_left(self.terms, prefix)
        last = bisect.bisect_left(self.terms, prefix + "\U0010ffff")
        return self.terms[first:last]

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted."""
        if self._families is None:
            families = defaultdict(list)
            for term in self.words():
                families[stem(term)].append(term)
            self._families = families
        return self._families.get(stem(word), [])

    def near(self, word: str, *, anywhere: bool, most: int = 16) -> Sequence[str]:
        """Return the words fewest edits from `word`, with its first letter or with any other."""
        if self._by_letter is None:
            by_letter = defaultdict(list)
            for term in self.words():
                by_letter[term[0]].append(term)
            self._by_letter = by_letter
        if anywhere:
            known: Iterable[str] = self.words()
        else:
            known = self._by_letter.get(word[:1], [])
        return nearest(word, known, self.counts, most)

    def words(self) -> Iterable[str]:
        """Yield the terms that are words."""
        return (term for term in self.terms if "\t" not in term and term[0] != "#")


class MemoryIndex:
    """The postings of documents; what `kb.search.ranking.Lexicon` asks for."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = numbered(documents)
        known = collection(self.documents)
        self._postings: dict[str, dict[int, Posting]] = defaultdict(dict)
        for number, document in enumerate(self.documents):
            for term, posting in postings(document, known).items():
                self._postings[term][number] = posting
        self.vocabulary = Vocabulary({term: len(found) for term, found in self._postings.items()})

    def size(self) -> int:
        """Return how many documents there are."""
        return len(self.documents)

    def count(self, term: str) -> int:
        """Return how many documents have `term`."""
        return self.vocabulary.counts.get(term, 0)

    def postings(self, term: str) -> Mapping[int, Posting]:
        """Return the postings of `term`."""
        return self._postings.get(term, {})

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the terms that start with `prefix`, sorted."""
        return self.vocabulary.starting(prefix)

    def family(self, word: str) -> Sequence[str]:
        """Return the words with the stem of `word`, sorted."""
        return self.vocabulary.family(word)

    def near(self, word: str, *, anywhere: bool) -> Sequence[str]:
        """Return the nearest words."""
        return self.vocabulary.near(word, anywhere=anywhere)
