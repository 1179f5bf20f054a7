"""The trial that bench/match.py measures, on talks made up here."""

import random
import runpy
from pathlib import Path
from typing import Any

import pytest

BENCH: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "match.py"))
WORDS = [
    "queue",
    "pump",
    "river",
    "clock",
    "ledger",
    "index",
    "cache",
    "kernel",
    "socket",
    "planet",
    "harbour",
    "bridge",
    "signal",
    "folder",
    "parser",
    "garden",
    "window",
    "engine",
    "bucket",
    "mirror",
    "tunnel",
    "circle",
    "letter",
    "valley",
    "copper",
    "market",
]
NAMES = [
    "Mira",
    "Jonas",
    "Ada",
    "Noor",
    "Priya",
    "Femke",
    "Lars",
    "Ines",
    "Dele",
    "Yuki",
    "Obinna",
    "Marta",
    "Tomasz",
    "Elif",
]
FAMILIES = [
    "Stone",
    "Weir",
    "Lindqvist",
    "Haddad",
    "Raman",
    "Boer",
    "Nyqvist",
    "Carvalho",
    "Adeyemi",
    "Tanabe",
    "Okafor",
]


def talks(count: int) -> list[Any]:
    luck = random.Random(7)
    found = []
    for number in range(count):
        title = " ".join(luck.sample(WORDS, luck.randint(3, 7))).capitalize()
        if number % 3 == 0:
            title += f": how to {' '.join(luck.sample(WORDS, 3))}"
        people = tuple(
            f"{luck.choice(NAMES)} {luck.choice(FAMILIES)}" for _ in range(luck.randint(1, 2))
        )
        found.append(BENCH["Talk"](title, people, f"2024-06-{number % 4 + 3:02d}"))
    return found


@pytest.mark.parametrize("dated", [True, False])
def test_disturbed_talks_are_found_again(dated: bool) -> None:
    marks = BENCH["marks_of"](BENCH["trial_of"](talks(300), 3, dated=dated))
    assert marks.precision >= 0.99, marks.wrong
    assert marks.recall >= 0.95


def test_a_trial_is_the_same_for_the_same_seed() -> None:
    some = talks(40)
    assert BENCH["trial_of"](some, 1) == BENCH["trial_of"](some, 1)
    assert BENCH["trial_of"](some, 1) != BENCH["trial_of"](some, 2)


def test_a_trial_disturbs_and_leaves_out() -> None:
    some = talks(400)
    trial = BENCH["trial_of"](some, 5)
    same = {one.title for one in trial.noted} & {one.title for one in trial.schedule.sessions}
    assert len(same) < 0.5 * len(some)
    assert 0 < 400 - len(trial.truth) < 40
