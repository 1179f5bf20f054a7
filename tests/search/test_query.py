import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.value import from_json, to_json
from kb.search.query import (
    DEPTH_LIMIT,
    PHRASE_WORK,
    TEXT_LIMIT,
    WORK_LIMIT,
    Either,
    Field,
    Group,
    Node,
    Not,
    Phrase,
    Query,
    Word,
    parse,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "queries.json"
CASES = json.loads(GOLDEN.read_text("utf-8"))


def test_the_golden_file_is_large() -> None:
    assert len({case["text"] for case in CASES}) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"][:30]))
def test_queries_are_read_as_the_golden_file_says(case: dict[str, object]) -> None:
    assert json.loads(to_json(parse(str(case["text"])))) == case["query"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("monty shade", (Word("monty"), Word("shade"))),
        ('"nova cells" -forum', (Phrase("nova cells"), Not(Word("forum")))),
        ("kube*", (Word("kube", prefix=True),)),
        ("a OR b c", (Either((Word("a"), Word("b"))), Word("c"))),
        ("(a b) OR c", (Either((Group((Word("a"), Word("b"))), Word("c"))),)),
        ('speaker:"Ada Quill"', (Field("speaker", "Ada Quill", quoted=True),)),
        ("topics:tides", (Field("topic", "tides"),)),
        ("tag:tides", (Field("tag", "tides"),)),
        ("year:2014..2017", (Field("year", low="2014", high="2017"),)),
        ("-year:2016", (Not(Field("year", "2016")),)),
        ("foo:bar", (Word("foo:bar"),)),
        ('"unclosed phrase', (Phrase("unclosed phrase"),)),
        ("R&amp;D &lt;3", (Word("R&D"), Word("<3"))),
        ("&quot;R&amp;D&quot; &amp;lt;", (Phrase("R&D"), Word("&lt;"))),
    ],
)
def test_the_language(text: str, terms: tuple[Node, ...]) -> None:
    assert parse(text).terms == terms


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"a b" ' * 500, WORK_LIMIT // PHRASE_WORK),
        ("speaker:ada " * 300, WORK_LIMIT),
        ("-a " * 900, WORK_LIMIT),
        ("tides " * 600, 600),
    ],
)
def test_of_what_costs_much_only_some_is_read(text: str, read: int) -> None:
    assert len(parse(text).terms) == read


def test_a_sort_is_read_wherever_it_stands() -> None:
    assert parse('"a b" ' * 500 + "sort:date").sort == "date"


def test_sort_is_taken_out_of_the_terms() -> None:
    assert parse("tides sort:date") == Query((Word("tides"),), "date")


def depth(node: Node) -> int:
    if isinstance(node, Either | Group):
        return 1 + max(map(depth, node.terms), default=0)
    return 1 + depth(node.term) if isinstance(node, Not) else 0


@given(st.text(alphabet=st.sampled_from('ab"():*-. \tORNTspeakyr:“2…')))
def test_nothing_typed_is_an_error(text: str) -> None:
    query = parse(text)
    assert from_json(to_json(query), Query) == query


@given(st.text())
def test_no_text_at_all_is_an_error(text: str) -> None:
    parse(text)


@pytest.mark.parametrize("character", ["(", '"', "-", "*", "a", " ", ":", "((a OR ", "speaker:"])
def test_long_texts_are_read_in_part(character: str) -> None:
    query = parse(character * 100_000)
    assert all(depth(term) <= 2 * DEPTH_LIMIT + 2 for term in query.terms)
    assert len(to_json(query)) < 60 * TEXT_LIMIT
