"""The limit on processor time."""

import gc
import inspect
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

import pytest

from kb.reading.limits import OutOfTime, can_limit, time_limit


def spin(rounds: int = 10**12) -> None:
    for _ in range(rounds):
        pass


def test_work_that_takes_too_long_is_ended() -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        spin()
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_work_in_time_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with time_limit(30):
        spin(10)
        assert not gc.isenabled()
    assert gc.isenabled()
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_an_inner_limit_does_not_lift_the_outer_one() -> None:
    def work() -> None:
        with time_limit(30):
            spin(10)
        spin()

    with pytest.raises(OutOfTime), time_limit(0.1):
        work()


def test_the_outer_limit_ends_inner_work() -> None:
    ended: list[str] = []

    def work() -> None:
        try:
            with time_limit(30):
                spin()
        except OutOfTime:
            ended.append("inner")
        spin()

    with pytest.raises(OutOfTime), time_limit(0.1):
        work()
    assert ended == ["inner"]


def test_an_exception_of_the_work_comes_through() -> None:
    with pytest.raises(KeyError), time_limit(30):
        raise KeyError


def test_in_another_thread_there_is_no_limit_and_no_harm() -> None:
    said: list[bool] = []

    def work() -> None:
        with time_limit(0.001):
            spin(100_000)
        said.append(can_limit())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == [False]
    assert can_limit()


def test_an_end_that_a_finaliser_swallows_is_signalled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.unraisablehook", lambda _fault: None)

    class Slow:
        def __del__(self) -> None:
            spin()

    def work() -> None:
        Slow()
        spin()

    with pytest.raises(OutOfTime), time_limit(0.05):
        work()


def test_a_second_signal_on_the_way_out_leaves_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGPROF)
    real = signal.setitimer
    late = [True]

    def setitimer(which: int, seconds: float, again: float = 0.0) -> tuple[float, float]:
        if not seconds and late and late.pop():
            signal.raise_signal(signal.SIGPROF)
        return real(which, seconds, again)

    monkeypatch.setattr(signal, "setitimer", setitimer)
    with time_limit(30):
        spin(10)
    assert not late
    assert real(signal.ITIMER_PROF, 0)[0] == 0
    assert signal.getsignal(signal.SIGPROF) == before


def test_a_signal_ends_the_body_and_nothing_on_the_way_in_or_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = signal.setitimer
    ways: list[list[FrameType]] = []

    def setitimer(which: int, seconds: float, again: float = 0.0) -> tuple[float, float]:
        way = [frame.frame for frame in inspect.stack(0)]
        ways.append(way[1 : next(n for n, f in enumerate(way) if f.f_code.co_name == "body")])
        return real(which, seconds, again)

    def body() -> None:
        with time_limit(30):
            stop = signal.getsignal(signal.SIGPROF)
            assert callable(stop)
            handlers.append(stop)
            with pytest.raises(OutOfTime):
                stop(signal.SIGPROF, sys._getframe())

    handlers: list[Callable[[int, FrameType | None], object]] = []
    monkeypatch.setattr(signal, "setitimer", setitimer)
    body()
    names = [[frame.f_code.co_name for frame in way] for way in ways]
    assert names == [["time_limit", "__enter__"], ["time_limit", "__exit__"]]
    for frame in (*ways[0], *ways[1]):
        handlers[0](signal.SIGPROF, frame)
    monkeypatch.undo()
    assert real(signal.ITIMER_PROF, 0)[0] == 0
