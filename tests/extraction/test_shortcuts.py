"""Each shorter way of extraction answers as the plain rule that it stands for."""

import math
import sys

from hypothesis import example, given
from hypothesis import strategies as st

from kb.extraction import setting, topics
from kb.extraction.lexicon import fold
from kb.extraction.pieces import excerpt
from kb.extraction.places import CITIES, LONGEST, find_city

BLANKS = " \t\n\r\f\v\x1c\x85\u00a0\u2003\u3000"


@given(st.text("ab\u00e9" + BLANKS, max_size=80), st.integers(0, 30))
@example("a" + " " * 100 + "b c d", 4)
@example("a   b   c   d", 4)
def test_an_excerpt_begins_as_the_text_with_one_blank_for_each_run(text: str, most: int) -> None:
    assert excerpt(text, most) == " ".join(text.split())[:most]


def city_anywhere(words: list[str]) -> tuple[int, int] | None:
    """Return what `find_city` does, by trying every word as a start."""
    folded = [fold(word) for word in words]
    for start in reversed(range(len(words))):
        capital = words[start][:1] != words[start][:1].lower()
        for size in range(min(LONGEST, len(words) - start), 0, -1):
            if capital and " ".join(folded[start : start + size]) in CITIES:
                wider = start - 1
                if wider >= 0 and " ".join(folded[wider : start + size]) in CITIES:
                    return wider, start + size
                return start, start + size
            if not words[start].isascii() and folded[start] in CITIES:
                return start, start + 1
    return None


CITY_WORDS = sorted({word for name in (*CITIES, *CITIES.values()) for word in name.split()})
WORD = st.one_of(
    st.sampled_from(CITY_WORDS),
    st.sampled_from(CITY_WORDS).map(str.title),
    st.sampled_from(["", "in", "The", "new", "New", "york", "York", "City", "de", "東京", "köln"]),
    st.text(max_size=4),
)


@given(st.lists(WORD, max_size=8))
def test_a_city_starts_where_it_is_looked_for(words: list[str]) -> None:
    assert find_city(words) == city_anywhere(words)


TALKING = [
    "talk",
    "Speakers",
    "CONF",
    "vorträge",
    "VORTRÄGE",
    "Conférence",
    "livebloggin",
    "charla",
]
CASED = [
    letter
    for letter in map(chr, range(sys.maxunicode + 1))
    if letter.lower() != letter or letter.upper() != letter
]


def plainly_said(words: str) -> set[str]:
    return {found.group(0).lower() for found in setting._TALKING.finditer(words)}


@st.composite
def near_talking(draw: st.DrawFn) -> str:
    """Return a word of talks, one letter of which may be another one that has case."""
    word = draw(st.sampled_from(TALKING))
    place = draw(st.integers(0, len(word)))
    return word[:place] + draw(st.sampled_from(["", *CASED])) + word[place + 1 :]


@given(st.lists(near_talking() | st.sampled_from([".", " ", "発表", "x"]), max_size=6).map("".join))
@example("lıghtning talk lıvebloggıng")
@example("LİGHTNİNG TALK")
@example("ſummit talkſ")
def test_words_of_talks_are_the_same_in_lower_case(words: str) -> None:
    assert setting._said_of_talks(words) == plainly_said(words)


def test_no_letter_stands_for_another_in_lower_case() -> None:
    for letter in CASED:
        for word in ("a{}tended", "{}ummit", "trac{}", "l{}vebloggin", "attend{}ng", "vortr{}ge"):
            words = word.format(letter)
            assert setting._said_of_talks(words) == plainly_said(words), ascii(words)


PARTS = st.sampled_from(
    [
        "Kubernetes", "Docker", "Java", "James", "Smith", "EBPF", "API", "PostgreSQL", "gRPC",
        "iPhone", "GitHub", "C++", "C#", "Node.js", "ASP.NET", "Go", "Time", "Éclair", "Zürich",
        "NAÏVE", "v2", "3.11", "K8s", "Testing", "Well-Being", "A", "The", "B2B", "A12", "ÉCOLE",
    ]
)  # fmt: skip
TITLES = st.lists(PARTS | st.text("aBcÉé1.-+# ", max_size=6), min_size=1, max_size=4).map(" ".join)
TERM = st.tuples(
    st.integers(0, 4), st.integers(0, 4), st.sampled_from([0.0, 0.5, 1.0]), st.booleans()
)


@given(TITLES, TERM, st.booleans())
def test_letters_add_no_more_to_a_score_than_they_are_said_to(
    title: str, shown: tuple[int, int, float, bool], small: bool
) -> None:
    for run in topics._runs(title):
        for phrase, key, _ in topics._phrases_of(run[0]):
            term = topics._Term(1, title)
            term.middle, term.starts, term.linked, term.title = shown
            term.count = term.middle + term.starts
            score = topics._score(
                key,
                phrase,
                term,
                0.0,
                lower=frozenset({key} if small else ()),
                never=frozenset(),
                words=topics.words_of(()),
            )
            most = topics._most_by_letters(phrase, term)
            assert score <= most or math.isclose(score, most), phrase
