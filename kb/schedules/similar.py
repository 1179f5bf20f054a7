"""How alike two texts are; the only file of this column that imports rapidfuzz."""

from rapidfuzz import fuzz


def ratio(a: str, b: str, least: float = 0.0) -> float:
    """Return how alike `a` and `b` are, 0 to 1: 0 where that is below `least`."""
    return fuzz.ratio(a, b, score_cutoff=least * 100) / 100
