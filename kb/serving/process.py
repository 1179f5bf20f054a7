"""A builder in a process of its own, so that answers need not wait for a build to let go of Python.

The child is copied from the preview before that has any thread. Both talk in sealed letters of
plain values (`kb.model.value`), one at a time; where either ends, the other notices.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.serving.builder import Builder, Built, Cancelled, NotBuilt, Sight, Switch, Wanted

LISTEN = 0.005
"""Seconds between two looks whether a build under way is to be given up."""
GRACE = 3.0
"""Seconds that the child has to end by itself."""


class Order(Value, frozen=True):
    """What the preview tells the child."""

    kind: Literal["build", "look", "go", "cancel"]
    number: int = 0
    """Which build; a cancel that comes late is for one that is over."""
    wanted: Wanted = Wanted()
    page: str = ""


class Letter(Value, frozen=True):
    """What the child answers."""

    kind: Literal["switch", "switched", "built", "cancelled", "not built", "failed", "sight"]
    built: Built | None = None
    message: str = ""
    findings: tuple[Finding, ...] = ()
    broken: tuple[str, ...] = ()
    sight: Sight | None = None


class Ended(Exception):
    """The child is gone; `str()` is one line for a person."""


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
        self._process = context.Process(
            target=_child, args=(builder, there, self._here), name="kb-build", daemon=True
        )
        self._process.start()
        there.close()

    def ignored(self) -> tuple[Path, ...]:
        """Return what the builder ignores."""
        return self._ignored

    def build(
        self,
        wanted: Wanted,
        switch: Switch,
        cancelled: Callable[[], bool],
    ) -> Built:
        """Build in the child; `switch` is held here while files move there.

        Raises:
            Cancelled: a newer change came.
            NotBuilt: the site as a whole cannot be built, or the child has died.
        """
        with self._busy:
            self._number += 1
            self._send(Order("build", self._number, wanted))
            letter = self._hear(cancelled)
            if letter.kind == "switch":
                with switch(letter.broken):
                    self._send(Order("go"))
                    letter = self._hear(None)
                if letter.kind == "switched":
                    letter = self._hear(None)
        return _unsealed(letter)

    def look(self, page: str) -> Sight:
        """Return what the child knows of `page`; waits while it builds.

        Raises:
            NotBuilt: it cannot tell.
        """
        with self._busy:
            self._send(Order("look", page=page))
            letter = self._hear(None)
        if letter.sight is None:
            raise NotBuilt(letter.message or "nothing is known of this page")
        return letter.sight

    def close(self) -> None:
        """End the child: at once where it is not in the middle of a switch."""
        self._here.close()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _send(self, order: Order) -> None:
        try:
            self._here.send_bytes(encode(order))
        except OSError as fault:
            raise NotBuilt("the building process has ended; start the preview anew") from fault

    def _hear(self, cancelled: Callable[[], bool] | None) -> Letter:
        told = cancelled is None
        try:
            while not told and not self._here.poll(LISTEN):
                if cancelled is not None and cancelled():
                    self._send(Order("cancel", self._number))
                    told = True
            return decode(self._here.recv_bytes(), Letter)
        except (EOFError, OSError) as fault:
            raise NotBuilt("the building process has ended; start the preview anew") from fault


def _unsealed(letter: Letter) -> Built:
    if letter.kind == "built" and letter.built is not None:
        return letter.built
    if letter.kind == "cancelled":
        raise Cancelled
    raise NotBuilt(letter.message, letter.findings)


def _child(builder: Builder, there: Connection, here: Connection) -> None:
    """Do what is ordered until the preview has ended."""
    here.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the preview, which ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        while True:
            order = decode(there.recv_bytes(), Order)
            if order.kind == "build":
                there.send_bytes(encode(_built(builder, order, there)))
            elif order.kind == "look":
                there.send_bytes(encode(_looked(builder, order.page)))
    os._exit(0)


def _built(builder: Builder, order: Order, there: Connection) -> Letter:
    try:
        built = builder.build(
            order.wanted,
            lambda broken: _Switching(there, broken),
            lambda: _cancelled(order, there),
        )
        return Letter("built", built)
    except Cancelled:
        return Letter("cancelled")
    except NotBuilt as fault:
        return Letter("not built", message=str(fault), findings=fault.findings)
    except (EOFError, OSError):
        raise
    except Exception as fault:  # noqa: BLE001  (the preview outlives any one build)
        return Letter("failed", message=f"{type(fault).__name__}: {fault}")


def _looked(builder: Builder, page: str) -> Letter:
    try:
        return Letter("sight", sight=builder.look(page))
    except Exception as fault:  # noqa: BLE001  (a page that cannot be told of is no end of anything)
        return Letter("failed", message=f"{type(fault).__name__}: {fault}")


def _cancelled(order: Order, there: Connection) -> bool:
    while there.poll():
        heard = decode(there.recv_bytes(), Order)
        if heard.kind == "cancel" and heard.number == order.number:
            return True
    return False


class _Switching:
    """Asks the preview to hold its readers back, for the time of the block."""

    def __init__(self, there: Connection, broken: Collection[str]) -> None:
        self._there = there
        self._broken = tuple(broken)

    def __enter__(self) -> None:
        self._there.send_bytes(encode(Letter("switch", broken=self._broken)))
        while decode(self._there.recv_bytes(), Order).kind != "go":
            pass  # a cancel that came too late

    def __exit__(self, *_: object) -> None:
        self._there.send_bytes(encode(Letter("switched")))
