"""YAML: data without objects, places, and faults as values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.yaml import read_yaml


def test_values_are_plain_data() -> None:
    data = read_yaml(
        "text: a b\nquoted: '7'\nnumber: 7\nfloat: 1.5\nyes: on\nnothing: ~\nday: 2017-05-08\n"
        "list: [a, 2]\ntable: {a: 1}\nfolded: >\n  one\n  two\nlong: 1000000000000000000000\n"
        "binary: !!binary aGk=\nown: !thing {a: 1}\ninf: .inf\nbase: 0x1F\n"
    )
    assert data.faults == ()
    assert data.values == {
        "text": "a b",
        "quoted": "7",
        "number": 7,
        "float": 1.5,
        "yes": True,
        "nothing": None,
        "day": dt.date(2017, 5, 8),
        "list": ["a", 2],
        "table": {"a": 1},
        "folded": "one two\n",
        "long": "1000000000000000000000",
        "binary": "aGk=",
        "own": {"a": 1},
        "inf": ".inf",
        "base": "0x1F",
    }


def test_every_key_has_its_place_and_every_bare_scalar_its_words() -> None:
    data = read_yaml("a: 1\nb:\n  - c: yes\n    d: 'no'\n")
    assert data.places == {"a": (1, 1), "b": (2, 1), "b.0.c": (3, 5), "b.0.d": (4, 5)}
    assert data.raw == {"a": "1", "b.0.c": "yes"}


def test_merge_keys_fill_in_what_is_missing() -> None:
    data = read_yaml("base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n")
    assert data.values["mine"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ('a: 1\nb: "open\nc: 2\nd: 3\n', 2),
        ("a: 1\nb: 'open\nc: 2", 2),
        ("a: 1\nb: [1\n\n", 2),
        ("a: b: c\n", 1),
        ("- a\n- b\n", 1),
        ("just words\n", 1),
        ("a: 1\na: 2\n", 2),
        ("a: \x01\n", 1),
        ("a: *nowhere\n", 1),
        ("x: &x [*x]\n", 1),
        ("{[a]: b}\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: " + "[" * 200_000 + "\n", 2),
        ("a: 1\nb: " + "{a: " * 100_000 + "\n", 2),
        ("a:\n" + "- " * 100_000 + "x\n", 2),
        ("? " * 100_000 + "x\n", 1),
        ("a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 400)), 61),
    ],
)
def test_a_fault_has_a_line(text: str, line: int) -> None:
    assert [fault.line for fault in read_yaml(text).faults] == [line]


@given(st.text(alphabet="ab:- \n[]{}&*!|>'\"#%@,?\t12", max_size=60))
def test_any_text_is_read(text: str) -> None:
    data = read_yaml(text)
    assert all(line >= 1 for line, _ in data.places.values())
