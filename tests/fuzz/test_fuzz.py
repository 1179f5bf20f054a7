"""A short pass of every fuzz target over inputs that are the same in every run."""

import random
import time

import pytest

from tests.fuzz.seeds import FOUND, PIECES, SEEDS
from tests.fuzz.targets import TARGETS_BY_NAME

RUNS = {"note": 80, "query": 1500, "request": 3000, "import": 400, "schedule": 600}
"""How many inputs; a note makes a whole site."""
PATIENCE = 5.0
"""Seconds of the processor that one input may take; small inputs take milliseconds."""


def mutated(name: str, number: int) -> bytes:
    """Return input `number` of the target `name`: a seed, changed in a few places."""
    chance = random.Random(f"{name} {number}")
    data = chance.choice(SEEDS[name])
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        piece = chance.choice(
            [
                chance.choice(PIECES[name]),
                chance.choice(PIECES[name]) * chance.randint(2, 40),
                data[start:end],
                bytes([chance.randrange(256)]),
                b"",
            ]
        )
        end = min(end, start + chance.randint(0, 12))
        data = data[:start] + piece + data[end:]
    return data


@pytest.mark.parametrize("name", sorted(TARGETS_BY_NAME))
def test_mutated_inputs_break_no_promise(name: str) -> None:
    for number in range(RUNS[name]):
        data = mutated(name, number)
        before = time.process_time()
        try:
            TARGETS_BY_NAME[name](data)
        except Exception as fault:
            raise AssertionError(f"input {number} of {name}: {data!r}") from fault
        assert time.process_time() - before < PATIENCE, data


@pytest.mark.parametrize(("name", "told"), [(name, told) for name in FOUND for told in FOUND[name]])
def test_what_was_found_stays_mended(name: str, told: str) -> None:
    TARGETS_BY_NAME[name](FOUND[name][told])


def test_inputs_are_the_same_in_every_run() -> None:
    assert mutated("query", 7) == mutated("query", 7)
    assert len({mutated("note", number) for number in range(50)}) == 50
