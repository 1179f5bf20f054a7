"""Work spread over processes, answered in order, the same for any number of them."""

import contextlib
import fcntl
import gc
import os
import selectors
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import RawIOBase
from typing import TypeVar

from kb.building.files import FileFault
from kb.model.value import Value, decode, encode

T = TypeVar("T")
Put = Callable[[int, bytes], None]
"""Sends an answer: its index, and the answer."""

PAYS = 200
"""Fewer items than this are done sooner in one process."""
_HEAD = 12
"""Bytes before an answer: its index and its length."""
_CHUNKS = 256
"""Into how many pieces the items are cut at most; all of them must fit into a pipe."""
_LOOK = 0.1
"""Seconds of work between two looks whether the parent still lives."""
_ROOM = 1 << 20
"""Bytes of answers that wait in a pipe, where the system allows it."""
_FAULT = 0xFFFFFFFF
"""Index of an answer that is a fault and no answer."""


class WorkerFault(Exception):
    """A worker process ended without its answers; `str()` says how."""


class _Fault(Value, frozen=True):
    path: str
    reason: str
    known: bool


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[T], bytes],
    items: Sequence[T],
    jobs: int,
    *,
    pays: int | None = None,
    busy: int | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Yield the index and `work(item)` of every one of `items`, in no certain order.

    Args:
        work: makes bytes of an item; runs in a copy of this process when `jobs` is above 1.
        items: what to work on.
        jobs: how many processes to use at most; each takes what is next until nothing is left.
        pays: from how many items on processes of their own pay; `PAYS` unless given.
        busy: `InTurn.busy` of works that one of the `jobs` does first.

    Raises:
        FileFault: `work` raised it.
        WorkerFault: a process died, or `work` raised something unforeseen.
    """
    jobs = min(jobs, len(items))
    if jobs <= 1 or len(items) < (PAYS if pays is None else pays) or threading.active_count() > 1:
        # A copy of a process with threads may hold locks that nobody gives back.
        for index, item in enumerate(items):
            yield index, work(item)
        return
    with _queue(len(items)) as queue:
        children = _started(work, items, queue, jobs, busy=busy)
    try:
        for count, answer in enumerate(_collect(children), start=1):
            yield answer
            if count == len(items):
                return  # who waits for `busy` may wait for what is done only after this
    finally:
        _end(children)


@contextmanager
def begun(
    work: Callable[[T], bytes], items: Sequence[T], jobs: int
) -> Iterator[Callable[[], Iterator[tuple[int, bytes]]]]:
    """Do `items` beside what the block does; whoever asks for the answers helps with the rest.

    Yields what is to be called once, and yields as `spread` does; with one job it does all.

    Raises:
        FileFault, WorkerFault: as `spread`, when the answers are asked for.
    """
    if jobs <= 1 or not items or threading.active_count() > 1:
        yield lambda: ((index, work(item)) for index, item in enumerate(items))
        return
    with _queue(len(items)) as queue:
        children = _started(work, items, queue, jobs - 1)

        def answers() -> Iterator[tuple[int, bytes]]:
            for index in _taken(queue):
                yield index, work(items[index])
            yield from _collect(children)

        try:
            yield answers
        finally:
            _end(children)


class InTurn:
    """Works that are done one after the other, to be called for the next answer."""

    def __init__(self, answers: Iterator[bytes], busy: int | None = None) -> None:
        self._answers = answers
        self.busy = busy
        """A pipe that ends with the process that does them; None where there is none."""

    def __call__(self) -> bytes:
        """Wait for the next answer and return it (without a process: do that work now).

        Raises:
            FileFault: a work raised it.
            WorkerFault: the process died, or a work raised something unforeseen.
        """
        return next(self._answers)


@contextmanager
def in_turn(works: Sequence[Callable[[], bytes]], jobs: int, *, held: int = 0) -> Iterator[InTurn]:
    """Do `works` one after the other beside what the block does, in one process if `jobs` allow it.

    Each of the last `held` works begins only when the answer to the one before it is taken. When
    the block is left without having asked for all answers, the rest is ended.
    """
    if jobs <= 1 or threading.active_count() > 1:
        yield InTurn(map(_done, works))
        return
    busy, ending = os.pipe()
    queue, writer = os.pipe()
    with os.fdopen(busy, "rb", buffering=0), os.fdopen(writer, "wb", buffering=0) as asking:
        for number in range(len(works) - held):
            asking.write(_chunk(number, number + 1))
        try:
            children = _started(_done, works, queue, 1, unused=(writer,))
        finally:
            os.close(queue)
            os.close(ending)
        if not held:
            asking.close()
        try:
            yield InTurn(_asked(_collect(children), asking, len(works), held), busy)
        finally:
            _end(children)


def _done(work: Callable[[], bytes]) -> bytes:
    return work()


def _asked(
    answers: Iterator[tuple[int, bytes]], asking: RawIOBase, count: int, held: int
) -> Iterator[bytes]:
    """Yield `count` answers of a process, and let it begin with the works that are `held`."""
    for given in range(1, count + 1):
        _, data = next(answers)
        if count - held <= given < count:
            with contextlib.suppress(BrokenPipeError):  # it has died, as the next answer tells
                asking.write(_chunk(given, given + 1))
        if given >= count - 1:
            asking.close()  # so that the process ends with its last work, whoever waits for that
        if given == count:
            next(answers, None)  # so that its end is seen, and told if it was bad
        yield data


def apart(
    work: Callable[[Callable[[bytes], None]], bytes], heard: Callable[[bytes], None], jobs: int
) -> bytes:
    """Return what `work` answers, done in a process of its own if `jobs` allow it.

    What it held in memory is then the system's again, to the last page. `work` is given what sends
    bytes to `heard` while it works.

    Raises:
        FileFault: `work` raised it.
        WorkerFault: the process died, or `work` raised something unforeseen.
    """
    if jobs <= 1 or threading.active_count() > 1:
        return work(heard)
    answer = b""
    children = _copies([lambda put: put(0, work(lambda data: put(1, data)))], eager=True)
    try:
        for index, data in _collect(children):
            if index:
                heard(data)
            else:
                answer = data
    finally:
        _end(children)
    return answer


def _started(
    work: Callable[[T], bytes],
    items: Sequence[T],
    queue: int,
    jobs: int,
    *,
    busy: int | None = None,
    unused: Sequence[int] = (),
) -> dict[int, int]:
    """Start processes that take of `items` what is in the `queue`, one of them when `busy` ends.

    They close what is `unused`. Returns the pipes of their answers, each with its process.
    """

    def take(put: Put) -> None:
        for index in _taken(queue):
            put(index, work(items[index]))

    def take_later(put: Put) -> None:
        if busy is not None:
            os.read(busy, 1)
        take(put)

    # Of large works, what is done is not to be lost with the next.
    return _copies([*[take] * (jobs - 1), take_later], eager=len(items) < PAYS, unused=unused)


def _copies(
    labours: Sequence[Callable[[Put], None]], *, eager: bool, unused: Sequence[int] = ()
) -> dict[int, int]:
    """Start a copy of this process for each of `labours`, which are given what sends answers.

    `eager` says whether each answer is sent at once. Returns as `_started` does.
    """
    gc.freeze()  # so that counting references in the copies does not copy memory
    children: dict[int, int] = {}
    parent = os.getpid()
    try:
        for labour in labours:
            reader, writer = _roomy_pipe()
            try:
                child = os.fork()
            except OSError:
                os.close(reader)
                os.close(writer)
                raise
            if child == 0:
                for other in (reader, *children, *unused):
                    os.close(other)
                _labour(labour, writer, parent, eager=eager)
            os.close(writer)
            children[reader] = child
    except OSError:
        _end(children)
        raise
    finally:
        gc.unfreeze()
    return children


def _roomy_pipe() -> tuple[int, int]:
    """Return a pipe that takes an answer of usual size whether it is read now or later."""
    reader, writer = os.pipe()
    with contextlib.suppress(OSError, AttributeError):  # not every system can
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _ROOM)
    return reader, writer


@contextmanager
def _queue(count: int) -> Iterator[int]:
    """Yield a pipe that holds the start and end of every chunk of `count` items, to be taken."""
    reader, writer = os.pipe()
    size = -(-count // _CHUNKS)
    starts = [0, *range(1, count, size)]
    ends = [*starts[1:], count]
    for start, end in zip(starts, ends, strict=True):
        os.write(writer, _chunk(start, end))
    os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)


def _chunk(start: int, end: int) -> bytes:
    return start.to_bytes(4, "big") + end.to_bytes(4, "big")


def _taken(queue: int) -> Iterator[int]:
    """Take chunks from the queue until it is empty; yield the indices of their items."""
    while chunk := os.read(queue, 8):
        yield from range(int.from_bytes(chunk[:4], "big"), int.from_bytes(chunk[4:], "big"))


def _follow(parent: int) -> None:
    """End this process soon after `parent`: it holds the parent's lock, and nobody hears it.

    The timer is not the one of `reading.limits`: a process has but one of each kind.
    """

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGVTALRM, look)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LOOK, _LOOK)


def _labour(labour: Callable[[Put], None], writer: int, parent: int, *, eager: bool) -> None:
    """Do the work, write the answers to the pipe, and end the process."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends its children
        _follow(parent)
        with os.fdopen(writer, "wb") as pipe:

            def put(index: int, answer: bytes) -> None:
                pipe.write(index.to_bytes(4, "big") + len(answer).to_bytes(8, "big"))
                pipe.write(answer)
                if eager:
                    pipe.flush()

            try:
                labour(put)
            except FileFault as fault:
                put(_FAULT, encode(_Fault(fault.path, fault.reason, known=True)))
            except Exception as fault:  # noqa: BLE001 - it crosses to the parent as a value
                put(_FAULT, encode(_Fault("", f"{type(fault).__name__}: {fault}", known=False)))
        code = 0
    finally:
        os._exit(code)


