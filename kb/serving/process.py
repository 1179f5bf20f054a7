"""A builder in a process of its own, so that answers need not wait for a build to let go of Python.

The builder's process is copied from the preview before that has any thread. For each build it
copies itself: the copy builds, and when it is done takes its place, knowing the newest notes;
where a newer change comes first, the copy is killed, whatever it is doing (a build is made to be
killed at any point), and the process it was copied from goes on as if nothing had been. Meanwhile
that one answers questions, on a line of their own. Letters between them are plain values
(`kb.model.value`); where one side ends, the other notices.
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

from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.serving.builder import Asks, Builder, Built, Cancelled, Fresh, NotBuilt, Sight, Wanted

LISTEN = 0.004
"""Seconds between two looks whether what is under way is to be given up."""
GRACE = 3.0
"""Seconds that the child has to end by itself."""
TAKE_OVER = b"take over"
TIDY = 8
"""Builds after which garbage is looked for, when there is nothing else to do."""


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
    sender: int = 0
    """The process that goes on after this letter, where that is another one."""


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
        self._first = os.fork()
        if self._first == 0:
            _become_child(_Child(builder, there, asked), (self._here, self._ask))
        there.close()
        asked.close()
        self._sender = self._first

    @property
    def is_warm(self) -> bool:
        """False: what the child still needs is for the child to know."""
        return False

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
        with suppress(ProcessLookupError):
            os.kill(self._sender, signal.SIGKILL)
        while self._lives() and monotonic() < end + GRACE:
            sleep(0.01)

    def _lives(self) -> bool:
        """Return whether any process of the builder's is left; give back those that have ended."""
        if self._first:
            with suppress(ChildProcessError):
                if os.waitpid(self._first, os.WNOHANG) == (0, 0):
                    return True
            first, self._first = self._first, 0
            if first == self._sender:
                return False
        return _is_running(self._sender)

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
            letter = decode(self._here.recv_bytes(), Letter)
        except (EOFError, OSError) as fault:
            raise _ended() from fault
        self._sender = letter.sender or self._sender
        return letter


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    with suppress(OSError):  # one that has ended may wait long until the system forgets it
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        return state.split()[0] != "Z"
    return True


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
            if order.kind == "warm" and self._builder.is_warm and self._age < TIDY:
                self._tell(Letter("warm"))
            elif order.kind in {"build", "warm"}:
                self._age = 0 if order.kind == "warm" else self._age + 1
                self._have_done(order)

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

    def _have_done(self, order: Order) -> None:
        """Have a copy of this process do `order`; return in the process that goes on."""
        if order.kind == "build" and (pages := self._ahead(order.wanted)):
            self._tell(Letter("ahead", pages=pages))
        mine, its = multiprocessing.Pipe()
        gc.freeze()  # so that looking for garbage does not copy memory
        copy = os.fork()
        if copy == 0:
            mine.close()
            os.setpgid(0, 0)  # its workers are ended with it
            _Copy(self._builder, order, its).work()
            gc.unfreeze()
            return
        its.close()
        with suppress(OSError):
            os.setpgid(copy, copy)  # done on both sides: either may come first
        if _Minder(self, self._there, mine, copy, order.number).has_done():
            mine.send_bytes(TAKE_OVER)
            os._exit(0)
        mine.close()
        with suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)
        gc.unfreeze()

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

    def has_done(self) -> bool:
        """Return whether the copy has done its order and is to go on in this one's place."""
        letters = [self._mine, self._there]
        while True:
            ready = wait(letters if self._switching else [*letters, self._child.asked])
            if self._mine in ready:
                over = self._from_copy()
            elif self._there in ready:
                over = self._from_preview()
            else:
                over = None
                self._child.answer()
            if over is not None:
                return over

    def _from_copy(self) -> bool | None:
        try:
            data = self._mine.recv_bytes()
        except (EOFError, OSError):
            self._there.send_bytes(encode(Letter("not built", message="the build has crashed")))
            return False
        kind = decode(data, Letter).kind
        self._switching = self._switching or kind == "switch"
        self._there.send_bytes(data)
        return {"built": True, "warm": True, "not built": False, "cancelled": False}.get(kind)

    def _from_preview(self) -> bool | None:
        try:
            data = self._there.recv_bytes()
        except (EOFError, OSError):
            if not self._switching:
                self._give_up()
            os._exit(0)
        order = decode(data, Order)
        if order.kind == "go":
            self._mine.send_bytes(data)
        elif order.kind == "cancel" and order.number == self._number and not self._switching:
            self._give_up()
            self._there.send_bytes(encode(Letter("cancelled")))
            return False
        return None

    def _give_up(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._copy, signal.SIGKILL)


class _Copy:
    """The copy: does one order, and waits until it may take over."""

    def __init__(self, builder: Builder, order: Order, its: Connection) -> None:
        self._builder = builder
        self._order = order
        self._its = its

    def work(self) -> None:
        """Return when the order is done and the process may take over; else end the process."""
        _give_way(to_others=True)
        try:
            self._tell(self._done())
            if self._its.recv_bytes() == TAKE_OVER:
                self._its.close()
                _give_way(to_others=False)
                return
        except (EOFError, OSError):
            pass
        os._exit(1)

    def _tell(self, letter: Letter) -> None:
        self._its.send_bytes(encode(letter))

    def _done(self) -> Letter:
        try:
            if self._order.kind == "warm":
                shown = self._builder.warm(_never)
                gc.unfreeze()
                gc.collect()  # takes long on a large site: here nobody waits for it
                return Letter("warm", shown_notes=shown, sender=os.getpid())
            asks = Asks(self._switch, _never, self._show_ahead)
            built = self._builder.build(self._order.wanted, asks)
            return Letter("built", built=built, sender=os.getpid())
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


def _give_way(*, to_others: bool) -> None:
    """Have the system prefer what answers somebody to this process, where it knows how to."""
    if sys.platform == "linux":
        policy = os.SCHED_BATCH if to_others else os.SCHED_OTHER
        with suppress(OSError):
            os.sched_setscheduler(0, policy, os.sched_param(0))


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
