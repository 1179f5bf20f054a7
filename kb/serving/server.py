"""The preview's server: Starlette on uvicorn, for this machine alone unless told.

The only file that imports either. What is answered is decided in `answers`; here it is carried
over sockets, bounded in time, and brought to an end.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import h11
import uvicorn
from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kb.serving.answers import CHANNEL, LARGEST_HEAD, Answer, Answers, Request, headers_of, plain
from kb.serving.given import is_plain
from kb.serving.headers import OWN
from kb.serving.live import Channel, Reader

Say = Callable[[str], None]
HALF_OPEN = 10.0
"""Seconds within which a client must have sent a whole request, or taken what it asked for."""
KEEP_ALIVE = 15
"""Seconds that an idle connection is kept."""
RAW = "raw"
"""Where a request's bytes are handed to the application, in what ASGI calls its state."""
ENDING = (signal.SIGINT, signal.SIGTERM)
PORTS = 50
"""How many ports after the wanted one are tried."""


class ServeFault(Exception):
    """The preview cannot listen where it was told to; `str()` is one line for a person."""


class _Connection(H11Protocol):
    """A connection that is dropped when its client leaves it half open.

    uvicorn waits forever for the rest of a request, and for a client to take its answer. A request
    that was answered before, byte for byte, is answered at once (`given`).
    """

    _deadline: asyncio.TimerHandle | None = None
    _last = 0.0
    """When something was last answered at once."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        idle = self._is_idle()
        if idle and self._answered_at_once(data):
            return
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            if idle and self.conn.their_state is h11.DONE and not self.conn.trailing_data[0]:
                self.scope["state"][RAW] = data  # before the application's task gets to run
            self._clear_deadline()
        elif self._deadline is None and self.timeout_keep_alive_task is None:
            self._set_deadline()

    def on_response_complete(self) -> None:
        self._clear_deadline()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._clear_deadline()
        self._set_deadline()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._clear_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def _is_idle(self) -> bool:
        """Return whether what comes next is the start of a request, and nothing waits to go out."""
        return (
            self.conn.their_state is h11.IDLE
            and not self.conn.trailing_data[0]
            and not self.transport.is_closing()
            and not self.transport.get_write_buffer_size()
        )

    def _answered_at_once(self, data: bytes) -> bool:
        app = self.config.app
        answer = app.at_once(data) if isinstance(app, _App) else None
        if answer is None:
            return False
        self._clear_deadline()
        first, rest = answer
        own = (b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        self.transport.write(b"".join([first, *own, rest]))
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._keep_alive(self.timeout_keep_alive)
        return True

    def _keep_alive(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless something was answered since the time was set."""
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._keep_alive(left)
        else:
            super().timeout_keep_alive_handler()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(HALF_OPEN, self._drop)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self) -> None:
        self._deadline = None
        if self.transport is not None:
            self.transport.abort()


