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
import webbrowser
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kb.building.project import Project
from kb.model.value import Value, replace
from kb.serving.answers import CHANNEL, LARGEST_HEAD, Answer, Answers, Request, plain
from kb.serving.board import Board, Said, changed_files, pages_of
from kb.serving.builder import Builder, Built, NotBuilt
from kb.serving.editor import Editor
from kb.serving.headers import OWN
from kb.serving.keys import HELP, Keys
from kb.serving.live import Channel, Reader
from kb.serving.policy import ANY_ADDRESS, Policy
from kb.serving.process import ProcessBuilder
from kb.serving.rebuild import Rebuilder
from kb.serving.report import built_line, failed_line, finding_lines
from kb.serving.shelf import Shelf
from kb.serving.sites import PREVIEW, SiteBuilder, preview_project
from kb.serving.watch import Watcher

Say = Callable[[str], None]
HALF_OPEN = 10.0
"""Seconds within which a client must have sent a whole request, or taken what it asked for."""
KEEP_ALIVE = 15
"""Seconds that an idle connection is kept."""
ENDING = (signal.SIGINT, signal.SIGTERM)
PORTS = 50
"""How many ports after the wanted one are tried."""


class ServeFault(Exception):
    """The preview cannot listen where it was told to; `str()` is one line for a person."""


class ServeOptions(Value, frozen=True):
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0: any free port."""
    open_browser: bool = False
    allowed_hosts: tuple[str, ...] = ()
    """Names that the preview answers to besides localhost."""
    editor: str = ""
    keys: bool = True
    """Listen for single keys, where there is a terminal."""
    poll: bool = False
    """Look at the files now and then, rather than be told by the system."""


class _Connection(H11Protocol):
    """A connection that is dropped when its client leaves it half open.

    uvicorn waits forever for the rest of a request, and for a client to take its answer.
    """

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._content()
        elif self._patience is None and self.timeout_keep_alive_task is None:
            self._wait()

    def on_response_complete(self) -> None:
        self._content()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._content()
        self._wait()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._content()

    def connection_lost(self, exc: Exception | None) -> None:
        self._content()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HALF_OPEN, self._drop)

    def _content(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _drop(self) -> None:
        self._patience = None
        if self.transport is not None:
            self.transport.abort()


class _Server(uvicorn.Server):
    """A server that ends its live channels first, so that it need not wait for them."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

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
        self._ending()
        await super().shutdown(sockets)


