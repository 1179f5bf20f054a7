"""Values go to bytes and back unchanged, and foreign bytes never pass for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import value
from kb.model.finding import CODES, Finding, in_order
from kb.model.note import Block, Lines, Note, select
from kb.model.settings import Settings
from kb.model.site import Site

findings = st.builds(
    Finding,
    code=st.sampled_from(sorted(CODES)),
    path=st.text(max_size=8),
    message=st.text(max_size=8),
    line=st.integers(0, 9),
    column=st.integers(0, 9),
)


@given(st.lists(findings))
def test_encoding_round_trips(items: list[Finding]) -> None:
    site = Site(findings=tuple(items))
    assert value.decode(value.encode(site), Site) == site
    assert value.from_json(value.to_json(site), Site) == site


@given(st.binary(max_size=64))
def test_foreign_bytes_are_a_value_or_a_fault(data: bytes) -> None:
    try:
        note = value.decode(data, Note)
    except value.ValueFault:
        return
    assert isinstance(note, Note)


@given(st.lists(findings))
def test_equal_texts_are_held_once(items: list[Finding]) -> None:
    data, known = value.encode(Site(findings=tuple(items))), dict[str | float, str]()
    one, other = (value.interned(value.decode(data, Site), known) for _ in range(2))
    assert one == value.decode(data, Site)
    for left, right in zip(one.findings, other.findings, strict=True):
        assert left.path is right.path
        assert left.message is right.message


def test_digest_tells_values_apart() -> None:
    one, other = Settings(title="One"), Settings(title="Other")
    assert value.digest(one) == value.digest(Settings(title="One"))
    assert value.digest(one) != value.digest(other)
    assert value.digest(b"ab", b"c") != value.digest(b"a", b"bc")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"titel": "x"}, "titel"),
        ({"title": 3}, "$.title"),
        ({"content": {"static": [1]}}, "$.content.static[0]"),
    ],
)
def test_conversion_says_where_data_is_wrong(data: dict[str, object], words: str) -> None:
    with pytest.raises(value.ValueFault, match=words.replace("$", r"\$").replace("[", r"\[")):
        value.convert(data, Settings)


def test_schema_names_its_definitions() -> None:
    schema = value.json_schema(Site)
    assert "SessionRecord" in schema["$defs"]


@given(st.lists(findings))
def test_findings_in_order_are_unique_and_sorted(items: list[Finding]) -> None:
    ordered = in_order(items)
    assert len(set(ordered)) == len(ordered)
    assert set(ordered) == set(items)
    assert list(ordered) == sorted(
        ordered, key=lambda f: (f.path, f.line, f.column, f.code, f.message)
    )


def test_select_takes_whole_blocks_and_opens_those_that_stick_out() -> None:
    first = Block("item", 2, 3, text="first")
    second = Block("item", 4, 5, text="second")
    outer = Block("bullets", 2, 5, children=(first, second))
    before = Block("paragraph", 1, 1, text="before")
    blocks = (before, outer)
    assert select(blocks, Lines(1, 5)) == blocks
    assert select(blocks, Lines(4, 9)) == (second,)
    assert select(blocks, Lines(1, 3)) == (before, first)


def test_a_leaf_belongs_where_it_begins() -> None:
    leaf = Block("paragraph", 2, 6, text="long")
    assert select((leaf,), Lines(1, 3)) == (leaf,)
    assert select((leaf,), Lines(4, 9)) == ()
