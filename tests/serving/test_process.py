import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from kb.building.options import Cancelled
from kb.serving.builder import Asks, Built, Fresh, NotBuilt, Sight, Wanted
from kb.serving.process import ProcessBuilder

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
"""The command copies itself before it has threads; a test runner may have some."""


class Scripted:
    """Does what the hint says, and tells which process did it."""

    folder = Path("/site")
    output = Path("/site/public")
    known: tuple[str, ...] = ()

    def ignored(self) -> tuple[Path, ...]:
        return (self.output,)

    def close(self) -> None:
        pass

    def ahead(self, wanted: Wanted) -> dict[str, bytes]:
        return {"a/index.html": b"<p>soon</p>"} if wanted.hints == ("ahead",) else {}

    def warm(self, cancelled: Callable[[], bool]) -> dict[str, tuple[str, ...]]:
        return {"/a/": ("content/a.md",)}

    def build(self, wanted: Wanted, asks: Asks) -> Built:
        what = (wanted.hints or ("",))[0]
        if what == "wait":
            end = time.monotonic() + 10
            while time.monotonic() < end:
                try:
                    sum(range(10_000))
                except Exception:  # noqa: BLE001  (what gives a build up is no one's to catch)
                    return Built(sources=("caught",))
            return Built(sources=("not given up",))
        if what == "fault":
            raise NotBuilt("site.toml has errors")
        if what == "crash":
            raise RuntimeError("unforeseen")
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        with asks.switch(("content/a.md",)):
            pass
        return Built(sources=(str(os.getpid()),), written=frozenset({"a"}), seconds=0.5)

    def took(self, built: Built) -> None:
        self.known = built.sources

    def fresh(self, page: str, *, thorough: bool) -> Fresh:
        if page == "/odd/":
            raise RuntimeError("unforeseen")
        return Fresh("page", f"{page} {thorough} {self.known}".encode())

    def look(self, page: str) -> Sight:
        return Sight(page, ("content/a.md",))


@pytest.fixture
def remote() -> Iterator[ProcessBuilder]:
    builder = ProcessBuilder(Scripted())
    yield builder
    builder.close()


def never() -> bool:
    return False


def test_it_builds_elsewhere_and_holds_the_switch_here(remote: ProcessBuilder) -> None:
    held: list[object] = []

    @contextmanager
    def switch(broken: Collection[str]) -> Iterator[None]:
        held.append(tuple(broken))
        yield
        held.append("over")

    built = remote.build(Wanted(), Asks(switch, never))
    assert built.sources != (str(os.getpid()),)
    assert built.written == frozenset({"a"})
    assert held == [("content/a.md",), "over"]


@contextmanager
def free(_: Collection[str]) -> Iterator[None]:
    yield


def test_a_build_can_be_given_up_and_done_again(remote: ProcessBuilder) -> None:
    asked = threading.Event()
    threading.Timer(0.1, asked.set).start()
    with pytest.raises(Cancelled):
        remote.build(Wanted(("wait",)), Asks(free, asked.is_set))
    assert remote.build(Wanted(), Asks(free, never)).seconds == 0.5


def test_a_cancel_is_for_one_build_only(remote: ProcessBuilder) -> None:
    with suppress(Cancelled):  # it comes before the build is done, or after
        remote.build(Wanted(), Asks(free, lambda: True))
    assert remote.build(Wanted(), Asks(free, never)).seconds == 0.5


def test_faults_come_back_as_words(remote: ProcessBuilder) -> None:
    with pytest.raises(NotBuilt, match=r"site\.toml has errors"):
        remote.build(Wanted(("fault",)), Asks(free, never))
    with pytest.raises(NotBuilt, match="RuntimeError: unforeseen"):
        remote.build(Wanted(("crash",)), Asks(free, never))
    assert remote.build(Wanted(), Asks(free, never)).seconds == 0.5


def test_a_build_that_no_process_can_be_had_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, calls = os.fork, count()

    def second_refused() -> int:
        if next(calls) == 1:
            raise BlockingIOError(11, os.strerror(11))
        return fork()

    monkeypatch.setattr(os, "fork", second_refused)
    builder = ProcessBuilder(Scripted())
    with pytest.raises(NotBuilt, match="temporarily unavailable"):
        builder.build(Wanted(), Asks(free, never))
    assert builder.build(Wanted(), Asks(free, never)).seconds == 0.5
    builder.close()


def test_a_page_can_be_looked_at(remote: ProcessBuilder) -> None:
    assert remote.look("/a/") == Sight("/a/", ("content/a.md",))


def test_questions_are_answered_while_a_build_is_under_way(remote: ProcessBuilder) -> None:
    given_up = threading.Event()
    faults: list[Exception] = []

    def build() -> None:
        try:
            remote.build(Wanted(("wait",)), Asks(free, given_up.is_set))
        except Cancelled as fault:
            faults.append(fault)

    thread = threading.Thread(target=build)
    before = remote.fresh("/a/", thorough=False).data
    thread.start()
    time.sleep(0.2)
    assert remote.fresh("/a/", thorough=False).data == before
    assert remote.fresh("/b/", thorough=True).data.startswith(b"/b/ True ")
    assert remote.look("/a/").notes == ("content/a.md",)
    assert thread.is_alive()
    given_up.set()
    thread.join()
    assert len(faults) == 1
    assert remote.fresh("/a/", thorough=False).data == before
    remote.build(Wanted(), Asks(free, never))
    assert remote.fresh("/a/", thorough=False).data != before  # who has built tells it


def test_a_page_that_cannot_be_told_is_as_it_was(remote: ProcessBuilder) -> None:
    assert remote.fresh("/odd/", thorough=True) == Fresh()
    remote.close()
    assert remote.fresh("/a/", thorough=True) == Fresh()


def test_a_child_that_dies_is_one_line(remote: ProcessBuilder) -> None:
    with pytest.raises(NotBuilt, match="the build has crashed"):
        remote.build(Wanted(("die",)), Asks(free, never))
    assert remote.build(Wanted(), Asks(free, never)).seconds == 0.5


def test_each_build_is_done_by_a_copy(remote: ProcessBuilder) -> None:
    builds = [remote.build(Wanted(), Asks(free, never)).sources[0] for _ in range(5)]
    assert len(set(builds)) == 5
    with pytest.raises(Cancelled):
        remote.build(Wanted(("wait",)), Asks(free, lambda: True))


def test_nothing_is_left_when_it_is_closed() -> None:
    builder = ProcessBuilder(Scripted())
    pid = int(builder.build(Wanted(), Asks(free, never)).sources[0])
    builder.close()
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_pages_come_ahead_of_the_build(remote: ProcessBuilder) -> None:
    shown: list[dict[str, bytes]] = []
    asks = Asks(free, never, lambda pages: shown.append(dict(pages)))
    assert remote.build(Wanted(("ahead",)), asks).seconds == 0.5
    assert shown == [{"a/index.html": b"<p>soon</p>"}]


def test_it_can_be_warmed(remote: ProcessBuilder) -> None:
    assert remote.warm(never) == {"/a/": ("content/a.md",)}
