"""Which columns of a table a terminal has room for."""

import pytest

from kb.cli.tables import fitting

ROWS = [
    {"title": "Queues That Tell You They Are Full, and How", "day": "2018-09-13", "url": "/t/" * 9},
    {"title": "Boats", "day": "2018-09-14", "url": "/t/"},
]
COLUMNS = ("title", "day", "url")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (200, ("title", "day", "url")),
        (30 + 1 + 10 + 1 + 27, ("title", "day", "url")),
        (30 + 1 + 10 + 1 + 26, ("title", "day")),
        (20, ("title", "day")),
    ],
)
def test_columns_are_left_out_before_words_are_cut(width: int, shown: tuple[str, ...]) -> None:
    assert fitting(ROWS, COLUMNS, width) == shown


def test_a_table_without_rows_has_its_heads() -> None:
    assert fitting([], COLUMNS, 80) == COLUMNS
