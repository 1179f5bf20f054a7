"""A lazy sequence is one of what is made, when that is asked for."""

from kb.model.lazy import Lazy


def test_items_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return f"{number}"

    lazy = Lazy(make, range(10))
    assert (len(lazy), made) == (10, [])
    assert (lazy[3], lazy[-1], made) == ("3", "9", [3, 9])
    some = lazy[2:4]
    assert made == [3, 9]
    assert [*some] == ["2", "3"]
    assert [*lazy] == [f"{number}" for number in range(10)]