def _collect(children: dict[int, int]) -> Iterator[tuple[int, bytes]]:
    held = {reader: bytearray() for reader in children}
    with selectors.DefaultSelector() as selector:
        for reader in children:
            selector.register(reader, selectors.EVENT_READ)
        while selector.get_map():
            for ready, _ in selector.select():
                data = os.read(ready.fd, 1 << 18)
                if not data:
                    selector.unregister(ready.fd)
                    if held[ready.fd]:
                        raise WorkerFault("a worker process was ended by the system")
                    continue
                held[ready.fd] += data
                yield from _answers(held[ready.fd])
    for child in children.values():
        if os.waitstatus_to_exitcode(_wait(child)) != 0:
            raise WorkerFault("a worker process was ended by the system")


def _answers(held: bytearray) -> Iterator[tuple[int, bytes]]:
    """Yield the whole answers at the start of `held`, and take them out of it."""
    while len(held) >= _HEAD:
        index = int.from_bytes(held[:4], "big")
        end = _HEAD + int.from_bytes(held[4:_HEAD], "big")
        if len(held) < end:
            return
        answer = bytes(held[_HEAD:end])
        del held[:end]
        if index == _FAULT:
            fault = decode(answer, _Fault)
            if fault.known:
                raise FileFault(fault.path, fault.reason)
            raise WorkerFault(fault.reason)
        yield index, answer


def _wait(child: int) -> int:
    return os.waitpid(child, 0)[1]


def _end(children: dict[int, int]) -> None:
    """Close the pipes, and end the processes that still work."""
    for reader, child in children.items():
        os.close(reader)
        try:
            ended, _ = os.waitpid(child, os.WNOHANG)
            if not ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        except ChildProcessError:
            continue  # it was waited for already
