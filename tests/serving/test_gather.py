from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.serving.gather import LONGEST, STORM_QUIET, Gatherer


def builds(times: list[float]) -> list[float]:
    """When a storm of hints at `times` is built, if building takes no time."""
    gatherer, at = Gatherer(), []
    now, upcoming = 0.0, sorted(times)
    while upcoming or gatherer.pending:
        due = gatherer.due(now)
        if due is not None and (not upcoming or now + due < upcoming[0]):
            now += due
            gatherer.take(now)
            at.append(now)
        else:
            now = upcoming.pop(0)
            gatherer.hint(Path("/a"), now)
    return at


def test_one_save_is_built_at_once() -> None:
    assert builds([10.0]) == [10.02]


def test_the_events_of_one_save_are_one_build() -> None:
    assert len(builds([10.0, 10.001, 10.002, 10.012])) == 1
    assert builds([10.0, 10.001, 10.002, 10.012])[0] <= 10.012 + 0.05


def test_a_burst_is_built_while_it_goes_on() -> None:
    first = builds([10 + step / 100 for step in range(100)])[0]
    assert first <= 10 + LONGEST + 1e-6


def test_a_long_storm_is_few_builds() -> None:
    thousand = builds([10 + step / 100 for step in range(1000)])
    assert len(thousand) <= 3
    assert thousand[-1] >= 10 + 9.99


def test_a_storm_with_pauses_is_few_builds() -> None:
    times = [10 + step / 100 + (0.12 if step % 50 == 0 else 0) for step in range(1000)]
    assert len(builds(times)) <= 3


def test_a_new_burst_is_quick_again() -> None:
    at = builds([10 + step / 100 for step in range(1000)] + [60.0])
    assert at[-1] <= 60.0 + STORM_QUIET


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_nothing_hinted_is_left_unbuilt(times: list[float]) -> None:
    at = builds(times)
    assert at[-1] >= max(times)
    assert at[-1] <= max(times) + LONGEST
