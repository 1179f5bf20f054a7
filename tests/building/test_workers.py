"""Work in processes answers as work in one does."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from kb.building.files import FileFault
from kb.building.workers import PAYS, WorkerFault, apart, begun, in_turn, spread
from kb.reading.limits import OutOfTime, time_limit


def no_work(*_: object) -> bytes:
    return b""


def spread_all() -> None:
    dict(spread(no_work, range(9), 3, pays=2))


def begin_all() -> None:
    with begun(no_work, range(9), 2):
        pass


def do_in_turn() -> None:
    with in_turn([no_work], 2):
        pass


def do_apart() -> None:
    apart(no_work, lambda _: None, 2)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_answers_are_the_same_for_any_number_of_processes(jobs: int) -> None:
    items = [f"{number}" * (number % 700) for number in range(PAYS + 50)]
    answers = dict(spread(lambda item: item.encode(), items, jobs))
    assert [answers[number] for number in range(len(items))] == [item.encode() for item in items]


def test_more_processes_do_the_work() -> None:
    def work(_: int) -> bytes:
        time.sleep(0.002)
        return str(os.getpid()).encode()

    pids = {answer for _, answer in spread(work, range(PAYS), 2)}
    assert len(pids) == 2
    assert str(os.getpid()).encode() not in pids


def test_a_limit_of_time_holds_in_a_process_as_it_does_here() -> None:
    def work(item: int) -> bytes:
        with time_limit(30):
            until = time.process_time() + 0.3  # three looks whether the parent lives
            while time.process_time() < until:
                pass
        return b"in time"

    assert dict(spread(work, range(4), 2, pays=2)) == dict.fromkeys(range(4), b"in time")

    def endless(_: int) -> bytes:
        try:
            with time_limit(0.2):
                while True:
                    pass
        except OutOfTime:
            return b"ended"

    assert dict(spread(endless, range(2), 2, pays=2)) == {0: b"ended", 1: b"ended"}


def test_few_items_stay_in_this_process() -> None:
    pids = {answer for _, answer in spread(lambda _: str(os.getpid()).encode(), range(9), 2)}
    assert pids == {str(os.getpid()).encode()}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_whoever_asks_helps_with_what_was_begun(jobs: int) -> None:
    items = list(range(40))
    all_here = multiprocessing.get_context("fork").Barrier(jobs, timeout=60)
    came: set[int] = set()

    def work(item: int) -> bytes:
        if os.getpid() not in came:  # nobody does a second item before all have one
            came.add(os.getpid())
            all_here.wait()
        return f"{item} {os.getpid()}".encode()

    with begun(work, items, jobs) as answers:
        found = dict(answers())
    assert [int(found[number].split()[0]) for number in items] == items
    pids = {int(answer.split()[1]) for answer in found.values()}
    assert os.getpid() in pids
    assert len(pids) == jobs


def test_what_was_begun_and_is_not_asked_for_is_ended() -> None:
    with begun(lambda _: os.read(0, 1), range(4), 2):
        pass
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def refuse(item: int) -> bytes:
    if item == 77:
        raise FileFault("a.md", "the disk is full")
    return b""


def stumble(item: int) -> bytes:
    if item == 77:
        raise ValueError("a fault of kb's own")
    return b""


def die(item: int) -> bytes:
    if item == 77:
        os._exit(9)
    return b""


def test_faults_cross_to_the_parent() -> None:
    with pytest.raises(FileFault, match="the disk is full"):
        list(spread(refuse, range(PAYS), 2))
    with pytest.raises(WorkerFault, match="a fault of kb's own"):
        list(spread(stumble, range(PAYS), 2))
    with pytest.raises(WorkerFault, match="ended by the system"):
        list(spread(die, range(PAYS), 2))


def test_giving_up_ends_the_processes() -> None:
    answers = spread(lambda item: b"x" * 70_000, range(PAYS), 2)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("start", [spread_all, begin_all, do_in_turn, do_apart])
def test_where_no_process_can_be_started_none_is_left(
    start: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, before = os.fork, os.listdir("/dev/fd")
    left = iter([start is spread_all])

    def refused() -> int:
        if next(left, False):
            return fork()
        raise BlockingIOError(11, os.strerror(11))

    monkeypatch.setattr(os, "fork", refused)
    with pytest.raises(BlockingIOError):
        start()
    assert os.listdir("/dev/fd") == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_killed_parent_takes_its_workers_along() -> None:
    """They hold its lock: a build that is killed must be no obstacle for the next."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:

        def busy(_: int) -> bytes:
            os.write(writer, b"x")
            while True:
                pass

        list(spread(busy, range(PAYS), 2))
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    deadline = time.monotonic() + 30
    while os.read(reader, 16):
        assert time.monotonic() < deadline
    os.close(reader)


