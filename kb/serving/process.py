"""A builder in a process of its own, so that answers need not wait for a build to let go of Python.

The builder's process is copied from the preview before that has any thread. For each build it
copies itself, and takes note of what the copy has built when it is done; where a newer change comes
first, the copy is killed, whatever it is doing (a build is made to be killed at any point), and all
is as if nothing had been. So what a build needs of memory goes with it. Meanwhile questions are
answered, on a line of their own. Letters between them are plain values (`kb.model.value`); where
one side ends, the other notices.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, NoReturn

from kb.building.options import Cancelled
from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.serving.builder import Asks, Builder, Built, Fresh, NotBuilt, Sight, Wanted

LISTEN = 0.004
"""Seconds between two looks whether what is under way is to be given up."""
GRACE = 3.0
"""Seconds that the child has to end by itself."""
TIDY = 8
"""Builds after which garbage is looked for: rendering leaves some, and this process lives long."""


class Order(Value, frozen=True):
    """What the preview tells the child."""

    kind: Literal["build", "warm", "look", "fresh", "go", "cancel"]
    number: int = 0
    """Counts orders; a cancel names the one that it is for."""
    wanted: Wanted = Wanted()
    page: str = ""
    thorough: bool = False


class Letter(Value, frozen=True):
    """What the child answers."""

    kind: Literal[
        "ahead",
        "switch",
        "switched",
        "built",
        "warm",
        "sight",
        "fresh",
        "cancelled",
        "not built",
    ]
    built: Built | None = None
    message: str = ""
    findings: tuple[Finding, ...] = ()
    broken: tuple[str, ...] = ()
    sight: Sight | None = None
    fresh: Fresh = Fresh()
    pages: Mapping[str, bytes] = {}
    shown_notes: Mapping[str, tuple[str, ...]] | None = None


class ProcessBuilder:
    """A `Builder` whose work is done by a copy of this process."""

    def __init__(self, builder: Builder) -> None:
        """Copy this process, which must have no other thread; `builder` works in the copy."""
        self.folder = builder.folder
        self.output = builder.output
        self._ignored = builder.ignored()
        self._number = 0
        self._busy = threading.Lock()
        self._here, there = multiprocessing.Pipe()
        self._asking = threading.Lock()
        self._ask, asked = multiprocessing.Pipe()
        self._child = os.fork()
        if self._child == 0:
            _become_child(_Child(builder, there, asked), (self._here, self._ask))
        there.close()
        asked.close()

    def ignored(self) -> tuple[Path, ...]:
        """Return what the builder ignores."""
        return self._ignored

    def build(self, wanted: Wanted, asks: Asks) -> Built:
        """Build in the child; `asks.switch` is held here while files move there.

        Raises:
            Cancelled: a newer change came.
            NotBuilt: the site as a whole cannot be built, or the child has died.
        """
        with self._busy:
            self._order("build", wanted)
            letter = self._hear(asks.cancelled)
            while letter.kind == "ahead":
                asks.ahead(letter.pages)
                letter = self._hear(asks.cancelled)
            if letter.kind == "switch":
                with asks.switch(letter.broken):
                    self._send(Order("go"))
                    letter = self._hear(None)
                if letter.kind == "switched":
                    letter = self._hear(None)
        if letter.built is None:
            raise _fault(letter)
        return letter.built

    def ahead(self, wanted: Wanted) -> Mapping[str, bytes]:
        """Return nothing: the child tells what it can show ahead while it builds."""
        del wanted
        return {}

    def warm(self, cancelled: Callable[[], bool]) -> Mapping[str, tuple[str, ...]] | None:
        """Have the child get ready for quick builds.

        Raises:
            Cancelled: `cancelled()` said so.
            NotBuilt: the site cannot be read, or the child has died.
        """
        with self._busy:
            self._order("warm")
            letter = self._hear(cancelled)
        if letter.kind != "warm":
            raise _fault(letter)
        return letter.shown_notes

    def took(self, built: Built) -> None:
        """Do nothing: the child knows by itself."""

    def look(self, page: str) -> Sight:
        """Return what the child knows of `page`.

        Raises:
            NotBuilt: it cannot tell.
        """
        letter = self._answer(Order("look", page=page))
        if letter.sight is None:
            raise _fault(letter)
        return letter.sight

    def fresh(self, page: str, *, thorough: bool) -> Fresh:
        """Return what the child makes of `page` at once; nothing new, where it has died."""
        try:
            return self._answer(Order("fresh", page=page, thorough=thorough)).fresh
        except NotBuilt:
            return Fresh()

    def _answer(self, question: Order) -> Letter:
        with self._asking:
            try:
                self._ask.send_bytes(encode(question))
                return decode(self._ask.recv_bytes(), Letter)
            except (EOFError, OSError) as fault:
                raise _ended() from fault

    def close(self) -> None:
        """End the child, which leaves nothing that the next command does not clear away."""
        self._here.close()
        self._ask.close()
        end = monotonic() + GRACE
        while self._lives() and monotonic() < end:
            sleep(0.01)
        if self._lives():
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0

    def _lives(self) -> bool:
        """Return whether the child still runs; give it back to the system where it has ended."""
        if self._child:
            with suppress(ChildProcessError):
                if os.waitpid(self._child, os.WNOHANG) == (0, 0):
                    return True
            self._child = 0
        return False

    def _order(
        self,
        kind: Literal["build", "warm"],
        wanted: Wanted = Wanted(),  # noqa: B008  (a frozen value)
    ) -> None:
        self._number += 1
        self._send(Order(kind, self._number, wanted))

    def _send(self, order: Order) -> None:
        try:
            self._here.send_bytes(encode(order))
        except OSError as fault:
            raise _ended() from fault

    def _hear(self, cancelled: Callable[[], bool] | None) -> Letter:
        """Return the next letter; meanwhile tell the child if its work is not wanted any more."""
        try:
            while cancelled is not None and not self._here.poll(LISTEN):
                if cancelled():
                    self._send(Order("cancel", self._number))
                    cancelled = None
            return decode(self._here.recv_bytes(), Letter)
        except (EOFError, OSError) as fault:
            raise _ended() from fault


def _ended() -> NotBuilt:
    return NotBuilt("the building process has ended; start the preview anew")


def _fault(letter: Letter) -> Exception:
    if letter.kind == "cancelled":
        return Cancelled()
    return NotBuilt(letter.message, letter.findings)


class _Child:
    """Does one order after the other; what takes long is done by a copy."""

    def __init__(self, builder: Builder, there: Connection, asked: Connection) -> None:
        self._builder = builder
        self._there = there
        self.asked = asked
        """The line of questions."""
        self._age = 0
        """Builds since garbage was last looked for."""

    def serve(self) -> None:
        """Do what is ordered until the preview has ended."""
        while True:
            ready = wait([self._there, self.asked])
            if self._there not in ready:
                self.answer()
                continue
            order = decode(self._there.recv_bytes(), Order)
            if order.kind == "warm":
                self._tell(self._warmed())
            elif order.kind == "build":
                self._have_built(order)

    def _tell(self, letter: Letter) -> None:
        self._there.send_bytes(encode(letter))

    def answer(self) -> None:
        """Answer one question from what is known now."""
        question = decode(self.asked.recv_bytes(), Order)
        try:
            if question.kind == "look":
                letter = Letter("sight", sight=self._builder.look(question.page))
            else:
                fresh = self._builder.fresh(question.page, thorough=question.thorough)
                letter = Letter("fresh", fresh=fresh)
        except Exception as fault:  # noqa: BLE001  (a page that cannot be told of ends nothing)
            letter = Letter("not built", message=_words(fault))
        self.asked.send_bytes(encode(letter))

    def _warmed(self) -> Letter:
        try:
            return Letter("warm", shown_notes=self._builder.warm(_never))
        except Exception as fault:  # noqa: BLE001  (what cannot be got ready ends nothing)
            return Letter("not built", message=_words(fault))

    def _have_built(self, order: Order) -> None:
        """Have a copy of this process do `order`, and take note of what it has built."""
        if pages := self._ahead(order.wanted):
            self._tell(Letter("ahead", pages=pages))
        mine, its = multiprocessing.Pipe()
        gc.freeze()  # so that looking for garbage does not copy memory
        try:
            copy = os.fork()
        except OSError as fault:
            mine.close()
            its.close()
            gc.unfreeze()
            self._tell(Letter("not built", message=_words(fault)))
            return
        if copy == 0:
            mine.close()
            os.setpgid(0, 0)  # its workers are ended with it
            _Copy(self._builder, order, its).work()
        its.close()
        with suppress(OSError):
            os.setpgid(copy, copy)  # done on both sides: either may come first
        built = _Minder(self, self._there, mine, copy, order.number).outcome()
        mine.close()
        if built is None:
            with suppress(ProcessLookupError):
                os.kill(copy, signal.SIGKILL)
        else:
            with suppress(Exception):  # what could not be opened is opened, or told of, next time
                self._builder.took(built)
        os.waitpid(copy, 0)
        gc.unfreeze()
        self._age += 1
        if self._age >= TIDY:
            self._age = 0
            gc.collect()

    def _ahead(self, wanted: Wanted) -> Mapping[str, bytes]:
        try:
            return self._builder.ahead(wanted)
        except Exception:  # noqa: BLE001  (the whole build tells what is wrong)
            return {}


class _Minder:
    """Carries letters between the preview and the copy, and gives the copy up when told to.

    Questions are answered meanwhile, but for the moment in which files move.
    """

    def __init__(
        self, child: _Child, there: Connection, mine: Connection, copy: int, number: int
    ) -> None:
        self._child = child
        self._there = there
        self._mine = mine
        self._copy = copy
        self._number = number
        self._switching = False
        self._switched = False
        """Whether files have moved, so that the build is not given up any more."""
        self._over = False
        self._built: Built | None = None

    def outcome(self) -> Built | None:
        """Return what the copy has built; None where it has not, and is to be ended."""
        letters = [self._mine, self._there]
        while not self._over:
            ready = wait(letters if self._switching else [*letters, self._child.asked])
            if self._mine in ready:
                self._from_copy()
            elif self._there in ready:
                self._from_preview()
            else:
                self._child.answer()
        return self._built

    def _from_copy(self) -> None:
        try:
            data = self._mine.recv_bytes()
        except (EOFError, OSError):
            self._over = True
            self._there.send_bytes(encode(Letter("not built", message="the build has crashed")))
            return
        letter = decode(data, Letter)
        self._built = letter.built
        self._switching = letter.kind == "switch" or (self._switching and letter.kind != "switched")
        self._switched = self._switched or self._switching
        self._over = letter.kind in {"built", "not built", "cancelled"}
        self._there.send_bytes(data)

    def _from_preview(self) -> None:
        try:
            data = self._there.recv_bytes()
        except (EOFError, OSError):
            if not self._switched:
                self._give_up()
            os._exit(0)
        order = decode(data, Order)
        if order.kind == "go":
            self._mine.send_bytes(data)
        elif order.kind == "cancel" and order.number == self._number and not self._switched:
            self._over = True
            self._give_up()
            self._there.send_bytes(encode(Letter("cancelled")))

    def _give_up(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._copy, signal.SIGKILL)


class _Copy:
    """The copy: does one order."""

    def __init__(self, builder: Builder, order: Order, its: Connection) -> None:
        self._builder = builder
        self._order = order
        self._its = its

    def work(self) -> NoReturn:
        """Do the order, and end the process."""
        try:
            _give_way()
            self._tell(self._done())
            os._exit(0)
        finally:
            os._exit(1)

    def _tell(self, letter: Letter) -> None:
        self._its.send_bytes(encode(letter))

    def _done(self) -> Letter:
        try:
            asks = Asks(self._switch, _never, self._show_ahead)
            built = self._builder.build(self._order.wanted, asks)
            return Letter("built", built=built)
        except Cancelled:
            return Letter("cancelled")
        except NotBuilt as fault:
            return Letter("not built", message=str(fault), findings=fault.findings)
        except (EOFError, BrokenPipeError):
            raise
        except Exception as fault:  # noqa: BLE001  (the preview outlives any one build)
            return Letter("not built", message=_words(fault))

    def _show_ahead(self, pages: Mapping[str, bytes]) -> None:
        self._tell(Letter("ahead", pages=pages))

    @contextmanager
    def _switch(self, broken: Collection[str]) -> Iterator[None]:
        """Have the preview hold its readers back; from now on the build is not given up."""
        self._tell(Letter("switch", broken=tuple(broken)))
        self._its.recv_bytes()
        try:
            yield
        finally:
            self._tell(Letter("switched"))


def _give_way() -> None:
    """Have the system prefer what answers somebody to this process, where it knows how to."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _never() -> bool:
    return False


def _words(fault: Exception) -> str:
    return str(fault) if isinstance(fault, NotBuilt) else f"{type(fault).__name__}: {fault}"


def _become_child(child: _Child, others: Iterable[Connection]) -> NoReturn:
    """Serve until the preview has ended; never return to what this process was copied from.

    `others` are the ends of its lines that are the preview's.
    """
    try:
        for one in others:
            one.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the preview, which ends this
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        child.serve()
    except (EOFError, OSError):
        os._exit(0)
    finally:
        os._exit(1)
