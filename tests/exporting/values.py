"""Any value of the model, for hypothesis."""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from kb.model.value import Value

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)
"""What front matter that kb does not know may hold."""
_SIMPLE: dict[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: NUMBERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
    Any: PLAIN,
}


@cache
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for `hint`: a `Value`, or what a field of one may be."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, NewType):
        return values(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, Value):
        fields = get_type_hints(hint)
        return st.builds(hint, **{name: values(field) for name, field in fields.items()})
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(inner)
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(values, inner))
    if get_origin(hint) is tuple:
        return st.lists(values(inner[0]), max_size=2).map(tuple)
    assert get_origin(hint) is Mapping, hint
    return st.dictionaries(values(inner[0]), values(inner[1]), max_size=2)
