import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.spelling import distance, letters, nearest, reach

LETTERS = st.text(alphabet="abcd", max_size=8)


def plainly(left: str, right: str) -> int:
    """Return the optimal string alignment distance, by the textbook's table."""
    table = {(row, 0): row for row in range(len(left) + 1)}
    table.update({(0, column): column for column in range(len(right) + 1)})
    for row in range(1, len(left) + 1):
        for column in range(1, len(right) + 1):
            cost = min(
                table[row - 1, column] + 1,
                table[row, column - 1] + 1,
                table[row - 1, column - 1] + (left[row - 1] != right[column - 1]),
            )
            if row > 1 and column > 1 and left[row - 2 : row] == right[column - 2 : column][::-1]:
                cost = min(cost, table[row - 2, column - 2] + 1)
            table[row, column] = cost
    return table[len(left), len(right)]


@given(LETTERS, LETTERS, st.integers(1, 2))
def test_distance_is_the_textbooks(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == min(limit + 1, plainly(left, right))


@given(LETTERS, LETTERS)
def test_letters_miss_no_near_word(left: str, right: str) -> None:
    assert (letters(left) ^ letters(right)).bit_count() <= 2 * plainly(left, right)


@pytest.mark.parametrize(("word", "edits"), [("abc", 0), ("abcd", 1), ("abcde", 1), ("abcdef", 2)])
def test_short_words_are_not_put_right(word: str, edits: int) -> None:
    assert reach(word) == edits


def test_nearest_takes_the_fewest_edits_then_the_commonest() -> None:
    counts = {"kafka": 2, "kafkas": 9, "kanban": 5, "kaffka": 7, "koala": 1}
    known = [(word, letters(word)) for word in counts]
    assert nearest("kafak", known, counts, 4) == ["kafka"]
    assert nearest("kafkaa", known, counts, 4) == ["kafkas", "kafka"]
    assert nearest("kafkaa", known, counts, 1) == ["kafkas"]
    assert nearest("kfk", known, counts, 4) == []
