"""The figures of extraction on annotated notes: floors that no change may fall below."""

from pathlib import Path

import pytest

from bench.score import Score, pairs, run, score

SAMPLES = Path(__file__).parent / "samples"


def figures(total: Score) -> dict[str, float]:
    return {
        key: round(getattr(total, key).f1, 3) for key in ("talks", "titles", "speakers", "links")
    }


def test_samples_keep_their_figures() -> None:
    total, each, _ = run(SAMPLES)
    assert len(each) >= 70
    assert min(figures(total).values()) >= 0.99
    assert total.spurious == 0


@pytest.mark.shared
def test_annotated_notes_of_others_keep_their_figures(shared: Path) -> None:
    total, _, _ = run(shared / "notes")
    found = figures(total)
    assert found["talks"] >= 0.98
    assert found["titles"] >= 0.95
    assert found["speakers"] >= 0.97
    assert found["links"] >= 0.93
    assert total.names.right >= 0.95 * total.names.gold
    assert total.years.right >= 0.95 * total.years.gold
    assert total.spurious == 0


@pytest.mark.shared
def test_the_posts_of_one_summit_are_read_right(shared: Path) -> None:
    total, each, _ = run(shared / "notes" / "csuttles")
    assert len(each) == 3
    assert min(figures(total).values()) >= 0.99


def talk(title: str, line: int, *names: str) -> dict[str, object]:
    return {"title": title, "speakers": list(names), "links": [], "line": line}


def test_talks_pair_off_nearest_first_and_by_title_at_equal_distance() -> None:
    found = [talk("B", 9), talk("A", 11)]
    assert pairs(found, [talk("A", 10), talk("B", 10)]) == {0: 1, 1: 0}
    assert pairs([talk("A", 10)], [talk("A", 13)]) == {}


def test_what_is_missed_and_what_is_too_much_both_count() -> None:
    gold = {"event": {"name": None, "year": None}, "talks": [talk("A", 3, "Ann Lee")]}
    found = {
        "event": {"name": "FooConf", "year": None, "place": None},
        "talks": [talk("A", 3, "Bo Ek"), talk("C", 30)],
    }
    result = score(found, gold)
    assert (result.talks.right, result.talks.found, result.talks.gold) == (1, 2, 1)
    assert (result.speakers.right, result.speakers.found, result.speakers.gold) == (0, 1, 1)
    assert result.spurious == 1
    assert len(result.faults) == 4
