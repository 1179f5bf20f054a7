"""A builder in a process of its own, so that answers need not wait for a build to let go of Python.

The child is copied from the preview before that has any thread. Both talk in letters of plain
values (`kb.model.value`), one at a time; where either ends, the other notices. A build is given up
by a signal, at whatever it is doing: it is made to be killed at any point, and what it had staged
is thrown away by the next one.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.serving.builder import Asks, Builder, Built, Cancelled, NotBuilt, Sight, Wanted

LISTEN = 0.004
"""Seconds between two looks whether what is under way is to be given up."""
GRACE = 3.0
"""Seconds that the child has to end by itself."""
GIVE_UP = signal.SIGUSR1


class Order(Value, frozen=True):
    """What the preview tells the child."""

    kind: Literal["build", "warm", "look", "go"]
    number: int = 0
    """Counts orders; the one that is to be given up is named by it."""
    wanted: Wanted = Wanted()
    page: str = ""


class Letter(Value, frozen=True):
    """What the child answers."""

    kind: Literal["ahead", "switch", "switched", "built", "warm", "sight", "cancelled", "not built"]
    built: Built | None = None
    message: str = ""
    findings: tuple[Finding, ...] = ()
    broken: tuple[str, ...] = ()
    sight: Sight | None = None
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
        context = multiprocessing.get_context("fork")
        self._given_up: Any = context.RawValue("q", 0)
        self._process = context.Process(
            target=_child, args=(builder, there, self._here, self._given_up), daemon=True
        )
        self._process.start()
        there.close()

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
            self._order("build", wanted=wanted)
            letter = self._hear(asks.cancelled)
            if letter.kind == "ahead":
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
        """Return what the child knows of `page`; waits while it builds.

        Raises:
            NotBuilt: it cannot tell.
        """
        with self._busy:
            self._order("look", page=page)
            letter = self._hear(None)
        if letter.sight is None:
            raise _fault(letter)
        return letter.sight

    def close(self) -> None:
        """End the child, which leaves nothing that the next command does not clear away."""
        self._here.close()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _order(
        self,
        kind: Literal["build", "warm", "look"],
        *,
        wanted: Wanted = Wanted(),  # noqa: B008  (a frozen value)
        page: str = "",
    ) -> None:
        self._number += 1
        self._send(Order(kind, self._number, wanted, page))

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
                    self._given_up.value = self._number
                    os.kill(self._process.pid or os.getpid(), GIVE_UP)
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


class _GivenUp(BaseException):
    """Raised by the signal wherever the child is at work; nobody in between catches it."""


class _Child:
    """The copy: does one order after the other."""

    def __init__(self, builder: Builder, there: Connection, given_up: Any) -> None:
        self._builder = builder
        self._there = there
        self._given_up = given_up
        self._order = Order("go")
        self._stoppable = False

    def serve(self) -> None:
        """Do what is ordered until the preview has ended."""
        while True:
            self._order = decode(self._there.recv_bytes(), Order)
            self._tell(self._answer())

    def on_signal(self, *_: object) -> None:
        """Give up what is under way, where that is what the preview means and can be done."""
        if self._stoppable and self._cancelled():
            self._stoppable = False
            raise _GivenUp

    def _tell(self, letter: Letter) -> None:
        self._there.send_bytes(encode(letter))

    def _cancelled(self) -> bool:
        return bool(self._given_up.value == self._order.number)

    def _answer(self) -> Letter:
        try:
            return self._done()
        except (_GivenUp, Cancelled):
            return Letter("cancelled")
        except NotBuilt as fault:
            return Letter("not built", message=str(fault), findings=fault.findings)
        except (EOFError, BrokenPipeError):
            raise
        except Exception as fault:  # noqa: BLE001  (the preview outlives any one build)
            return Letter("not built", message=f"{type(fault).__name__}: {fault}")
        finally:
            self._stoppable = False

    def _done(self) -> Letter:
        if self._order.kind == "look":
            return Letter("sight", sight=self._builder.look(self._order.page))
        if self._order.kind == "warm":
            self._stoppable = True
            return Letter("warm", shown_notes=self._builder.warm(self._cancelled))
        asks = Asks(self._switch, self._cancelled, self._show_ahead)
        self._stoppable = True
        return Letter("built", built=self._builder.build(self._order.wanted, asks))

    def _show_ahead(self, pages: Mapping[str, bytes]) -> None:
        self._stoppable = False
        self._tell(Letter("ahead", pages=pages))
        self._stoppable = True

    def _switch(self, broken: Collection[str]) -> "_Switching":
        return _Switching(self, tuple(broken))

    def begin_switch(self, broken: tuple[str, ...]) -> None:
        """Ask the preview to hold its readers back; from now on the build is not given up."""
        self._stoppable = False
        self._tell(Letter("switch", broken=broken))
        decode(self._there.recv_bytes(), Order)

    def end_switch(self) -> None:
        """Let the readers go on."""
        self._tell(Letter("switched"))


class _Switching:
    """Held while files move."""

    def __init__(self, child: _Child, broken: tuple[str, ...]) -> None:
        self._child = child
        self._broken = broken

    def __enter__(self) -> None:
        self._child.begin_switch(self._broken)

    def __exit__(self, *_: object) -> None:
        self._child.end_switch()


def _child(builder: Builder, there: Connection, here: Connection, given_up: Any) -> None:
    here.close()
    child = _Child(builder, there, given_up)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the preview, which ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(GIVE_UP, child.on_signal)
    with suppress(EOFError, OSError):
        child.serve()
    os._exit(0)
