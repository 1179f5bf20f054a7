"""How alike two texts are; the only file of this column that imports rapidfuzz."""

from collections.abc import Callable
from functools import cache


def ratio(a: str, b: str, least: float = 0.0) -> float:
    """Return how alike `a` and `b` are, 0 to 1: 0 where that is below `least`."""
    return _measure()(a, b, score_cutoff=least * 100) / 100


@cache
def _measure() -> Callable[..., float]:
    from rapidfuzz import fuzz  # noqa: PLC0415

    return fuzz.ratio