class Server(uvicorn.Server):
    """Answers on sockets until `should_exit`.

    It ends its live channels first, so that it need not wait for them.
    """

    def __init__(self, answers: Answers, channel: Channel, say: Say) -> None:
        """`say` is told, in one line, of a request that could not be answered."""
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        super().__init__(
            uvicorn.Config(
                _App(answers, channel, say),
                http=_Connection,
                ws="none",
                interface="asgi3",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=2,
                h11_max_incomplete_event_size=LARGEST_HEAD,
            )
        )
        self._ending = channel.close

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM for the wish to end, and end by returning.

        uvicorn would raise them anew when it has ended, which leaves no time to clear up.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in ENDING}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, the live channels first."""
        self._ending()
        await super().shutdown(sockets)


class _App:
    """Carries requests in and answers out."""

    def __init__(self, answers: Answers, channel: Channel, say: Say) -> None:
        self._answers = answers
        self._channel = channel
        self._say = say

    def at_once(self, data: bytes) -> tuple[bytes, bytes] | None:
        """Return the answer to `data`, cut where a server's own headers go, if it is one request
        that can be answered without waiting for anything."""
        given = self._answers.given
        answer = given.get(data)
        if answer is None and is_plain(data) and (request := _parsed(data)) is not None:
            with contextlib.suppress(Exception):  # which comes again, and is told of, the other way
                self._answers.remember(request)
            answer = given.get(data)
        return answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            return
        request = _request_of(scope)
        answer = self._answers.refusal(request)
        if answer is None and request.target.partition("?")[0] == CHANNEL:
            await self._live(request)(scope, receive, send)
            return
        if answer is None:
            try:
                answer = await self._answers.answer(request)
            except Exception as fault:  # noqa: BLE001  (one answer, not the preview)
                self._say(
                    f"Cannot answer {request.target[:200]!r}: {type(fault).__name__}: {fault}"
                )
                answer = plain(500, "The preview cannot answer this; its terminal tells why.")
        await _response(answer)(scope, receive, send)

    def _live(self, request: Request) -> Response:
        if self._channel.full:
            return _response(plain(503, "Too many pages of this preview are open."))
        asked = parse_qs(request.target.partition("?")[2])
        reader = Reader(asked.get("page", ["/"])[0], asked.get("digest", [""])[0])
        number = asked.get("build", [""])[0]
        reader.number = int(number) if number.isdecimal() and len(number) < 9 else None
        return StreamingResponse(
            self._channel.stream(reader),
            headers={**OWN, "content-type": "text/event-stream", "cache-control": "no-store"},
        )


def _parsed(data: bytes) -> Request | None:
    """Return the request that `data` is, if it is one whole request and nothing else."""
    connection = h11.Connection(h11.SERVER, LARGEST_HEAD)
    connection.receive_data(data)
    try:
        event, end = connection.next_event(), connection.next_event()
    except h11.RemoteProtocolError:
        return None
    whole = isinstance(end, h11.EndOfMessage) and not connection.trailing_data[0]
    if not isinstance(event, h11.Request) or not whole:
        return None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
    version = event.http_version.decode("ascii")
    return Request(
        event.method.decode("ascii"), event.target.decode("latin-1"), headers, version, data
    )


def _request_of(scope: Scope) -> Request:
    web = WebRequest(scope)
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    headers = dict(web.headers.items())
    raw: bytes = scope["state"].get(RAW, b"")
    return Request(scope["method"], target, headers, scope["http_version"], raw)


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers_of(answer).items()
    ]
    return response


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen on `host` and `port`, or on the next free port.

    The loopback names mean both of its addresses where the machine has both.

    Raises:
        ServeFault: nothing is free, or `host` is no address of this machine.
    """
    hosts = ["127.0.0.1", "::1"] if host in {"localhost", "127.0.0.1"} else [host]
    for tried in range(port, port + PORTS) if port else [0]:
        try:
            return _listen_on(hosts, tried)
        except PermissionError as fault:
            raise ServeFault(f"Port {tried} may not be used: {fault.strerror}.") from fault
        except OSError as fault:
            if not _is_taken(fault):
                raise ServeFault(f"Cannot listen on {host}: {fault.strerror or fault}.") from fault
    raise ServeFault(f"Ports {port} to {port + PORTS - 1} are all taken; name another with --port.")


def _is_taken(fault: OSError) -> bool:
    return "in use" in (fault.strerror or "").lower()


def _listen_on(hosts: list[str], port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            try:
                # The protocol is named, or asyncio leaves Nagle's delay of 40 ms on.
                one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            except OSError:
                if opened:
                    continue  # a machine without IPv6
                raise
            opened.append(one)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((host, port or (opened[0].getsockname()[1] if len(opened) > 1 else 0)))
            except OSError as fault:
                if len(opened) > 1 and not _is_taken(fault):
                    opened.pop().close()
                    continue
                raise
            one.listen(2048)
            one.setblocking(False)  # noqa: FBT003  (positional only)
    except OSError:
        for one in opened:
            one.close()
        raise
    return opened
