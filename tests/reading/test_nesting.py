"""Lists nested by one space: shown as meant, and nothing else touched."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.nesting import nest
from tests.reading.reader import body, texts


def tree(text: str, **options: Any) -> list[object]:
    return texts(body(text, **options).blocks)


def test_one_more_space_makes_a_child() -> None:
    assert tree("* shade\n * a library\n * for many clouds\n* nodepool\n") == [
        [["shade", [["a library"], ["for many clouds"]]], ["nodepool"]]
    ]


def test_each_level_may_be_one_space_deeper() -> None:
    assert tree("* a\n * b\n  * c\n   * d\n * e\n* f\n") == [
        [["a", [["b", [["c", [["d"]]]]], ["e"]]], ["f"]]
    ]


def test_commonmark_shows_the_same_list_flat() -> None:
    flat = [[["a"], ["b"], ["c"]]]
    assert tree("* a\n * b\n * c\n", lists="commonmark") == flat
    assert tree("* a\n * b\n * c\n") != flat


def test_a_list_wholly_indented_by_one_space_is_flat() -> None:
    assert tree("What helps:\n\n * a\n * b\n * c\n") == ["What helps:", [["a"], ["b"], ["c"]]]


def test_a_list_ends_where_a_paragraph_begins() -> None:
    assert tree("* a\n\nMeanwhile:\n\n * b\n * c\n") == [
        [["a"]],
        "Meanwhile:",
        [["b"], ["c"]],
    ]


def test_blank_lines_between_items_do_not_end_the_nesting() -> None:
    assert tree("* a\n\n * b\n\n * c\n\n* d\n") == [[["a", [["b"], ["c"]]], ["d"]]]


def test_paragraphs_of_an_item_move_with_it() -> None:
    assert tree("* a\n * b\n\n   more of b\n\n * c\n") == [[["a", [["b", "more of b"], ["c"]]]]]


def test_numbers_nest_under_bullets_and_bullets_under_numbers() -> None:
    assert tree("1. a\n * b\n2. c\n") == [[["a", [["b"]]], ["c"]]]
    assert tree("* a\n 1. b\n 2. c\n") == [[["a", [["b"], ["c"]]]]]


def test_the_next_number_is_a_sibling_however_its_margin_wanders() -> None:
    assert tree("1. a\n 2. b\n 3. c\n") == [[["a"], ["b"], ["c"]]]
    assert tree(" 9. a\n10. b\n") == [[["a"], ["b"]]]


def test_lists_in_a_quote_nest_too() -> None:
    assert tree("> * a\n>  * b\n> * c\n") == [[[["a", [["b"]]], ["c"]]]]


@pytest.mark.parametrize(
    "verbatim",
    [
        "```\n* a\n * b\n```\n",
        "~~~ python\n* a\n * b\n~~~\n",
        "    * a\n     * b\n",
        "<pre>\n* a\n * b\n</pre>\n",
        "<!--\n* a\n * b\n-->\n",
        "```\n> * a\n>  * b\n```\n",
    ],
)
def test_code_and_raw_html_stay_as_written(verbatim: str) -> None:
    assert nest(verbatim) == verbatim


def test_code_inside_an_item_keeps_its_own_indentation() -> None:
    read = body("* a\n * b\n\n   ```\n   x = 1\n     y = 2\n   ```\n")
    code = next(block for block in read.walk() if block.kind == "code")
    assert code.text == "x = 1\n  y = 2\n"
    assert (code.line, code.end) == (7, 10)


def test_lines_of_items_are_those_of_the_file() -> None:
    items = [b for b in body("* a\n * b\n\n * c\n* d\n").walk() if b.kind == "item"]
    assert [(item.line, item.end) for item in items] == [(4, 7), (5, 5), (7, 7), (8, 8)]


_LINES = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from(["* ", "- ", "1. ", "2) ", "", "> ", "```", "# ", "<div>", "\t* "]),
        st.sampled_from(["a", "b c", "", "* d", "---"]),
    ).map(lambda parts: " " * parts[0] + parts[1] + parts[2]),
    max_size=14,
)


@given(_LINES)
def test_only_the_white_space_before_a_line_ever_changes(lines: list[str]) -> None:
    before = "\n".join(lines)
    after = nest(before)
    bare = [line.lstrip(" \t>") for line in before.split("\n")]
    assert [line.lstrip(" \t>") for line in after.split("\n")] == bare


@given(_LINES)
def test_a_second_pass_finds_nothing_to_do(lines: list[str]) -> None:
    """As long as nothing is indented so far that the writer's own columns contradict each other."""
    once = nest("\n".join(line.expandtabs(2).replace("    ", "  ") for line in lines))
    assert nest(once) == once
