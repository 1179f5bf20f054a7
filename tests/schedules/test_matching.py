"""Which session is which talk: small cases, and many at once."""

from itertools import permutations

import pytest

from kb.model.schedule import Schedule, ScheduleSession
from kb.schedules.assignment import assign
from kb.schedules.folding import name_of
from kb.schedules.likeness import name_likeness
from kb.schedules.matching import Matching, Noted, match


def session(title: str, *speakers: str, **fields: str) -> ScheduleSession:
    return ScheduleSession(id=title, title=title, speakers=speakers, **fields)


def matched(noted: list[Noted], *sessions: ScheduleSession) -> Matching:
    return match(noted, Schedule(sessions=sessions))


def is_sure(noted: Noted, announced: ScheduleSession) -> bool | None:
    """Return whether the two are one, for sure or perhaps; None where they are not."""
    pairs = matched([noted], announced).pairs
    return pairs[0].sure if pairs else None


@pytest.mark.parametrize(
    ("noted", "announced"),
    [
        ("Queues That Tell You They Are Full", "QUEUES that tell you: they are full"),
        ("Queues That Tell You They Are Full", "Queues That Tell You Thye Are Full"),
        ("Cells, Bulkheads and Other Walls", "Cells, Bulkheads and Other Walls: a tour"),
        ("Cells, Bulkheads and Other Walls", "Walls: Cells, Bulkheads and Other"),
        ("The Cheapest Canary", "Cheapest canary, the"),
        ("Café ops für alle Fälle", "Cafe Ops fur alle Falle"),
        ("Keynote: What the Crane Driver Knows", "What the Crane Driver Knows"),
    ],
)
def test_titles_that_are_one(noted: str, announced: str) -> None:
    assert is_sure(Noted(noted), session(announced)) is True


@pytest.mark.parametrize(
    ("noted", "announced"),
    [
        ("Queues That Tell You They Are Full", "Restore Drills, One Year On"),
        ("An Introduction to Python Packaging", "An Introduction to Python Testing"),
        ("State of Nova", "State of Nodes"),
    ],
)
def test_titles_that_are_two(noted: str, announced: str) -> None:
    assert is_sure(Noted(noted, ("Mira Stone",)), session(announced, "Jonas Weir")) is not True


def test_one_title_of_other_speakers_is_doubtful() -> None:
    noted = Noted("Queues That Tell You They Are Full", ("Mira Stone",))
    assert is_sure(noted, session(noted.title, "Jonas Weir")) is False


def test_a_short_title_needs_more_than_itself() -> None:
    assert is_sure(Noted("Keynote"), session("Keynote")) is False
    assert is_sure(Noted("Keynote", ("Mira Stone",)), session("Keynote", "Mira Stone")) is True
    timed = Noted("Keynote", date="2024-06-03", start="9:00")
    assert is_sure(timed, session("Keynote", date="2024-06-03", start="09:00")) is True


def test_the_day_tells_twins_apart() -> None:
    noted = [
        Noted("Lightning talks", date="2024-06-04"),
        Noted("Lightning talks", weekday="monday"),
    ]
    found = matched(
        noted,
        session("Lightning talks", date="2024-06-03"),
        session("Lightning talks", date="2024-06-04"),
    )
    assert {(pair.noted, pair.session) for pair in found.pairs} == {(0, 1), (1, 0)}


def test_twins_that_nothing_tells_apart_are_doubtful() -> None:
    noted = [Noted("Pumps without electricity")]
    first, second = session("Pumps without electricity"), session("Pumps, without electricity")
    found = matched(noted, first, second)
    assert [pair.sure for pair in found.pairs] == [False]
    assert len(found.sessions) == 1


def test_a_url_in_common_settles_it() -> None:
    noted = Noted("What I heard about pumps", urls=("http://www.river.example/11",))
    announced = session("About water, pumps and mills", url="https://river.example/11/")
    assert is_sure(noted, announced) is not None
    assert "url" in matched([noted], announced).pairs[0].reasons


def test_what_a_person_says_wins() -> None:
    noted = [Noted("Pumps without electricity"), Noted("Something else entirely")]
    sessions = Schedule(sessions=(session("Pumps without electricity"),))
    barred = match(noted, sessions, {(0, 0): False})
    assert barred.pairs == ()
    forced = match(noted, sessions, {(1, 0): True})
    assert [(pair.noted, pair.sure) for pair in forced.pairs] == [(1, True)]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Mira Stone", "Stone, Mira", True),
        ("Mira Stone", "MIRA STONE (River Ltd)", True),
        ("Mira Stone", "M. Stone", True),
        ("Mira Stone", "Mira Stnoe", True),
        ("Mira Stone", "Mira Anna Stone", True),
        ("Mira Stone", "Jonas Stone", False),
        ("Mira Stone", "Mia Lindqvist", False),
    ],
)
def test_names(a: str, b: str, same: bool) -> None:
    assert (name_likeness(name_of(a), name_of(b)) > 0.8) is same


def test_the_sum_is_what_counts() -> None:
    scores = {(0, 0): 0.9, (0, 1): 0.88, (1, 0): 0.86}
    assert assign(scores) == {0: 1, 1: 0}


def test_assignments_are_the_best_of_all() -> None:
    scores = {(a, b): ((a * 7 + b * 5) % 11 + 1) / 11 for a in range(5) for b in range(4)}
    best = max(
        sum(scores[a, b] for b, a in enumerate(chosen)) for chosen in permutations(range(5), 4)
    )
    found = assign(scores)
    assert len(set(found.values())) == len(found) == 4
    assert abs(sum(scores[pair] for pair in found.items()) - best) < 1e-9


def test_a_large_group_of_twins_ends() -> None:
    scores = {(a, b): 0.9 for a in range(120) for b in range(120)}
    assert len(assign(scores)) == 120
