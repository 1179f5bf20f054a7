import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.analysis import GAP, WORD_LIMIT, fold, fold_with_places, key, placed, words
from kb.search.stemming import stem

GOLDEN = Path(__file__).parents[1] / "golden" / "analysis.json"
CASES = json.loads(GOLDEN.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["texts"], ids=lambda case: ascii(case["text"][:30]))
def test_words_are_those_of_the_golden_file(case: dict[str, object]) -> None:
    folded = fold(str(case["text"]))
    assert folded == case["folded"]
    assert [[word.text, word.place] for word in words(folded)] == case["words"]


def test_stems_are_those_of_the_golden_file() -> None:
    wrong = {word: stem(word) for word, right in CASES["stems"].items() if stem(word) != right}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Łukasz", "lukasz"),
        ("Stéfan", "stefan"),
        ("Ste\N{COMBINING ACUTE ACCENT}fan", "stefan"),
        ("Straße", "strasse"),
        ("Ærøskøbing", "aeroskobing"),
        ("İstanbul", "istanbul"),
        ("ﬁle", "file"),
        ("ΟΔΟΣ", "οδοσ"),
        ("it’s", "it's"),
    ],
)
def test_folding_reaches_letters_that_no_decomposition_does(text: str, wanted: str) -> None:
    assert fold(text) == wanted


def test_joined_forms_stand_beside_their_parts() -> None:
    found = [word.text for word in words(fold("C++ on .NET, CI/CD with Node.js and C#."))]
    assert {"c++", "c", ".net", "net", "ci/cd", "ci", "cd", "node.js", "node", "js", "c#"} <= {
        *found
    }


def test_a_sentence_end_joins_nothing() -> None:
    assert "end" in {word.text for word in words("the end. next")}
    assert not any("." in word.text for word in words("the end. next www.one.two.three"))


def test_chinese_and_japanese_runs_become_pairs() -> None:
    assert [word.text for word in words("機械学習 ok 学")] == ["機械", "械学", "学習", "ok", "学"]


def test_a_word_has_an_end() -> None:
    assert [word.text for word in words("x" * 500)] == ["x" * WORD_LIMIT]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def indexed(folded: str) -> list[tuple[str, int]]:
    return sorted((word, place) for word, place in placed(folded) if word != GAP)


@given(st.text())
def test_indexing_and_marking_see_the_same_words(text: str) -> None:
    folded = fold(text)
    assert indexed(folded) == sorted((word.text, word.place) for word in words(folded))


@given(st.text(alphabet="ab.+#/& \x1a\n", max_size=20))
def test_the_quick_way_misses_no_joined_form(text: str) -> None:
    assert indexed(text) == sorted((word.text, word.place) for word in words(text))


@given(st.text())
def test_places_lead_back_to_the_text(text: str) -> None:
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(), st.text())
def test_a_key_does_not_mind_spaces_and_case(left: str, right: str) -> None:
    assert key(f" {left}  {right} ") == key(f"{left} {right}")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_a_stem_is_no_longer_than_its_word_and_keeps_its_first_letter(word: str) -> None:
    found = stem(word)
    assert len(found) <= len(word)
    assert found[:1] == word[:1]
