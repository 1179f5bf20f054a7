"""TOML: the place of every key, and faults of every kind as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.toml import read_toml


def test_every_key_has_its_place() -> None:
    data = read_toml(
        "# comment\n"
        'title = "a" # = b\n'
        "  indented = 1\n"
        "dotted.key = 2\n"
        '"quoted.key" = 3\n'
        "lines = '''\nfake = 1\n[no.table]\n'''\n"
        "array = [\n  1, # ]\n  2,\n]\n"
        "[table]\n"
        "a = {b = 1, c = [1]}\n"
        "[[items]]\n"
        "x = 1\n"
        "[items.sub]\n"
        "y = 2\n"
        "[[items]]\n"
        "\tx = 3\n"
    )
    assert data.faults == ()
    assert data.places == {
        "title": (2, 1),
        "indented": (3, 3),
        "dotted.key": (4, 1),
        "quoted.key": (5, 1),
        "lines": (6, 1),
        "array": (10, 1),
        "table": (14, 1),
        "table.a": (15, 1),
        "items.0": (16, 1),
        "items.0.x": (17, 1),
        "items.0.sub": (18, 1),
        "items.0.sub.y": (19, 1),
        "items.1": (20, 1),
        "items.1.x": (21, 2),
    }
    assert data.place("table.a.b") == (15, 1)
    assert data.place("items") == (16, 1)
    assert data.place("nowhere") == (0, 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ('a = "unclosed\n', 1),
        ("a = 1\nb = 2017-02-31\n", 2),
        ("a = 1\n\nx = " + "[" * 3000 + "\n", 3),
        ("a = 1\nx = 1" + "0" * 5000 + "\n", 2),
        ("a = 1\n" + ".".join("k" * 3000) + " = 1\n", 2),
    ],
)
def test_a_fault_has_a_line_and_no_traceback(text: str, line: int) -> None:
    data = read_toml(text)
    assert [fault.line for fault in data.faults] == [line]
    assert data.values == {}


def test_salvage_keeps_the_lines_that_are_right() -> None:
    data = read_toml("a = 1\nb = \nc = 3\nd = [1,,2]\ne = 5\n", salvage=True)
    assert data.values == {"a": 1, "c": 3, "e": 5}
    assert [fault.line for fault in data.faults] == [2, 4]
    assert data.places["e"] == (5, 1)


def test_salvage_comes_to_an_end() -> None:
    data = read_toml("= broken\n" * 100, salvage=True)
    assert len(data.faults) == 20


@given(st.text(alphabet="ab=[]{}.\"'#\n 1,\\", max_size=60))
def test_any_text_is_read(text: str) -> None:
    data = read_toml(text, salvage=True)
    lines = text.count("\n") + 1
    assert all(1 <= line <= lines for line, _ in data.places.values())
    assert all(1 <= fault.line <= lines for fault in data.faults)
