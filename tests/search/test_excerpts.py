from hypothesis import given
from hypothesis import strategies as st

from kb.search.analysis import fold, words
from kb.search.excerpts import LENGTH, Excerpt, excerpt, mark, wanted
from kb.search.memory_index import MemoryIndex
from kb.search.query import parse
from kb.search.ranking import rank
from tests.search.sample import sample_documents

SAMPLE = MemoryIndex(sample_documents())


def marked(found: Excerpt) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def test_the_passage_with_most_words_is_shown() -> None:
    blocks = ("Rope here.", "Nothing.", "Rope and chain, side by side.", "Chain there.")
    found = excerpt(blocks, {"rope": 0, "chain": 1})
    assert found.text == "Rope and chain, side by side."
    assert marked(found) == ["Rope", "chain"]


def test_a_long_block_is_cut_between_words_around_the_best_place() -> None:
    block = "filler " * 80 + "the zeppelin came with a rope " + "after " * 80
    found = excerpt((block,), {"zeppelin": 0, "rope": 1})
    assert marked(found) == ["zeppelin", "rope"]
    assert found.text.startswith("… filler ")
    assert found.text.endswith("after …")
    assert len(found.text) <= LENGTH + 4


def test_without_a_match_the_beginning_is_shown() -> None:
    assert excerpt(("First block.", "Second."), {"x": 0}) == Excerpt("First block.")
    assert excerpt((), {"x": 0}) == Excerpt()


def test_a_block_that_says_little_does_not_stand_for_the_whole() -> None:
    long = "A block of which a reader has something, since it is a sentence."
    assert excerpt(("Try it", long, long[::-1]), {"x": 0}) == Excerpt(long)
    assert excerpt(("Try it", "Or not"), {"x": 0}) == Excerpt("Try it")


def test_what_is_folded_away_is_marked_whole() -> None:
    assert mark("Der Łukasz aus der Straße", {"lukasz": 0, "strasse": 1}) == ((4, 10), (19, 25))


def test_joined_forms_are_marked_once() -> None:
    text = "Written in C++ and Node.js."
    found = mark(text, {"c++": 0, "c": 0, "node": 1, "js": 2, "node.js": 1})
    assert [text[start:end] for start, end in found] == ["C++", "Node.js"]


def test_pairs_of_characters_are_marked_without_overlap() -> None:
    text = "灯台の光"
    found = mark(text, {"灯台": 0, "台の": 1})
    assert [text[start:end] for start, end in found] == ["灯台", "の"]


def test_all_forms_and_phrases_of_a_query_are_wanted() -> None:
    ranked = rank(parse('test "tide table"'), SAMPLE)
    assert {"test", "tests", "tested", "testing", "tide", "table"} <= wanted(ranked).keys()


@given(st.lists(st.text(), max_size=4), st.sets(st.text(min_size=1, max_size=3), max_size=5))
def test_marks_lie_in_the_text_in_order(blocks: list[str], forms: set[str]) -> None:
    found = excerpt(blocks, dict.fromkeys(forms, 0))
    last = 0
    for start, end in found.marks:
        assert last <= start < end <= len(found.text)
        last = end


@given(st.lists(st.sampled_from(["rope", "Chain", "ébb", "C++", "x"]), min_size=1, max_size=60))
def test_every_wanted_word_of_an_excerpt_is_marked(text: list[str]) -> None:
    found = excerpt((" ".join(text),), {"rope": 0, "ebb": 1})
    shown = [word.text for word in words(fold(found.text)) if word.text in {"rope", "ebb"}]
    assert len(found.marks) == len(shown)