@pytest.mark.parametrize("jobs", [1, 2])
def test_works_in_turn_are_answered_in_turn(jobs: int) -> None:
    works = (lambda: b"x" * 3_000_000, lambda: str(os.getpid()).encode(), lambda: b"last")
    with in_turn(works, jobs) as answer:
        assert answer() == works[0]()
        assert (answer() == str(os.getpid()).encode()) == (jobs == 1)
        assert answer() == b"last"
    with in_turn(works[2:3], jobs) as answer:
        assert answer() == b"last"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_work_that_is_held_begins_when_the_one_before_is_answered(
    jobs: int, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"

    def held() -> bytes:
        begun.touch()
        return b"held"

    works = (lambda: b"first", lambda: b"second", held)
    with in_turn(works, jobs, held=1) as answer:
        assert answer() == b"first"
        time.sleep(0.2)
        assert not begun.exists()
        assert (answer(), answer()) == (b"second", b"held")
    begun.unlink()
    with in_turn(works, jobs, held=1) as answer:
        answer()
    assert not begun.exists()
    with pytest.raises(WorkerFault), in_turn((lambda: os._exit(3), held), 2, held=1) as answer:
        answer()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_next_work_begins_before_the_answer_to_the_first_is_read(tmp_path: Path) -> None:
    def second() -> bytes:
        (tmp_path / "begun").touch()
        return b""

    with in_turn((lambda: b"x" * 200_000, second), 2) as answer:
        deadline = time.monotonic() + 30
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert answer() == b"x" * 200_000


def test_a_fault_of_one_work_in_turn_is_its_own() -> None:
    with in_turn((lambda: b"good", lambda: refuse(77)), 2) as answer:
        assert answer() == b"good"
        with pytest.raises(FileFault, match="the disk is full"):
            answer()
    with in_turn((lambda: b"good", lambda: die(77)), 2) as answer:
        assert answer() == b"good"
        with pytest.raises(WorkerFault, match="ended by the system"):
            answer()


def test_works_in_turn_that_nobody_waits_for_are_ended() -> None:
    def long() -> bytes:
        time.sleep(600)
        return b""

    with in_turn((lambda: b"first", long), 2) as answer:
        assert answer() == b"first"
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_one_of_the_processes_waits_for_works_in_turn_to_end() -> None:
    reader, writer = os.pipe()

    def process(_: int) -> bytes:
        time.sleep(0.002)
        return str(os.getpid()).encode()

    with in_turn((lambda: os.read(reader, 1),), 2) as answer:
        answers = spread(process, range(PAYS), 2, busy=answer.busy)
        assert len({one for _, one in islice(answers, PAYS)}) == 1
        os.write(writer, b"x")
        assert answer() == b"x"
        assert list(answers) == []
    with in_turn((lambda: b"x",), 2) as answer:
        assert answer() == b"x"
        assert len({one for _, one in spread(process, range(PAYS), 2, busy=answer.busy)}) == 2


@pytest.mark.timeout(60)
def test_who_waits_for_what_is_done_only_later_holds_up_nobody() -> None:
    with in_turn((lambda: b"x" * 3_000_000,), 2) as answer:
        assert len(dict(spread(lambda _: b"", range(PAYS), 2, busy=answer.busy))) == PAYS
        assert len(answer()) == 3_000_000  # more than waits in a pipe


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_apart_tells_what_it_does_and_answers(jobs: int) -> None:
    heard: list[bytes] = []

    def work(tell: Callable[[bytes], None]) -> bytes:
        tell(b"one")
        tell(b"two")
        return str(os.getpid()).encode()

    assert (apart(work, heard.append, jobs) == str(os.getpid()).encode()) == (jobs == 1)
    assert heard == [b"one", b"two"]


def _digits(number: int) -> bytes:
    return str(number).encode()


def test_work_apart_may_spread_work_itself() -> None:
    def work(_: Callable[[bytes], None]) -> bytes:
        return b"".join(sorted(data for _, data in spread(_digits, range(PAYS), 2)))

    assert apart(work, print, 2) == b"".join(sorted(map(_digits, range(PAYS))))


def test_faults_of_work_apart_are_those_of_a_worker() -> None:
    with pytest.raises(FileFault, match="the disk is full"):
        apart(lambda _: refuse(77), print, 2)
    with pytest.raises(WorkerFault, match="ended by the system"):
        apart(lambda _: die(77), print, 2)