class Preview:
    """A running preview of one site."""

    def __init__(self, builder: Builder, options: ServeOptions, say: Say) -> None:
        """Listen at once, so that the address is known; `run` answers.

        `say` gets one line at a time, for a person.

        Raises:
            ServeFault: no port is free, or the address is not this machine's.
        """
        self._builder = builder
        self._options = options
        self._say = say
        self._sockets = listen(options.host, options.port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._board = Board(builder.folder, Editor.of(options.editor, builder.folder))
        self._shelf = Shelf(builder.output)
        policy = Policy.of(options.host, self.port, options.allowed_hosts)
        self._answers = Answers(self._shelf, self._board, policy, builder)
        self._channel = Channel(self._answers.news)
        self._rebuilder = Rebuilder(builder, self)
        self._server: _Server | None = None
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def output(self) -> Path:
        """The folder that is shown."""
        return self._builder.output

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host = self._options.host
        if host in {"127.0.0.1", "::1", *ANY_ADDRESS}:
            host = "localhost"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def ready(self) -> bool:
        """Whether the first build was looked at and requests are answered."""
        return self._board.now.number > 0 and self._server is not None and self._server.started

    def run(self) -> None:
        """Build, watch and serve until interrupted (Ctrl-C, SIGTERM) or `stop`ped."""
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            self._app,
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
        self._server = _Server(config, self._channel.close)
        watcher = Watcher(
            self._builder.folder,
            self._builder.ignored(),
            self._rebuilder.hint,
            self._say,
            poll=self._options.poll,
        )
        keys = Keys({"o": self._open, "r": self._rebuild, "q": self.stop})
        try:
            watcher.start()
            if self._options.keys and keys.start():
                self._say(f"Keys: {HELP}")
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(self._serve(self._server))
        finally:
            keys.stop()
            watcher.stop()
            self._rebuilder.stop()
            for opened in self._sockets:
                opened.close()
            self._builder.close()

    @property
    def pending(self) -> bool:
        """Whether a change was heard of that no build has looked at."""
        return self._rebuilder.pending

    def stop(self) -> None:
        """End `run`; from any thread."""
        self._stopping = True
        if self._server is not None:
            self._server.should_exit = True

    async def _serve(self, server: _Server) -> None:
        self._loop = asyncio.get_running_loop()
        self._shelf.attach(self._loop)
        self._rebuilder.start()
        if self._options.open_browser:
            self._loop.call_later(0.2, self._open)
        server.should_exit = self._stopping
        await server.serve(self._sockets)

    def _open(self) -> None:
        threading.Thread(target=webbrowser.open, args=(self.url,), daemon=True).start()

    def _rebuild(self) -> None:
        self._say("Building everything anew")
        self._rebuilder.rebuild()

    def open_pages(self) -> tuple[str, ...]:
        """Return the URL paths of the pages that are open."""
        return self._channel.pages()

    def ahead(self, pages: Mapping[str, bytes]) -> None:
        """Show `pages` to who has them open, ahead of the build that publishes them."""
        self._shelf.ahead = {**self._shelf.ahead, **pages}
        self._announce()

    def warmed(self, shown_notes: Mapping[str, tuple[str, ...]]) -> None:
        """Take note of which page shows which notes."""
        self._board.now = replace(self._board.now, shown_notes=shown_notes)
        self._announce()

    @contextlib.contextmanager
    def switching(self, broken: Collection[str]) -> Iterator[None]:
        """Hold readers back while files move; keep the last good pages of `broken` notes."""
        with self._shelf.switching():
            pages = pages_of(broken, self._board.now.shown_notes)
            kept = {path: self._shelf.read(path) for path in pages.values()}
            yield
            self._shelf.ahead = {}
            self._shelf.kept = {path: data for path, data in kept.items() if data is not None}
        self._announce()

    def done(self, built: Built) -> None:
        """Take note of a build, and tell everybody."""
        self._shelf.ahead = {}
        before = self._board.now
        number = before.number + 1
        shown = before.shown_notes if built.shown_notes is None else built.shown_notes
        held = self._shelf.kept
        kept = {
            url: path
            for url, path in pages_of(built.broken, before.shown_notes).items()
            if path in held
        }
        self._shelf.kept = {path: held[path] for path in kept.values()}
        self._board.now = Said(
            number=number,
            findings=built.findings,
            fault=built.fault,
            lines=built.lines,
            broken=frozenset(built.broken),
            # a broken note keeps its pages, so it keeps being shown on them
            shown_notes={**{url: before.shown_notes[url] for url in kept}, **shown},
            files=changed_files(before, built.written, number) if before.number else {},
        )
        told = finding_lines(built.findings)
        if not built.fault and told != finding_lines(before.findings):
            for line in told:
                self._say(line)
        line = built_line(built, first=before.number == 0)
        if line:
            self._say(line)
        self._announce()

    def failed(self, fault: NotBuilt) -> None:
        """Take note that nothing could be built, and tell everybody."""
        if str(fault) != self._board.now.failure:
            self._say(failed_line(fault))
        now = self._board.now
        self._board.now = replace(
            now, failure=str(fault), findings=fault.findings or now.findings, number=now.number + 1
        )
        self._announce()

    def _announce(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._shelf.use(self._channel.announce), loop)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
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


def _request_of(scope: Scope) -> Request:
    web = WebRequest(scope)
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    headers = dict(web.headers.items())
    return Request(scope["method"], target, headers, scope["http_version"])


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    headers = dict(answer.headers)
    if answer.status != 304:
        headers["content-length"] = str(len(answer.body))
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
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


def serve(
    project: Project,
    options: ServeOptions,
    say: Say,
    *,
    drafts: bool = False,
    future: bool = False,
) -> None:
    """Serve a preview of `project` until interrupted; `say` gets lines for a person.

    Raises:
        ServeFault: it cannot listen.
    """
    if options.host not in {"localhost", "127.0.0.1", "::1"}:
        say(f"Warning: everyone who can reach {options.host} can read this preview.")
    if drafts or future:
        project = preview_project(project.root)
        say(
            f"Drafts and notes of the future are shown from {PREVIEW}, never from the output folder"
        )
    builder = ProcessBuilder(SiteBuilder(project, drafts=drafts, future=future))
    try:
        preview = Preview(builder, options, say)
    except ServeFault:
        builder.close()
        raise
    say(f"Preview at {preview.url} (Ctrl-C ends it)")
    preview.run()
